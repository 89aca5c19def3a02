skip_if_not_installed("ggplot2")

test_that("each draws without a word and takes a title", {
  plots <- list(
    plot_waveform(sin(1:100), 8000, title = "a title"),
    plot_waveform(rbind(sin(1:100), cos(1:100)), 8000, title = "a title"),
    plot_spectrogram(diag(9), title = "a title")
  )
  for (plot in plots) {
    expect_s3_class(plot, "ggplot")
    expect_equal(plot$labels$title, "a title")
    expect_gt(expect_silent(size_of_saved(plot)), 1000)
  }
})

test_that("a waveform is drawn against seconds", {
  plot <- plot_waveform(c(0, 0.5, -0.25, 0.1), 8)
  drawn <- ggplot2::layer_data(plot)
  expect_equal(drawn$x, c(0, 0.125, 0.25, 0.375))
  expect_equal(drawn$y, c(0, 0.5, -0.25, 0.1))
  expect_equal(plot$labels$x, "time (s)")
  expect_equal(plot$labels$y, "amplitude")
  range <- ggplot2::ggplot_build(plot)$layout$panel_params[[1]]$y.range
  expect_equal(range, c(-0.55, 0.55))
})

test_that("an array of one dimension is a waveform", {
  expect_equal(ggplot2::layer_data(plot_waveform(array(c(0, 1, 0)), 3))$y, c(0, 1, 0))
})

test_that("channels are stacked", {
  waveform <- rbind(sin(1:50), cos(1:50), (1:50) / 50)
  built <- ggplot2::ggplot_build(plot_waveform(waveform, 100))
  expect_equal(built$layout$layout$ROW, 1:3)
  for (i in 1:3) {
    expect_equal(built$data[[1]]$y[built$data[[1]]$PANEL == i], waveform[i, ])
  }
})

test_that("a long waveform keeps its extremes", {
  waveform <- rep(c(-0.5, 0.5), length.out = 160001)
  waveform[c(70001, 160001)] <- c(0.9, -0.8)
  drawn <- ggplot2::layer_data(plot_waveform(waveform, 16000))
  expect_lte(nrow(drawn), 50000)
  expect_equal(range(drawn$y), c(-0.8, 0.9))
  expect_equal(drawn$x[which.max(drawn$y)], 70000 / 16000, tolerance = 1e-3)
  expect_equal(max(drawn$x), 10, tolerance = 1e-3)
})

test_that("a spectrogram has seconds and kilohertz", {
  image <- matrix(0, 98, 257)
  image[11, 33] <- 1 # 15 + 10 * 10 ms, 32 / 256 of 8 kHz
  for (shape in list(c(98, 257), c(98, 257, 1))) {
    plot <- plot_spectrogram(array(image, shape))
    drawn <- ggplot2::layer_data(plot)
    expect_equal(range(drawn$x), c(0.015, 0.985))
    expect_equal(range(drawn$y), c(0, 8))
    bright <- drawn[drawn$fill != drawn$fill[1], ]
    expect_equal(c(bright$x, bright$y), c(0.115, 1))
    expect_equal(
      plot$labels[c("x", "y", "fill")],
      list(x = "time (s)", y = "frequency (kHz)", fill = "log power")
    )
  }
})

test_that("a spectrogram follows rate, stride and size", {
  drawn <- ggplot2::layer_data(plot_spectrogram(diag(4), 44100, 20, 40))
  expect_equal(sort(unique(drawn$x)), c(0.02, 0.04, 0.06, 0.08))
  expect_equal(max(drawn$y), 22.05)
})

test_that("unfit input is named", {
  expect_refused(plot_waveform("tree.wav", 8000), "`waveform` must be numbers")
  expect_refused(plot_waveform(numeric(), 8000), "`waveform` must be numbers")
  expect_refused(plot_waveform(c(0, NA), 8000), "`waveform` must be finite")
  expect_refused(plot_waveform(matrix(0, 100, 2), 8000), "`waveform`.*100 x 2")
  expect_refused(plot_waveform(array(0, c(2, 3, 4)), 8000), "`waveform`.*2 x 3 x 4")
  expect_refused(plot_waveform(0, 0), "`sample_rate` must be one positive number")
  expect_refused(plot_spectrogram(1:9), "`image`.*length 9")
  expect_refused(plot_spectrogram(array(0, c(8, 98, 257, 1))), "`image`.*8 x 98 x 257 x 1")
  expect_refused(plot_spectrogram(array(0, c(98, 257, 3))), "`image`.*98 x 257 x 3")
  expect_refused(plot_spectrogram(diag(2) / 0), "`image` must be finite")
  expect_refused(plot_spectrogram(diag(2), window_stride_ms = -1), "`window_stride_ms`")
  expect_refused(plot_spectrogram(diag(2), window_size_ms = "30"), "`window_size_ms`")
})
