skip_if_no_core()

test_that("clips lie at known times in a background", {
  folder <- withr::local_tempdir()
  noise <- file.path(folder, "noise.wav")
  set.seed(1)
  write_audio(noise, stats::rnorm(8000 * 3, sd = 0.01), 8000, subtype = "FLOAT")
  clip <- file.path(folder, "tone.wav")
  write_audio(clip, 0.3 * sin(seq_len(4000) / 3), 8000)
  clips <- clip_table(c(clip, clip), c("one", "two"))
  path <- file.path(folder, "long.wav")
  truth <- lay_clips(noise, clips, path,
    times = c(2, 0.5), snr_db = 6, sample_rate = 8000, subtype = "FLOAT"
  )
  expect_named(truth, c("fname", "start", "end", "label", "snr_db", "gain_db", "clip", "at"))
  expect_equal(truth$at, c(0.5, 2))
  expect_equal(truth$label, c("two", "one"))
  expect_equal(truth$end, c(1, 2.5))
  sound <- read_audio(path)$waveform
  ground <- read_audio(noise)$waveform
  expect_equal(length(sound), length(ground))
  part <- 4001:8000
  ratio <- 10 * log10(mean((sound - ground)[part]^2) / mean(ground[part]^2))
  expect_equal(ratio, 6, tolerance = 1e-4)
  expect_refused(lay_clips(noise, clips, path), "exists")
  table <- data.frame(fname = noise, start = 1, end = 3)
  drawn <- lay_clips(table, clips, path,
    snr_db = c(0, 10), every = 1, duration = 5, level_db = -40, overwrite = TRUE
  )
  expect_equal(nrow(drawn), 5)
  expect_true(all(drawn$snr_db %in% c(0, 10)))
  expect_equal(detection_metrics(drawn, drawn)$summary$f1, 1)
  both <- lay_clips(table, clips, path,
    snr_db = 0, every = 1, polyphony = 2, duration = 5, level_db = -40, overwrite = TRUE
  )
  expect_equal(tabulate(floor(both$at) + 1), rep(2, 5))
})

test_that("unfit clips and backgrounds are named", {
  clips <- clip_table("a.wav", "one")
  expect_refused(lay_clips(3, clips, "x.wav"), "`background` must be a recording")
  expect_refused(lay_clips("a.wav", "b.wav", "x.wav"), "`clips` must be a data frame")
  expect_refused(lay_clips("a.wav", clips, "x.wav", times = NA_real_), "`times` is missing")
  expect_refused(lay_clips("a.wav", clips, "x.wav", snr_db = "loud"), "`snr_db` must be numbers")
})
