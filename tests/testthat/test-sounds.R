skip_if_no_core()

# What tuneR, seewave, audio, sound and av return: themselves where they are installed, else objects
# of the same classes and slots.
stand_in <- function(class, ...) methods::setClass(class, ..., where = globalenv())

if (!methods::isClass("Wave")) {
  stand_in("WaveGeneral", methods::representation(
    samp.rate = "numeric", bit = "numeric", pcm = "logical", "VIRTUAL"
  ))
  stand_in("Wave", methods::representation(
    left = "numeric", right = "numeric", stereo = "logical"
  ), contains = "WaveGeneral")
  stand_in("WaveMC", contains = c("matrix", "WaveGeneral"))
}

tone <- function(samples = 8000, rate = 16000) 0.5 * sin(2 * pi * 440 * seq_len(samples) / rate)
whole <- function(x, bits = 16) round(x * 2^(bits - 1))
wave <- function(left, right = numeric(), rate = 16000, bit = 16, pcm = TRUE) {
  methods::new("Wave",
    left = left, right = right, stereo = length(right) > 0, samp.rate = rate, bit = bit, pcm = pcm
  )
}

of_other_packages <- function(x = tone(), rate = 16000) {
  samples <- as.integer(whole(x))
  list(
    `16-bit Wave` = wave(samples, rate = rate),
    `24-bit Wave` = wave(whole(x, 24), rate = rate, bit = 24),
    `8-bit Wave` = wave(round(x * 128) + 128, rate = rate, bit = 8),
    `float Wave` = wave(x, rate = rate, bit = 32, pcm = FALSE),
    `Wave of Wave()` = wave(x, rate = rate),
    `stereo Wave` = wave(samples, samples, rate = rate),
    WaveMC = methods::new("WaveMC", cbind(samples, samples),
      samp.rate = rate, bit = 16, pcm = TRUE
    ),
    av = structure(as.integer(whole(x, 32)), channels = 1L, sample_rate = rate),
    `stereo av` = structure(as.integer(whole(rep(x, each = 2), 32)),
      channels = 2L, sample_rate = rate
    ),
    ts = stats::ts(x, start = 0, frequency = rate),
    audioSample = structure(x, class = "audioSample", rate = rate, bits = 16L),
    Sample = structure(list(sound = matrix(x, 1), rate = rate, bits = 16), class = "Sample"),
    list = list(waveform = x, sample_rate = rate)
  )
}

test_that("sounds of other packages bring their samples and their rate", {
  found <- of_other_packages()
  for (name in names(found)) {
    sound <- as_sound(found[[name]])
    expect_s3_class(sound, "hearingai_sound")
    expect_equal(sound$sample_rate, 16000, info = name)
    first <- if (is.matrix(sound$waveform)) sound$waveform[2, ] else sound$waveform
    step <- if (name == "8-bit Wave") 1 / 128 else 1 / 32768
    expect_lt(max(abs(first - tone())), step, label = name)
  }
  expect_equal(dim(as_sound(found[["stereo av"]])$waveform), c(2, 8000))
})

test_that("the lowest sample of av is no missing value", {
  lowest <- structure(c(NA_integer_, 0L), channels = 1L, sample_rate = 8000)
  expect_equal(as_sound(lowest)$waveform, c(-1, 0))
})

test_that("numbers become sound by their depth and shape", {
  expect_equal(as_sound(c(0L, 16384L, -32768L))$waveform, c(0, 0.5, -1))
  expect_equal(as_sound(c(0, 2^22, -2^23), bits = 24)$waveform, c(0, 0.5, -1))
  expect_equal(as_sound(c(128, 192, 0), bits = 8)$waveform, c(0, 0.5, -1))
  expect_equal(as_sound(c(64, -128), bits = 8)$waveform, c(0.5, -1))
  both <- cbind(1:3 / 4, 4:6 / 8)
  expect_equal(as_sound(both)$waveform, t(both))
  expect_equal(as_sound(matrix(1:4 / 4, ncol = 1))$waveform, 1:4 / 4)
  expect_refused(as_sound(c(0, 40000), bits = 16), "`x` must be samples of 16 bits")
  expect_refused(as_sound(1:3, bits = 12), "`bits` must be 8, 16, 24 or 32")
  expect_refused(as_sound(wave(1:3), 8000), "`sample_rate` must be that of the sound, 16000 Hz")
  expect_refused(as_sound("a.wav"), "`x` must be a sound")
  expect_refused(as_sound(c(0.1, NA)), "`x` is missing \\(NA\\) in position 2")
  expect_refused(as_sound(1:3, rate = 8000), "as_sound\\(\\).*sample_rate")
  expect_refused(as_sound(wave(1:3), depth = 8), "as_sound\\(\\)")
  expect_equal(format(as_sound(both, 8000)), "<sound: 2 channels of 0.000375 s at 8000 Hz>")
})

