skip_if_no_core()

tone <- function(samples = 8000, rate = 16000) 0.5 * sin(2 * pi * 440 * seq_len(samples) / rate)

test_that("a recording is described", {
  path <- withr::local_tempfile(fileext = ".wav")
  expect_equal(expect_invisible(write_audio(tone(), path, 16000)), path)
  info <- audio_info(path)
  expect_s3_class(info, "tbl_df")
  told <- c("sample_rate", "channels", "samples", "duration", "format", "subtype")
  expect_equal(as.list(info[told]), list(
    sample_rate = 16000L, channels = 1L, samples = 8000, duration = 0.5, format = "WAV",
    subtype = "PCM_16"
  ))
})

test_that("a folder stands for the recordings in it and below", {
  folder <- withr::local_tempdir()
  dir.create(file.path(folder, "below"))
  paths <- file.path(folder, c("a.wav", "below/b.wav"))
  for (path in paths) write_audio(tone(), path, 16000)
  info <- audio_info(folder)
  expect_equal(info$fname, paths)
  expect_equal(read_audio(info)$fname, paths)
  expect_equal(audio_info(c(file.path(folder, "below"), paths[1]))$fname, rev(paths))
})

test_that("columns have the same types whatever is missing", {
  path <- withr::local_tempfile(fileext = ".wav")
  write_audio(tone(), path, 16000)
  kinds <- function(table) vapply(table, function(x) class(x)[[1]], character(1))
  whole <- kinds(audio_info(path))
  expect_equal(kinds(audio_info(c(path, "nowhere.wav"))), whole)
  expect_equal(kinds(audio_info(c("nowhere.wav", "nowhere.wav"))), whole)
  expect_equal(kinds(audio_info(character())), whole)
})

test_that("what only decoding tells of a damaged recording is NA", {
  path <- withr::local_tempfile(fileext = ".flac")
  write_audio(path, withr::with_seed(1, rnorm(16000)) / 10, 16000)
  bytes <- readBin(path, "raw", 1e6)
  writeBin(utils::head(bytes, length(bytes) / 2), path)
  expect_warning(info <- audio_info(path, partial = TRUE), class = "hearingai_warning")
  unknown <- list(samples = NA_real_, duration = NA_real_)
  expect_identical(as.list(info[c("samples", "duration")]), unknown)
})

test_that("what is written is read", {
  path <- withr::local_tempfile(fileext = ".wav")
  write_audio(path, tone(), 16000, subtype = "FLOAT")
  sound <- read_audio(path)
  expect_equal(sound, as_sound(tone(), 16000), tolerance = 1e-7)
  expect_null(dim(sound$waveform))
})

test_that("a part is read, at another rate", {
  path <- withr::local_tempfile(fileext = ".flac")
  write_audio(path, tone(), 16000)
  sound <- read_audio(path, sample_rate = 8000, start = 0.1, duration = 0.25)
  expect_length(sound$waveform, 2000)
  expect_equal(sound$sample_rate, 8000L)
})

test_that("channels are rows", {
  path <- withr::local_tempfile(fileext = ".wav")
  stereo <- rbind(tone(), -0.5 * tone())
  write_audio(path, stereo, 16000)
  expect_equal(read_audio(path, mono = FALSE)$waveform, stereo, tolerance = 1e-4)
  expect_equal(read_audio(path)$waveform, colMeans(stereo), tolerance = 1e-3)
})

test_that("a number of channels is read", {
  path <- withr::local_tempfile(fileext = ".wav")
  write_audio(path, rbind(tone(), -0.5 * tone()), 16000)
  expect_equal(read_audio(path, channels = 2), read_audio(path, mono = FALSE))
  expect_null(dim(read_audio(path, channels = 1)$waveform))
  write_audio(tone(), path, 16000, overwrite = TRUE)
  twice <- read_audio(path, channels = 2)$waveform
  expect_equal(dim(twice), c(2, 8000))
  expect_equal(twice[1, ], twice[2, ])
})

test_that("channels are averaged, and repeated", {
  expect_equal(fit_channels(c(0.5, 1), 2), rbind(c(0.5, 1), c(0.5, 1)))
  expect_equal(fit_channels(rbind(c(0.5, 1), c(0, 0.5)), 1), c(0.25, 0.75))
  expect_equal(fit_channels(rbind(1:2, 3:4) / 4, 2), rbind(1:2, 3:4) / 4)
})

test_that("resampling keeps the shape of what came", {
  expect_length(resample(tone(), 16000, 8000), 4000)
  expect_length(resample(tone(), 22050.5, 16000), round(8000 * 16000 / 22050.5))
  expect_null(dim(resample(tone(), 16000, 8000)))
  expect_equal(dim(resample(rbind(tone(), tone()), 16000, 8000)), c(2, 4000))
  expect_equal(resample(tone(), 16000, 16000), tone(), tolerance = 1e-7)
})

