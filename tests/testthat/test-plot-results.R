skip_if_not_installed("ggplot2")

test_that("each draws without a word and takes a title", {
  plots <- list(
    plot_history(history_table(), title = "a title"),
    plot_history(history_table(1), title = "a title"),
    plot_confusion(counts_table(counts), title = "a title")
  )
  for (plot in plots) {
    expect_s3_class(plot, "ggplot")
    expect_equal(plot$labels$title, "a title")
    expect_gt(expect_silent(size_of_saved(plot)), 1000)
  }
})

test_that("a history tells training and validation apart", {
  history <- history_table()
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
  plot <- plot_history(history_table(9)) + line
  expect_equal(ggplot2::layer_data(plot, 3)$xintercept, c(7, 7))
  expect_equal(plot$labels$caption, "dotted: best epoch, 7")
  expect_null(best_epoch_line(NULL))
})

test_that("epochs are whole", {
  for (epochs in c(1, 2, 3, 10, 100)) {
    labels <- axis_labels(plot_history(history_table(epochs)))$x
    labels <- as.numeric(labels[!is.na(labels)])
    expect_gte(length(labels), 1)
    expect_equal(labels, round(labels))
  }
})

test_that("a history may lack validation, wholly or in places", {
  alone <- ggplot2::layer_data(plot_history(history_table()[1:3]))
  expect_equal(unique(alone$linetype), "solid")
  gaps <- history_table()
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

test_that("unfit input is named", {
  table <- counts_table(counts)
  expect_refused(plot_history(list(loss = 1)), "`history` must be a table.*list")
  expect_refused(plot_history(history_table()[-2]), "`history`.*accuracy, val_loss")
  expect_refused(plot_history(history_table()[0, ]), "`history`.*0 rows")
  expect_refused(plot_confusion(counts), "`confusion` must be a table.*matrix")
  expect_refused(plot_confusion(table[c(1, 3)]), "`confusion`.*truth and n")
  expect_refused(plot_confusion(counts_table(-counts)), "`confusion\\$n` must be counts of clips")
  expect_refused(plot_confusion(counts_table(0 * counts)), "not all 0")
})
