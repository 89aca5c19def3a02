skip_if_not_installed("ggplot2")

counts_table <- function(counts, labels = paste0("word", seq_len(nrow(counts)))) {
  data.frame(
    truth = factor(rep(labels, each = length(labels)), labels),
    predicted = factor(rep(labels, times = length(labels)), labels),
    n = as.vector(t(counts))
  )
}

training_history <- function(epochs = 3) {
  epoch <- seq_len(epochs)
  data.frame(
    epoch = epoch, loss = 3 / epoch, accuracy = 1 - 1 / (epoch + 1),
    val_loss = 4 / epoch, val_accuracy = 0.9 - 1 / (epoch + 1)
  )
}

counts <- matrix(c(50, 20, 3, 19, 60, 0, 0, 21, 30), 3, byrow = TRUE)

size_of_saved <- function(plot) {
  file <- tempfile(fileext = ".png")
  on.exit(unlink(file))
  ggplot2::ggsave(file, plot, width = 7, height = 5, dpi = 50)
  file.size(file)
}

axis_labels <- function(plot) {
  scales <- ggplot2::ggplot_build(plot)$layout$panel_params[[1]]
  list(x = scales$x$get_labels(), y = scales$y$get_labels())
}

test_that("every plot is a ggplot that draws without a word and takes a title", {
  skip_if_not_installed("ggalluvial")
  plots <- list(
    plot_waveform(sin(1:100), 8000, title = "a title"),
    plot_waveform(rbind(sin(1:100), cos(1:100)), 8000, title = "a title"),
    plot_spectrogram(diag(9), title = "a title"),
    plot_history(training_history(), title = "a title"),
    plot_history(training_history(1), title = "a title"),
    plot_confusion(counts_table(counts), title = "a title"),
    plot_alluvial(counts_table(counts), title = "a title")
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

test_that("a history tells training and validation apart", {
  history <- training_history()
  plot <- plot_history(history)
  drawn <- ggplot2::layer_data(plot, 1)
  expect_equal(drawn$y[drawn$PANEL == 1 & drawn$linetype == "solid"], history$loss)
  expect_equal(drawn$y[drawn$PANEL == 1 & drawn$linetype == "dashed"], history$val_loss)
  expect_equal(drawn$y[drawn$PANEL == 2 & drawn$linetype == "solid"], history$accuracy)
  expect_equal(drawn$y[drawn$PANEL == 2 & drawn$linetype == "dashed"], history$val_accuracy)
  expect_equal(unique(drawn[c("colour", "linetype")])$linetype, c("solid", "dashed"))
  expect_length(unique(ggplot2::layer_data(plot, 2)$shape), 2)
  expect_equal(plot$labels$x, "epoch")
})

test_that("the best epoch is marked where it is known", {
  line <- best_epoch_line(7)
  plot <- plot_history(training_history(9)) + line
  expect_equal(ggplot2::layer_data(plot, 3)$xintercept, c(7, 7))
  expect_equal(plot$labels$caption, "dotted: best epoch, 7")
  expect_null(best_epoch_line(NULL))
})

test_that("epochs are whole", {
  for (epochs in c(1, 2, 3, 10, 100)) {
    labels <- axis_labels(plot_history(training_history(epochs)))$x
    labels <- as.numeric(labels[!is.na(labels)])
    expect_gte(length(labels), 1)
    expect_equal(labels, round(labels))
  }
})

test_that("a history may lack validation, wholly or in places", {
  alone <- ggplot2::layer_data(plot_history(training_history()[1:3]))
  expect_equal(unique(alone$linetype), "solid")
  gaps <- training_history()
  gaps$val_loss[2] <- NA
  drawn <- ggplot2::layer_data(plot_history(gaps))
  expect_equal(drawn$x[drawn$PANEL == 1 & drawn$linetype == "dashed"], c(1, 3))
})

test_that("a confusion shows rates by row and counts", {
  plot <- plot_confusion(counts_table(matrix(c(30, 0, 10, 5), 2), c("no", "yes")))
  expect_equal(plot$data$rate, c(0.75, 0.25, 0, 1))
  text <- ggplot2::layer_data(plot, 2)
  expect_equal(text$label, c("30", "10", "0", "5"))
  expect_equal(as.numeric(text$x), c(1, 2, 1, 2))
  expect_equal(as.numeric(text$y), c(2, 2, 1, 1)) # the first label on top
  expect_equal(axis_labels(plot), list(x = c("no", "yes"), y = c("yes", "no")))
  expect_equal(plot$labels[c("x", "y")], list(x = "predicted", y = "truth"))
  expect_length(unique(ggplot2::layer_data(plot, 1)$fill), 4)
})

test_that("counts are left out beyond 20 labels", {
  expect_length(plot_confusion(counts_table(diag(20)))$layers, 2)
  plot <- plot_confusion(counts_table(diag(35)))
  expect_length(plot$layers, 1)
  expect_length(axis_labels(plot)$x, 35)
})

test_that("counts are readable on every shade", {
  luminance <- function(colour) {
    channels <- grDevices::col2rgb(colour) / 255
    linear <- ifelse(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055)^2.4)
    drop(c(0.2126, 0.7152, 0.0722) %*% linear)
  }
  for (n in seq(0, 100, by = 5)) {
    plot <- plot_confusion(counts_table(matrix(c(n, 1, 100 - n, 1), 2)))
    cell <- luminance(ggplot2::layer_data(plot, 1)$fill)
    text <- luminance(ggplot2::layer_data(plot, 2)$colour)
    contrast <- (pmax(cell, text) + 0.05) / (pmin(cell, text) + 0.05)
    expect_gt(min(contrast), 3)
  }
})

test_that("text keeps the order of the table, factors that of their levels", {
  table <- counts_table(diag(2), c("b", "a"))
  table$truth <- as.character(table$truth)
  table$predicted <- as.character(table$predicted)
  expect_equal(axis_labels(plot_confusion(table))$x, c("b", "a"))
  table$truth <- factor(table$truth, c("z", "a", "b"))
  plot <- plot_confusion(table[table$n > 0, ])
  expect_equal(axis_labels(plot)$x, c("z", "a", "b"))
  expect_equal(plot$data$n, c(0, 0, 0, 0, 1, 0, 0, 0, 1))
})

flows <- function(plot) {
  drawn <- ggplot2::layer_data(plot, 1)
  drawn <- drawn[drawn$fill != "transparent", ]
  drawn[drawn$x == 1, ]
}

test_that("an alluvial has one flow a pair, right in light blue, wrong in outlined purple", {
  skip_if_not_installed("ggalluvial")
  drawn <- flows(plot_alluvial(counts_table(counts)))
  size <- drawn$ymax - drawn$ymin
  expect_equal(sort(size[drawn$fill == "#9ECAE1"]), c(30, 50, 60))
  expect_equal(sort(size[drawn$fill == "#6A3D9A"]), c(20, 21))
  expect_equal(unique(drawn$linetype[drawn$fill == "#9ECAE1"]), "solid")
  expect_equal(unique(drawn$linetype[drawn$fill == "#6A3D9A"]), "dashed")
})

test_that("an alluvial names what is hidden", {
  skip_if_not_installed("ggalluvial")
  plot <- plot_alluvial(counts_table(counts))
  expect_equal(plot$labels$caption, "flows under 20 clips hidden (22 of 203 clips)")
  expect_equal(nrow(flows(plot_alluvial(counts_table(counts), min_n = 21))), 4)
  for (min_n in 0:1) {
    all <- plot_alluvial(counts_table(counts), min_n = min_n)
    expect_equal(nrow(flows(all)), 7)
    expect_null(all$labels$caption)
  }
  none <- plot_alluvial(counts_table(diag(2)))
  expect_equal(nrow(flows(none)), 0)
  expect_equal(none$labels$caption, "flows under 20 clips hidden (2 of 2 clips)")
  expect_gt(expect_silent(size_of_saved(none)), 1000)
  many <- plot_alluvial(counts_table(diag(2) * 1e6))
  expect_equal(many$labels$caption, "flows under 20 clips hidden (0 of 2000000 clips)")
})

test_that("blocks are as high as their clips, hidden or not", {
  skip_if_not_installed("ggalluvial")
  drawn <- ggplot2::layer_data(plot_alluvial(counts_table(counts)), 2)
  drawn <- drawn[order(drawn$x, -drawn$ymax), ]
  expect_equal(drawn$ymax - drawn$ymin, c(rowSums(counts), colSums(counts)))
})

test_that("labels lie apart, in order, within the picture, and lead to their blocks", {
  skip_if_not_installed("ggalluvial")
  for (labels in c(4, 10, 35)) {
    crowded <- diag(ifelse(seq_len(labels) %% 3 == 0, 900, 3))
    crowded[2, 1] <- 40
    crowded[4, ] <- c(1, rep(0, labels - 1))
    plot <- plot_alluvial(counts_table(crowded))
    for (layer in 3:4) {
      lines <- ggplot2::layer_data(plot, layer)
      expect_equal(nrow(lines), if (layer == 3) labels else labels - 1)
      steps <- -diff(lines$yend)
      expect_gt(min(steps), 0.02 * sum(crowded))
      expect_true(all(lines$yend > 0 & lines$yend < sum(crowded)))
      blocks <- ggplot2::layer_data(plot, 2)
      blocks <- blocks[blocks$x == layer - 2, ]
      expect_equal(sort(lines$y), sort((blocks$ymin + blocks$ymax) / 2))
    }
    expect_gt(expect_silent(size_of_saved(plot)), 1000)
  }
})

test_that("labels with room stay beside their blocks", {
  skip_if_not_installed("ggalluvial")
  lines <- ggplot2::layer_data(plot_alluvial(counts_table(diag(4) * 50)), 3)
  expect_equal(lines$yend, lines$y)
})

test_that("unfit input is named", {
  skip_if_not_installed("ggalluvial")
  expect_unfit <- function(code, message) {
    expect_error(code, message, class = "hearingai_error")
  }
  expect_unfit(plot_waveform("tree.wav", 8000), "`waveform` must be numbers")
  expect_unfit(plot_waveform(numeric(), 8000), "`waveform` must be numbers")
  expect_unfit(plot_waveform(c(0, NA), 8000), "`waveform` must be finite")
  expect_unfit(plot_waveform(matrix(0, 100, 2), 8000), "`waveform`.*100 x 2")
  expect_unfit(plot_waveform(array(0, c(2, 3, 4)), 8000), "`waveform`.*2 x 3 x 4")
  expect_unfit(plot_waveform(0, 0), "`sample_rate` must be one positive number")
  expect_unfit(plot_spectrogram(1:9), "`image`.*length 9")
  expect_unfit(plot_spectrogram(array(0, c(8, 98, 257, 1))), "`image`.*8 x 98 x 257 x 1")
  expect_unfit(plot_spectrogram(array(0, c(98, 257, 3))), "`image`.*98 x 257 x 3")
  expect_unfit(plot_spectrogram(diag(2) / 0), "`image` must be finite")
  expect_unfit(plot_spectrogram(diag(2), window_stride_ms = -1), "`window_stride_ms`")
  expect_unfit(plot_spectrogram(diag(2), window_size_ms = "30"), "`window_size_ms`")
  expect_unfit(plot_history(list(loss = 1)), "`history` must be a table.*list")
  expect_unfit(plot_history(training_history()[-2]), "`history`.*accuracy, val_loss")
  expect_unfit(plot_history(training_history()[0, ]), "`history`.*0 rows")
  table <- counts_table(counts)
  expect_unfit(plot_confusion(counts), "`confusion` must be a table.*matrix")
  expect_unfit(plot_confusion(table[c(1, 3)]), "`confusion`.*truth and n")
  expect_unfit(plot_confusion(counts_table(-counts)), "`confusion\\$n` must be counts of clips")
  expect_unfit(plot_confusion(counts_table(0 * counts)), "not all 0")
  expect_unfit(plot_alluvial(transform(table, truth = NA)), "`confusion` must be without missing")
  expect_unfit(plot_alluvial(table, min_n = -1), "`min_n` must be one number.*-1")
  expect_unfit(plot_alluvial(table, min_n = "20"), "`min_n`")
})
