# What the tests of plots share: tables to draw, and what was drawn.

counts_table <- function(counts, labels = paste0("word", seq_len(nrow(counts)))) {
  data.frame(
    truth = factor(rep(labels, each = length(labels)), labels),
    predicted = factor(rep(labels, times = length(labels)), labels),
    n = as.vector(t(counts))
  )
}

history_table <- function(epochs = 3) {
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

saved_without_a_word <- function(plot) {
  testthat::expect_gt(testthat::expect_silent(size_of_saved(plot)), 1000)
}
