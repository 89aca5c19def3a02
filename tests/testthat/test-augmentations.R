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
    RoomResponse(rt60 = 0.3, sample_rate = 16000)
    RoomResponse(c(1, 0, 0.5))
    Telephone()
    Codec("opus", kbps = 12)
    Clipping(10)
    MicrophoneTilt(low_db = 0)
    PitchShift(sample_rate = 8000)
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

test_that("rooms and devices are heard", {
  click <- c(0, 1, 0, 0, 0, 0)
  echo <- RoomResponse(c(1, 0, 0.5), probability = 1)(click)
  expect_equal(echo[1, ], c(0, 1, 0, 0.5, 0, 0) / sqrt(1.25), tolerance = 1e-6)
  either <- RoomResponse(rbind(c(1, 0.5), c(1, -0.5)), probability = 1, seed = 1)
  echoes <- either(t(matrix(click, 6, 20)))
  expect_setequal(round(echoes[, 3] / echoes[, 2], 6), c(-0.5, 0.5))
  clip <- sin(2 * pi * 1000 * seq_len(8000) / 16000)
  room <- RoomResponse(sample_rate = 16000, rooms = 4, probability = 1, seed = 1)
  expect_equal(mean(room(clip)^2), mean(clip^2), tolerance = 1e-5)
  strongest <- function(x) which.max(Mod(fft(x[1, ]))[1:4000]) * 2 - 2 # Hz
  octave <- PitchShift(12, sample_rate = 16000, probability = 1)(clip)
  expect_equal(strongest(octave), 2000)
  cut <- Clipping(20, probability = 1)(clip)
  expect_gt(mean(abs(cut) > 0.999 * max(abs(cut))), 0.85)
  level <- function(x, frequency) Mod(fft(x))[1 + frequency / 2] * 2 / 8000
  tones <- clip + sin(2 * pi * 6000 * seq_len(8000) / 16000)
  sent <- Telephone(sample_rate = 16000, probability = 1)(0.4 * tones)[1, ]
  expect_equal(level(sent, c(1000, 6000)), c(0.4, 0), tolerance = 0.03)
  dull <- MicrophoneTilt(0, -40, high_hz = 1000, sample_rate = 16000, probability = 1)(clip)
  expect_equal(level(dull[1, ], 1000), sqrt(0.5), tolerance = 0.01)
  coded <- Codec("mp3", 16, sample_rate = 16000, probability = 1)(clip / 2)
  expect_equal(dim(coded), c(1, 8000))
  expect_equal(strongest(coded), 1000)
  expect_false(identical(coded[1, ], clip / 2))
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
  path <- file.path(withr::local_tempdir(), "a.wav")
  write_audio(path, sin(1:800) / 2, 8000)
  expect_length(built(path)[[1]], 1600)
  expect_equal(built(tibble::tibble(fname = c(path, path))), rep(built(path), 2))
  room <- list("room_response", list(responses = dirname(path), rt60 = 1))
  layers <- py_call("bridge.augmentations", py_augment(list(room)), sample_rate = 8000L)
  expect_length(layers[[1]]$get_config()$responses, 1)
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
  expect_refused(RoomResponse("a.wav"), "`responses` from files needs `sample_rate`")
  expect_refused(RoomResponse(numeric(5)), "`responses` holds .* silent")
  expect_refused(Telephone(probability = 1)(1:9 / 9), "Telephone needs `sample_rate`")
  expect_refused(Telephone(low_hz = 4000), "`low_hz` must lie below `high_hz`")
  expect_refused(Codec("aac"), "`codecs` must be one of 'mp3', 'opus'")
  expect_refused(PitchShift(13), "`semitones`")
  expect_refused(fit("speech-commands-small", spoken_words(n = 4), augment = "codec"), "`copies`")
  wanted <- "`augment\\[\\[2\\]\\]` must be a name"
  expect_refused(py_augment(list("gain", list(limit = 0.2))), wanted)
  expect_refused(py_augment(3), "`augment` must be a list of augmentations")
  unnamed <- list(list("gain", list(3)))
  expect_refused(py_augment(unnamed), "`augment\\[\\[1\\]\\]\\[\\[2\\]\\]` must be a list of named")
  expect_refused(fit(tagger(), embeddings(), augment = "kite"), "`augment` must be one of 'time_")
  options <- list(list("time_shift", list(limits = 1)))
  expect_refused(fit(tagger(), embeddings(), augment = options), "has no option limits")
})
