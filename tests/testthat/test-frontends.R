skip_if_no_core()

test_that("a second of sound becomes 98 frames of 257 bins", {
  front_end <- LogSpectrogram(window_size_ms = 30, window_stride_ms = 10)
  expect_equal(dim(front_end(numeric(16000))), c(1, 98, 257, 1))
  expect_equal(dim(front_end(matrix(0, 2, 16000))), c(2, 98, 257, 1))
  expect_equal(range(front_end(numeric(16000))), rep(log(0.01), 2), tolerance = 1e-6)
})

test_that("a tone is where it belongs", {
  image <- LogSpectrogram(sample_rate = 8000)(sin(2 * pi * 1000 * seq_len(8000) / 8000))
  bins <- dim(image)[3]
  expect_equal(which.max(image[1, 50, , 1]), 1 + (bins - 1) * 1000 / 4000)
})

test_that("a front end says what it is, and refuses what it cannot hear", {
  front_end <- LogSpectrogram(25, 10)
  expect_snapshot(front_end)
  expect_refused(front_end(c(0, NA)), "`waveforms` is missing")
  expect_refused(front_end(numeric(10)), "10 samples are shorter")
  expect_refused(LogSpectrogram(window_size_ms = NA), "`window_size_ms`.*NA")
})

test_that("every front end says what it is", {
  expect_snapshot({
    LogMel(n_mels = 40)
    MFCC(n_mels = 40)
    Deltas()
    Deltas(width = 5, order = 1, axis = "frequency")
    Scaling()
    Scaling(axis = "all")
  })
})

test_that("mel images have the shape asked for", {
  expect_equal(dim(LogMel()(numeric(16000))), c(1, 97, 64, 1))
  expect_equal(dim(LogMel(n_mels = 40, frames = 50)(matrix(0, 3, 16000))), c(3, 50, 40, 1))
  expect_equal(dim(LogMel()(array(0, c(3, 2, 16000)))), c(3, 97, 64, 2))
  expect_equal(dim(LogMel(window_size = 512, window_stride = 256)(numeric(16000))), c(1, 61, 64, 1))
  expect_equal(dim(MFCC(n_mfcc = 20, n_mels = 40)(numeric(16000))), c(1, 97, 20, 1))
  expect_equal(unique(as.vector(LogMel(offset = 0.5)(numeric(1600)))), log(0.5), tolerance = 1e-6)
})

test_that("NULL is a floor of its own", {
  quiet_end <- c(sin(seq_len(8000)), 1e-4 * sin(seq_len(8000)))
  depth <- function(...) diff(range(LogMel(log = "decibel", ...)(quiet_end)))
  expect_equal(depth(floor_db = 20), 20, tolerance = 1e-4)
  expect_lte(depth(), 80.001)
  expect_gt(depth(floor_db = NULL), 80.001)
})

test_that("differences of a ramp are its slope", {
  ramp <- array(3 * seq_len(12), c(1, 12, 1, 1))
  image <- Deltas(width = 5, order = 2)(ramp)
  expect_equal(dim(image), c(1, 12, 1, 3))
  expect_equal(image[1, , 1, 1], 3 * seq_len(12))
  expect_equal(image[1, , 1, 2], rep(3, 12), tolerance = 1e-5)
  expect_equal(image[1, , 1, 3], rep(0, 12), tolerance = 1e-4)
})

test_that("scaling learns mean and variance", {
  set.seed(1)
  images <- array(rnorm(20 * 10 * 4, 7, 3), c(20, 10, 4, 1))
  scaling <- Scaling(axis = "all")
  expect_equal(scaling(images), images, tolerance = 1e-6)
  adapted <- adapt(scaling, images)
  expect_equal(scaling(images), images, tolerance = 1e-6)
  expect_equal(adapted(images), (images - mean(images)) / sqrt(mean((images - mean(images))^2)),
    tolerance = 1e-4
  )
  expect_refused(adapt(LogMel(), images), "`front_end` must be what Scaling\\(\\) returned")
  expect_refused(adapt(scaling, "a"), "`images` must be numbers")
  expect_refused(adapt(scaling), "`images` must be given")
})

test_that("a filter bank is a matrix of bins by bands", {
  filters <- mel_filters(16000, 512, 40)
  expect_equal(dim(filters), c(257, 40))
  heights <- apply(mel_filters(16000, 4096, 20, norm = NULL), 2, max)
  expect_equal(heights, rep(1, 20), tolerance = 0.05)
  expect_lt(max(filters), 0.1)
  along <- mel_filters(16000, 512, 40, scale = "htk", norm = NULL, slopes = "mel")
  expect_gt(max(abs(along - mel_filters(16000, 512, 40, scale = "htk", norm = NULL))), 0.001)
  expect_equal(dim(LogMel(padding = "fft", slopes = "mel")(matrix(0, 1, 15600))), c(1, 96, 64, 1))
  expect_warning(mel_filters(16000, 128, 64), "mel bands are empty", class = "hearingai_warning")
  expect_equal(mel_filters(8000, 256, 10, fmax = 2000)[100:129, ], matrix(0, 30, 10))
})

test_that("unfit settings are named", {
  expect_refused(LogMel(n_mels = NA), "`n_mels`.*NA")
  expect_refused(LogMel(log = "binary"), "`log` must be one of 'natural', 'decibel'")
  expect_refused(LogMel(fmax = 9000), "`fmax` must be at most half the sample rate")
  expect_refused(LogMel()(numeric(10)), "10 samples are shorter")
  expect_refused(MFCC(n_mel = 40), "`n_mel` is no argument of `MFCC")
  expect_refused(MFCC(16000, 13, 0, 40), "must have names")
  expect_refused(MFCC(n_mfcc = 80), "`n_mfcc` must be at most the number of mel bands, 64")
  expect_refused(Deltas(width = 4), "`width` must be odd")
  expect_refused(Deltas()(array(0, c(1, 5, 4, 1))), "shorter than")
  expect_refused(Scaling(axis = "row"), "`axis` must be one of")
  expect_refused(mel_filters(16000, 512, 0), "`n_mels` must be a positive whole number")
})
