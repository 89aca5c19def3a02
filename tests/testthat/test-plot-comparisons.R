skip_if_not_installed("ggplot2")
skip_if_no_core()

truth <- c("go", "no", "go", "no")
score <- c(0.9, 0.6, 0.5, 0.2)
trials <- data.frame(
  trial = c(3L, 1L, 4L, 2L), learning_rate = c(1e-3, 1e-2, 1e-4, 1e-1),
  optimizer = c("Adam", "SGD", "Adam", "SGD"), accuracy = c(0.9, 0.8, 0.7, 0.1),
  loss = c(0.2, 0.1, 0.6, 2.3)
)
folds <- data.frame(fold = 1:3, accuracy = c(0.7, 0.8, 0.9), loss = c(1, 0.9, 0.2))

test_that("a ROC curve has its points, area and threshold", {
  plot <- plot_curve(truth, score, "go", threshold = 0.5, title = "a title")
  expect_equal(plot$labels$title, "a title")
  expect_equal(plot$labels$subtitle, "go: area under the ROC curve 0.750")
  expect_equal(plot$data$x, c(0, 0, 0.5, 0.5, 1))
  expect_equal(plot$data$y, c(0, 0.5, 0.5, 1, 1))
  mark <- ggplot2::layer_data(plot, 3)
  expect_equal(c(mark$x, mark$y), c(0.5, 1))
  saved_without_a_word(plot)
  expect_length(plot_curve(factor(truth), score, "go")$layers, 2)
})

test_that("a precision-recall curve is drawn in steps down to guessing", {
  plot <- plot_curve(truth, score, "go", kind = "pr")
  expect_equal(plot$data$x, c(0, 0.5, 0.5, 1, 1))
  expect_equal(plot$data$y, c(1, 1, 1 / 2, 2 / 3, 1 / 2))
  expect_s3_class(plot$layers[[2]]$geom, "GeomStep")
  expect_equal(ggplot2::layer_data(plot, 1)$y, c(0.5, 0.5))
  expect_match(plot$labels$subtitle, "precision-recall curve 0.833")
  saved_without_a_word(plot)
})

test_that("a tuning has a panel for each setting, the best marked", {
  plot <- plot_tuning(tibble::as_tibble(trials), title = "a grid")
  points <- ggplot2::layer_data(plot, 2)
  expect_equal(sort(unique(as.integer(points$PANEL))), 1:2)
  best <- points[points$shape == 18, ]
  expect_equal(best$y, c(0.9, 0.9))
  first <- points[points$PANEL == 1, ]
  steps <- diff(first$x[order(first$x)])
  expect_equal(steps, rep(steps[1], 3)) # a logarithmic axis
  expect_equal(plot$labels$y, "accuracy")
  expect_equal(levels(plot$data$key), c("trial", "best: trial 3, accuracy 0.9"))
  saved_without_a_word(plot)
  loss <- plot_tuning(trials, "loss", x = "optimizer")
  expect_equal(levels(loss$data$key)[[2]], "best: trial 1, loss 0.1")
  expect_equal(unique(as.integer(ggplot2::layer_data(loss, 2)$PANEL)), 1L)
})

test_that("folds show their mean and spread", {
  plot <- plot_folds(folds, title = "three folds")
  expect_equal(ggplot2::layer_data(plot, 3)$y, folds$accuracy)
  expect_equal(ggplot2::layer_data(plot, 2)$yintercept, 0.8)
  band <- ggplot2::layer_data(plot, 1)
  expect_equal(c(band$ymin, band$ymax), c(0.7, 0.9))
  expect_equal(plot$scales$get_scales("colour")$limits, c("fold", "mean 0.800 ± 0.100"))
  saved_without_a_word(plot)
  expect_length(plot_folds(folds[1, ])$layers, 2)
  result <- structure(list(folds = folds), class = "hearingai_cv")
  expect_equal(ggplot2::layer_data(plot(result), 3)$y, folds$accuracy)
  expect_equal(plot(result, metric = "loss")$labels$y, "loss")
})

test_that("unfit tables are named", {
  expect_refused(plot_curve(truth, score, "stop"), "`target` holds 'stop'")
  expect_refused(plot_curve(truth, score, "go", kind = "det"), "`kind` must be one of")
  expect_refused(plot_tuning(trials[0, ]), "`table` has no rows")
  expect_refused(plot_tuning(trials, "f1"), "`table` must have a column f1")
  expect_refused(plot_tuning(trials, x = "dropout"), "`table` must have the columns")
  expect_refused(plot_folds(folds[-1]), "`result` must have a column fold")
  expect_refused(plot_folds(3), "`result` must be a data frame")
})
