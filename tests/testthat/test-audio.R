test_that("what is written is read", {
  skip_if_no_core()
  path <- withr::local_tempfile(fileext = ".wav")
  wave <- sin(seq_len(8000) / 10) / 2
  expect_identical(write_audio(path, wave, 16000), path)
  sound <- read_audio(path)
  expect_identical(sound$sample_rate, 16000L)
  expect_null(dim(sound$waveform))
  expect_equal(sound$waveform, wave, tolerance = 1e-4)
  expect_equal(audio_info(path)[c("channels", "samples", "duration")],
    list(channels = 1L, samples = 8000L, duration = 0.5)
  )
})

test_that("channels are rows, and are mixed down or kept", {
  skip_if_no_core()
  path <- withr::local_tempfile(fileext = ".flac")
  write_audio(path, rbind(rep(0.5, 100), rep(-0.25, 100)), 8000)
  expect_equal(read_audio(path)$waveform, rep(0.125, 100), tolerance = 1e-4)
  expect_identical(dim(read_audio(path, mono = FALSE)$waveform), c(2L, 100L))
})

test_that("a part is read, and resampled", {
  skip_if_no_core()
  path <- withr::local_tempfile(fileext = ".wav")
  write_audio(path, seq(0, 0.9, length.out = 16000), 16000)
  part <- read_audio(path, start = 0.5, duration = 0.25)
  expect_length(part$waveform, 4000)
  expect_equal(part$waveform[1], 0.45, tolerance = 1e-3)
  expect_length(read_audio(path, sample_rate = 8000)$waveform, 8000)
  expect_length(resample(rep(0, 441), 44100, 16000), 160)
})

test_that("lengths are fitted", {
  skip_if_no_core()
  expect_equal(fit_length(c(1, 2), 4), c(1, 2, 0, 0))
  expect_equal(fit_length(c(0, 0.1, 2, 3, 0.1), 2, crop = "loudest"), c(2, 3))
  expect_error(fit_length(1:3, 2, crop = "middle"), "crop", class = "hearingai_error")
})

test_that("bad files and bad sound are named", {
  skip_if_no_core()
  text <- withr::local_tempfile(fileext = ".wav", lines = "this is text")
  expect_error(read_audio(text), "not audio", class = "hearingai_error")
  expect_error(read_audio("no-such.wav"), "does not exist", class = "hearingai_error")
  expect_error(read_audio(tempdir()), "directory", class = "hearingai_error")
  expect_error(read_audio(NA), "path", class = "hearingai_error")
  expect_error(read_audio(c("a", "b")), "path", class = "hearingai_error")
  expect_error(write_audio("a.wav", c(0, NA), 16000), "NA", class = "hearingai_error")
  expect_error(write_audio("a.wav", "loud", 16000), "waveform", class = "hearingai_error")
  expect_error(write_audio("a.wav", 0, NA), "sample_rate|whole", class = "hearingai_error")
})