test_that("every function hears them as it hears the file", {
  path <- withr::local_tempfile(fileext = ".wav")
  write_audio(tone(16000), path, 16000, subtype = "FLOAT")
  score <- function(...) predict(untrained(), ...)$.pred_no
  expected <- score(path)
  found <- of_other_packages(tone(16000))
  for (name in setdiff(names(found), "8-bit Wave")) {
    expect_equal(score(found[[name]]), expected, tolerance = 1e-3, info = name)
  }
  expect_equal(score(unname(found[-3])), rep(expected, length(found) - 1), tolerance = 1e-3)
  expect_equal(score(matrix(tone(16000), ncol = 1)), expected, tolerance = 1e-3)
  mono <- found[["16-bit Wave"]]
  expect_equal(embed(untrained(), mono)[-1], embed(untrained(), path)[-1], tolerance = 1e-2)
  expect_equal(dim(LogSpectrogram()(mono)), c(1, 98, 257, 1))
  expect_equal(dim(LogMel()(found[["stereo Wave"]])), c(1, 97, 64, 2))
  stream <- Stream(untrained(), threshold = 0.4)
  feed(stream, mono)
  expect_equal(stream_state(stream)$seconds, 1)
  expect_equal(annotate(untrained(), found[["stereo av"]])$seconds, 1)
  expect_equal(explain(untrained(), mono, steps = 2)$probability, max(expected, 1 - expected),
    tolerance = 1e-2
  )
  expect_s3_class(plot_waveform(mono), "ggplot")
})

test_that("integers are heard as the floats that they are", {
  x <- tone(16000)
  same <- as.integer(whole(x))
  score <- function(x) predict(untrained(), x)$.pred_no
  expect_equal(score(same), score(x), tolerance = 1e-4)
  expect_equal(LogSpectrogram()(same), LogSpectrogram()(whole(x) / 32768), tolerance = 1e-6)
  expect_equal(range(TimeShift(seed = 1)(same)), range(whole(x)) / 32768, tolerance = 1e-6)
})

test_that("another rate is resampled from, and a contradiction named", {
  sound <- wave(as.integer(whole(tone(8000, 8000))), rate = 8000)
  told <- predict(untrained(), whole(tone(8000, 8000)) / 32768, sample_rate = 8000)
  expect_equal(predict(untrained(), sound)$.pred_no, told$.pred_no, tolerance = 1e-5)
  expect_refused(predict(untrained(), sound, sample_rate = 16000), "`sample_rate` contradicts")
  expect_refused(feed(Stream(untrained()), sound), "`chunk` has its own rate, 8000")
  expect_refused(plot_waveform(sound, 16000), "`sample_rate` must be that of the sound, 8000")
  expect_length(resample(sound, to_rate = 4000), 4000)
})

test_that("samples by channels are told apart from clips", {
  columns <- cbind(tone(), tone())
  expect_refused(predict(untrained(), columns), "as_sound\\(recordings\\) is one sound")
  expect_equal(nrow(predict(untrained(), as_sound(cbind(tone(), tone())))), 1)
})

test_that("floats beyond full scale are named", {
  expect_warning(predict(untrained(), 4 * tone()), "`recordings` reaches 2")
  path <- withr::local_tempfile(fileext = ".wav")
  expect_warning(write_audio(4 * tone(), path, 16000), "`waveform` reaches 2")
  expect_refused(write_audio(tone(), path, 16000), "overwrite")
  expect_refused(predict(untrained(), 1:3 * 100000L), "as_sound\\(recordings, bits = 24\\)")
})

test_that("several recordings are tables, paths come in any container, folders are opened", {
  folder <- withr::local_tempdir()
  files <- file.path(folder, c("a.wav", "b.wav"))
  for (file in files) write_audio(of_other_packages()[["stereo Wave"]], file)
  table <- read_audio(c(files, "gone.wav"), sample_rate = 8000)
  expect_s3_class(table, "tbl_df")
  expect_equal(lengths(table$waveform), c(4000, 4000, 0))
  expect_equal(table$.error, c(NA, NA, "does not exist"))
  expect_equal(audio_info(factor(files))$channels, c(2L, 2L))
  expect_equal(audio_info(data.frame(fname = files))$samples, c(8000, 8000))
  expect_refused(audio_info(c(files, "gone.wav"), on_error = "raise"), "gone.wav")
  for (recordings in list(files, as.list(files), factor(files), folder)) {
    expect_equal(predict(untrained(), recordings)$fname, files)
  }
})

test_that("what av reads is what read_audio() reads", {
  skip_if_no_core()
  skip_if_not_installed("av")
  file <- words()$fname[1]
  read <- read_audio(file)
  heard <- av::read_audio_bin(file, channels = 1, sample_rate = read$sample_rate)
  sound <- as_sound(heard)
  expect_equal(sound$sample_rate, read$sample_rate)
  expect_equal(sound$waveform, read$waveform)
  both <- as_sound(av::read_audio_bin(file, channels = 2, sample_rate = read$sample_rate))
  expect_equal(dim(both$waveform), c(2, length(read$waveform)))
  expect_identical(predict(untrained(), heard)[-1], predict(untrained(), file)[-1])
})