test_that("waveforms are fitted to a length", {
  expect_equal(fit_length(c(1, 2), 3), c(1, 2, 0))
  expect_equal(fit_length(c(0, 0.1, 2, 3, 0.1), 2, crop = "loudest"), c(2, 3))
  expect_equal(fit_length(c(0, 0.1, 2, 3, 0.1), 2L), c(0, 0.1))
  expect_equal(fit_length(rbind(1:3, 4:6) / 8, 2), rbind(1:2, 4:5) / 8)
  expect_equal(fit_length(1:5 / 8, 2, crop = "end"), 4:5 / 8)
  expect_equal(fit_length(c(1, 2), 5, pad = "loop"), c(1, 2, 1, 2, 1))
  expect_equal(fit_length(c(1, 2), 4, place = "end"), c(0, 0, 1, 2))
})

test_that("set.seed() decides what is random without a seed, and nothing else is drawn", {
  drawn <- function(...) {
    set.seed(4)
    1000 * fit_length(1:1000 / 1000, 3, crop = "random", ...)
  }
  expect_equal(drawn(), drawn())
  expect_false(identical(drawn(seed = 1), drawn(seed = c(1, 2))))
  expect_equal(diff(drawn()), c(1, 1), tolerance = 1e-4)
  set.seed(4)
  before <- .Random.seed
  fit_length(1:5, 3)
  expect_identical(.Random.seed, before)
})

test_that("unfit input is named", {
  expect_refused(audio_info("nowhere.wav"), "nowhere.wav: does not exist")
  expect_refused(audio_info(bad_file()), "\\.wav: ")
  expect_refused(read_audio(tempdir()), "is a directory; .*read_audio\\(audio_info\\(path")
  path <- withr::local_tempfile(fileext = ".wav")
  expect_refused(write_audio(numeric(), path, 16000), "waveform.*numbers, at least one")
  expect_refused(read_audio("nowhere.wav", sample_rate = NA), "`sample_rate`.*NA")
  expect_refused(write_audio("a.wav", "sound", 16000), "`waveform` must be numbers")
  expect_refused(write_audio("a.wav", numeric(), 16000), "`waveform` must be numbers")
  columns <- cbind(tone(), tone())
  expect_refused(write_audio("a.wav", columns, 16000), "a column a sample; as_sound\\(")
  expect_refused(write_audio("a.unknown", tone(), 16000), "`path` must end in")
  expect_refused(write_audio("a.wav", tone(), 16000, subtype = NA), "`subtype`.*NA")
  expect_refused(resample(tone(), NULL, 8000), "`from_rate` must be given")
  expect_refused(fit_length(1:3, 2, crop = "middle"), "`crop` must be one of 'start', 'end'")
  expect_refused(fit_length(1:3, 2, pad = NA), "`pad`.*NA")
  expect_refused(fit_length(1:3, 2, crop = "random", seed = c(1, 2.5)), "`seed` must be whole")
  expect_refused(fit_channels(1:3, 0), "`channels` must be a positive whole number")
})

test_that("integers are 16-bit samples, as tuneR has them, and other scales are named", {
  whole <- c(0L, 16384L, -32768L)
  expect_equal(fit_length(whole, 3), c(0, 0.5, -1))
  expect_equal(fit_channels(rbind(whole, whole), 1), c(0, 0.5, -1))
  path <- withr::local_tempfile(fileext = ".wav")
  write_audio(path, whole, 16000)
  expect_equal(read_audio(path)$waveform, c(0, 0.5, -1))
  expect_refused(fit_length(c(0L, 99999L), 3), "`waveform` must be integers of 16 bits")
  expect_refused(fit_length(c(0, 16384), 3), "`waveform` must be float in -1...1.*32768")
  expect_refused(plot_waveform(c(0L, 99999L), 16000), "`waveform` must be integers of 16 bits")
})

# An MP4 file with the samples in ALAC, which loses nothing.
write_m4a <- function(samples, path, rate) {
  reticulate::py_run_string("
def write_m4a(samples, path, rate):
    import av
    import numpy as np
    with av.open(path, 'w') as out:
        stream = out.add_stream('alac', rate=rate, layout='mono')
        stream.codec_context.format = 's16p'
        made = np.asarray(samples, 'int16')[None]
        frame = av.AudioFrame.from_ndarray(made, format='s16p', layout='mono')
        frame.sample_rate, frame.pts = rate, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
", local = TRUE)$write_m4a(samples, path, as.integer(rate))
}

test_that("what libsndfile refuses is read by PyAV", {
  skip_if_not(reticulate::py_module_available("av"), "PyAV is not installed")
  folder <- withr::local_tempdir()
  path <- file.path(folder, "a.m4a")
  samples <- round(tone() * 32767)
  write_m4a(samples, path, 16000)
  info <- audio_info(path)
  expect_equal(
    as.list(info[c("samples", "format", "subtype")]),
    list(samples = 8000, format = "MP4", subtype = "ALAC")
  )
  expect_equal(as.vector(read_audio(path)$waveform), samples / 32768)
  part <- read_audio(path, start = 0.25, duration = 0.125)$waveform
  expect_equal(as.vector(part), samples[4001:6000] / 32768)
  expect_equal(audio_info(folder)$fname, path)
})
