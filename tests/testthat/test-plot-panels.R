skip_if_not_installed("ggplot2")
skip_if_no_core()

strips <- function(plot) {
  built <- ggplot2::ggplot_build(plot)
  built$layout$facet_params$labeller(built$layout$layout["panel"])[[1]]
}

test_that("panels show a waveform and two images with their tones", {
  tone <- two_tone(duration = 0.5)
  plot <- plot_panels(tone, 22050, tones = 2, title = "a title")
  expect_s3_class(plot, "ggplot")
  expect_equal(plot$labels$title, "a title")
  expect_equal(plot$labels$fill, "dB relative to the loudest")
  saved_without_a_word(plot)
  wave <- ggplot2::layer_data(plot, 2)
  expect_equal(wave$x, (seq_along(tone) - 1) / 22050)
  expect_equal((wave$y * 2 - 1) * 1.05 * max(abs(tone)), tone, tolerance = 1e-6)
  for (layer in 3:4) {
    cells <- ggplot2::layer_data(plot, layer)
    expect_true(all(cells$PANEL == layer - 1))
    expect_true(all(cells$y > 3 * layer - 6 & cells$y < 3 * layer - 5))
  }
  expect_equal(ggplot2::layer_data(plot, 6)$label, rep(c("440 Hz", "2000 Hz"), 2))
})

test_that("marks point to the loudest rows", {
  plot <- plot_panels(two_tone(duration = 0.5), 22050, tones = 2)
  for (layer in 3:4) {
    cells <- plot$layers[[layer]]$data
    loudness <- tapply(cells$value, cells$place, mean)
    marks <- plot$layers[[5]]$data
    for (place in marks$place[marks$panel == layer - 1]) {
      near <- abs(as.numeric(names(loudness)) - place) < 0.02
      expect_gt(max(loudness[near]), -8)
    }
  }
})

test_that("a front end, or a classifier's, can be seen", {
  tone <- two_tone(sample_rate = 16000)
  expect_match(strips(plot_panels(tone, 16000, LogMel(n_mels = 40)))[[3]], "log-mel, 40 bands")
  mfcc <- plot_panels(tone, 16000, MFCC())
  expect_match(strips(mfcc)[[3]], "MFCC, 13 coefficients\ncoefficient")
  expect_equal(range(mfcc$layers[[4]]$data$value), c(0, 1))
  saved_without_a_word(mfcc)
  expect_match(strips(plot_panels(tone, 16000, untrained()))[[3]], "log")
  expect_refused(plot_panels(tone, 16000, "mel"), "`frontend` must be a front end")
})

test_that("a recording's file can be drawn", {
  path <- withr::local_tempfile(fileext = ".wav")
  write_audio(path, two_tone(), 22050)
  expect_equal(max(ggplot2::layer_data(plot_panels(path), 2)$x), 22049 / 22050)
})

test_that("bands tell how many are empty", {
  plot <- expect_no_warning(plot_bands(title = "bands"))
  expect_match(strips(plot)[[1]], "^10 bands, 0 empty\n")
  expect_match(strips(plot)[[3]], "^1000 bands, [1-9][0-9]* empty\n")
  expect_equal(
    vapply(plot$layers[2:4], function(l) length(unique(l$data$place)), 1L), c(10, 150, 1000)
  )
  saved_without_a_word(plot)
})

test_that("augmentations are drawn beside the original", {
  tone <- two_tone(duration = 0.5)
  plot <- plot_augmented(
    tone, list("time_shift", Gain(c(-20, -20)), list("spec_augment", list(time_masks = 1))), 22050,
    seed = 1
  )
  expect_equal(sub("\n.*", "", strips(plot)), c("original", "time shift", "gain", "spec augment"))
  original <- plot$layers[[2]]$data$value
  loud <- original > -40
  expect_equal(plot$layers[[4]]$data$value[loud], original[loud] - 20, tolerance = 0.01)
  again <- plot_augmented(tone, "time_shift", 22050, seed = 1)
  expect_equal(again$layers[[3]]$data$value, plot$layers[[3]]$data$value)
  expect_refused(plot_augmented(tone, "mixup", 22050), "`augment`.*mixes")
  expect_refused(plot_augmented(tone, list(), 22050), "`augment` must name at least one")
})

test_that("unfit sounds are named", {
  expect_refused(plot_panels(two_tone()), "`sample_rate` must be given with a waveform")
  expect_refused(plot_panels(TRUE), "`sound` must be one path")
  expect_refused(plot_panels("no.wav"), "no.wav")
  expect_refused(plot_bands("ten"), "`n_mels` must be numbers")
})
