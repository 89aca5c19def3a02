skip_if_no_core()

test_that("every augmentation says what it is", {
  expect_snapshot({
    TimeShift()
    Gain(c(-6, 6))
    SpeedChange(1.1)
    BackgroundNoise(snr_db = 10)
    BackgroundNoise(noise = c(0.1, -0.1), volume = c(0, 1), seed = 3)
    SpecAugment(fill = "zero")
    EmbeddingJitter()
    Mixup(domain = "image")
    BetweenClass(16000)
    PositiveMix()
    ColouredNoise()
    BandWarp(seed = 2)
    Equalizer(points = 3)
  })
})

test_that("clips are changed, in training only", {
  clips <- rbind(1:10, 11:20) / 32
  shifted <- TimeShift(seed = 1)(clips)
  expect_equal(dim(shifted), c(2, 10))
  expect_equal(t(apply(shifted, 1, sort)), clips)
  expect_equal(TimeShift(seed = 1)(clips, training = FALSE), clips)
  expect_equal(TimeShift(limit = 0)(clips), clips)
  expect_equal(Gain(20)(clips), 10 * clips, tolerance = 1e-6)
  expect_equal(Gain(0)(1:3 / 4), matrix(1:3 / 4, 1))
  expect_equal(Gain(0)(c(16384L, -32768L)), matrix(c(0.5, -1), 1))
  stereo <- array(1:12 / 16, c(2, 2, 3))
  expect_equal(Gain(-20)(stereo), stereo / 10, tolerance = 1e-6)
})

test_that("noise is the recording's", {
  clip <- numeric(6)
  mixed <- BackgroundNoise(noise = c(2, -2), volume = 0.5, probability = 1)(clip)
  expect_equal(abs(mixed), matrix(1, 1, 6))
  expect_equal(diff(sign(as.vector(mixed))) != 0, rep(TRUE, 5))
  two <- BackgroundNoise(noise = list(c(1, 1), 1), volume = 1, probability = 1)
  expect_equal(two(clip), matrix(1, 1, 6))
})

test_that("images are masked and embeddings moved", {
  image <- array(1, c(2, 20, 20, 1))
  masked <- SpecAugment(fill = "zero", frequency_limit = 0.5, time_limit = 0.5, seed = 1)(image)
  expect_setequal(masked, 0:1)
  expect_equal(SpecAugment(frequency_masks = 0, time_masks = 0)(image), image)
  clip <- array(100, c(1, 3, 128))
  clip[1, 1, ] <- 0
  moved <- EmbeddingJitter(amount = 5)(clip)
  expect_equal(moved[1, 1, ], rep(0, 128))
  expect_equal(abs(moved[1, 2:3, ] - 100), matrix(5, 2, 128))
})

test_that("coloured noise has the ratio and the slope that are asked for", {
  clip <- sin(2 * pi * 440 * seq_len(16000) / 16000)
  noise <- function(slope) {
    ColouredNoise(snr_db = 20, slope = slope, probability = 1, seed = 1)(clip)[1, ] - clip
  }
  expect_equal(mean(noise(0)^2) / mean(clip^2), 0.01, tolerance = 1e-4)
  high <- function(x) mean((Mod(fft(x))^2)[4001:8000]) / mean((Mod(fft(x))^2)[2:4000])
  expect_equal(high(noise(0)), 1, tolerance = 0.1)
  expect_lt(high(noise(2)), 0.01)
})

test_that("images are warped and coloured along their bands", {
  ramp <- array(rep(1:20, each = 10), c(1, 10, 20, 1))
  expect_equal(BandWarp(stretch = 0, shift = 0)(ramp), ramp, tolerance = 1e-6)
  shifted <- BandWarp(stretch = 0, shift = 3, seed = 1)(ramp)
  by <- (shifted - ramp)[1, 1, 5:15, 1]
  expect_equal(by, rep(by[1], 11), tolerance = 1e-5)
  expect_lte(abs(by[1]), 3)
  expect_gt(abs(by[1]), 0)
  curve <- (Equalizer(amount = 2, points = 2, seed = 1)(ramp) - ramp)[1, , , 1]
  expect_gt(diff(range(curve)), 0)
  expect_equal(curve, curve[rep(1, 10), ], tolerance = 1e-5)
  expect_equal(diff(curve[1, ], differences = 2), rep(0, 18), tolerance = 1e-4)
  expect_refused(Equalizer(points = 1), "`points`")
  expect_refused(BandWarp(stretch = 1), "`stretch`")
})

