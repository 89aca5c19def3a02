skip_if_no_core()

sound <- function(channels = 2) {
  set.seed(1)
  matrix(stats::rnorm(channels * 12000, sd = 0.1), nrow = channels)
}

test_that("sound keeps its shape, and a closed gate turns it down", {
  gated <- gate(opener(), sound(), threshold = 1, range_db = -20, sample_rate = 16000)
  expect_s3_class(gated, "hearingai_gated")
  expect_equal(dim(gated$sound), c(2, 12000))
  expect_equal(gated$sound, sound() * 0.1, tolerance = 1e-6)
  expect_named(gated$track, c("time", "probability", "open", "gain_db"))
  expect_false(any(gated$track$open))
  expect_equal(unique(round(gated$track$gain_db, 6)), -20)
  expect_equal(gated$settings$target, "wanted")
  expect_output(print(gated), "open +0 % of the time")
  one <- gate(opener(), sound(1)[1, ], threshold = 0, target = c("wanted", "unwanted"))
  expect_null(dim(one$sound))
  expect_equal(one$track$probability, rep(1, nrow(one$track)), tolerance = 1e-6)
})

test_that("a file is written, blocks give the same", {
  path <- withr::local_tempfile(fileext = ".wav")
  out <- withr::local_tempfile(fileext = ".wav")
  write_audio(path, sound(), 22050, "FLOAT")
  written <- gate(opener(), path, out = out, threshold = 0.5)
  expect_null(written$sound)
  expect_equal(as.list(audio_info(out)[c("sample_rate", "channels", "samples", "subtype")]), list(
    sample_rate = 22050L, channels = 2L, samples = 12000L, subtype = "FLOAT"
  ))
  expect_refused(gate(opener(), path, out = out), "exists; `overwrite = TRUE`")
  stream <- Gate(opener(), 22050, channels = 2, threshold = 0.5)
  kept <- read_audio(path, mono = FALSE)$waveform
  blocks <- lapply(split(1:12000, ceiling(1:12000 / 701)), function(i) stream$feed(kept[, i]))
  all <- do.call(cbind, c(unname(blocks), list(stream$finish())))
  expect_equal(all, read_audio(out, mono = FALSE)$waveform, tolerance = 1e-6)
  expect_equal(stream$take_track(), written$track, tolerance = 1e-5)
  expect_equal(nrow(stream$take_track()), 0)
  expect_gt(stream$latency, 0.25)
  expect_output(print(stream), "latency")
  expect_refused(stream$feed(kept), "the sound is over")
  mono <- Gate(opener(), 16000)
  expect_identical(mono$feed(numeric()), numeric())
  expect_refused(mono$feed(c(0, NA)), "`block` is missing")
})

test_that("levels and pictures", {
  wanted <- rep(c(0, 0.1), each = 8000)
  unwanted <- rep(0.01, 16000)
  gated <- gate(opener(), wanted + unwanted, threshold = 1, range_db = -20)
  levels <- gate_levels(gated, wanted, unwanted)
  expect_equal(levels$part, c("wanted", "unwanted", "unwanted in pauses", "ratio"))
  expect_equal(levels$before_db, c(-20, -40, -40, 20), tolerance = 1e-6)
  expect_equal(levels$change_db, c(-20, -20, -20, 0), tolerance = 1e-6)
  expect_refused(gate_levels(wanted, wanted, unwanted), "`gated` must be what gate")
  skip_if_not_installed("ggplot2")
  picture <- plot(gated, start = 0.25, end = 0.75, title = "a gate")
  expect_equal(picture$labels$title, "a gate")
  expect_equal(picture$scales$get_scales("linetype")$guide, "legend") # else both levels look alike
  built <- ggplot2::layer_data(picture, 3)
  expect_equal(range(built$x), c(0.25, 0.75), tolerance = 1e-3)
  file <- withr::local_tempfile(fileext = ".png")
  expect_silent(ggplot2::ggsave(file, picture, width = 9, height = 6, dpi = 50))
})

test_that("what cannot be is refused by name", {
  expect_refused(gate("a.keras", sound()), "`classifier` must be a classifier")
  expect_refused(gate(opener(), c(0, NA)), "`sound` is missing")
  expect_refused(gate(opener(), sound(), target = "no such"), "`target` must name labels")
  expect_refused(gate(opener(), sound(), threshold = "high"), "`threshold` must be one number")
  expect_refused(Gate(opener(), 0), "`sample_rate` must be a positive whole number")
  expect_refused(train_gate(TRUE, "b"), "`wanted` must be")
  stream <- Gate(opener(), 16000, channels = 2, threshold = 0.5)
  expect_refused(stream$feed("a"), "`block` must be numbers")
  expect_refused(stream$feed(1:10), "`block` must be a matrix of channels by samples")
  expect_refused(stream$feed(rbind(c(0, NA), 0)), "`block` is missing")
})