test_that("those that mix mix labels too", {
  mixed <- Mixup(alpha = 1, seed = 2)(10 * diag(4), labels = diag(4))
  expect_named(mixed, c("x", "labels"))
  expect_equal(mixed$x, 10 * mixed$labels, tolerance = 1e-5)
  expect_equal(rowSums(mixed$labels), rep(1, 4), tolerance = 1e-6)
  same <- Mixup()(diag(4), labels = diag(4), training = FALSE)
  expect_equal(same, list(x = diag(4), labels = diag(4)))
  pair <- array(c(4, 8), c(2, 1, 128))
  both <- PositiveMix(positive = 1, probability = 1)(pair, labels = cbind(c(0, 0), c(1, 1)))
  expect_equal(both$x, array(6, c(2, 1, 128)))
  sounds <- rbind(sin(seq_len(4096)), cos(seq_len(4096) / 2))
  between <- BetweenClass(16000)(sounds, labels = diag(2))
  expect_equal(rowSums(between$labels), c(1, 1), tolerance = 1e-6)
})

test_that("set.seed() decides what is drawn without a seed", {
  shift <- TimeShift()
  drawn <- function(seed) {
    set.seed(seed)
    shift(rbind(1:100, 1:100))
  }
  first <- drawn(1)
  expect_equal(drawn(1), first)
  expect_false(identical(drawn(2), first))
  own <- function() TimeShift(seed = 5)(1:100)
  expect_equal(own(), own())
})

test_that("a list of augmentations crosses, however it is written", {
  expect_null(py_augment(NULL))
  expect_equal(py_augment(list()), list())
  expect_equal(py_augment(c("gain", "mixup")), list("gain", "mixup"))
  expect_length(py_augment(TimeShift()), 1)
  options <- list(limit = 0.5, circular = FALSE)
  entries <- py_augment(list("gain", list("time_shift", options), list("mixup", list()), Gain()))
  layers <- py_call("bridge.augmentations", entries)
  expect_equal(layers[[2]]$limit, 0.5)
  expect_false(layers[[2]]$circular)
  expect_equal(layers[[3]]$alpha, 0.2)
})

test_that("noise crosses as a setting too: sound, paths or a table", {
  built <- function(noise) {
    entry <- list("background_noise", list(noise = noise, snr_db = c(3, 4)))
    layers <- py_call("bridge.augmentations", py_augment(list(entry)), sample_rate = 16000L)
    expect_equal(unlist(layers[[1]]$snr_db), c(3, 4))
    lapply(layers[[1]]$get_config()$noise, as.vector)
  }
  expect_equal(built(c(1, -1)), list(c(1, -1)))
  # integers are 16-bit samples
  expect_equal(built(list(c(8192L, 0L), c(1, -1))), list(c(0.25, 0), c(1, -1)))
  path <- withr::local_tempfile(fileext = ".wav")
  write_audio(path, sin(1:800) / 2, 8000)
  expect_length(built(path)[[1]], 1600)
  expect_equal(built(tibble::tibble(fname = c(path, path))), rep(built(path), 2))
})

test_that("unfit input is named", {
  expect_refused(TimeShift(limit = 3), "`limit` must be a number from 0 to 1")
  expect_refused(TimeShift(limit = NA), "`limit`.*NA")
  expect_refused(TimeShift(circular = "no"), "`circular` must be TRUE or FALSE")
  expect_refused(Gain(1:3), "`gain_db` must be one number, or the lowest and the highest")
  expect_refused(Gain(c(3, -3)), "`gain_db`.*the lower one first")
  expect_refused(Gain(seed = 0.5), "`seed` must be one whole number")
  expect_refused(BackgroundNoise(noise = list(1:3, "a")), "`noise\\[\\[2\\]\\]` must be numbers")
  expect_refused(BackgroundNoise(noise = list()), "`noise` is an empty list")
  expect_refused(SpecAugment(fill = "one"), "`fill` must be one of 'mean', 'zero'")
  expect_refused(Gain()(c(1, NA)), "`x` is missing")
  expect_refused(SpecAugment()(1:3), "images must have the shape")
  expect_refused(Mixup()(diag(2), labels = factor(1:2)), "`labels` must be a matrix of clips by")
  expect_refused(Mixup()(diag(2), labels = 0:1), "model.matrix")
  expect_refused(Mixup()(diag(3), labels = diag(2)), "labels must have the shape")
  expect_refused(PositiveMix()(array(1, c(2, 1, 3)), diag(2)), "`positive` must be a column")
  expect_refused(BackgroundNoise("a.wav"), "needs `sample_rate`")
  wanted <- "`augment\\[\\[2\\]\\]` must be a name"
  expect_refused(py_augment(list("gain", list(limit = 0.2))), wanted)
  expect_refused(py_augment(3), "`augment` must be a list of augmentations")
  unnamed <- list(list("gain", list(3)))
  expect_refused(py_augment(unnamed), "`augment\\[\\[1\\]\\]\\[\\[2\\]\\]` must be a list of named")
  expect_refused(fit(tagger(), embeddings(), augment = "kite"), "`augment` must be one of 'time_")
  options <- list(list("time_shift", list(limits = 1)))
  expect_refused(fit(tagger(), embeddings(), augment = options), "has no option limits")
})
