skip_if_not_installed("ggplot2")
skip_if_no_core()

test_that("a classifier's plot is its history", {
  plot <- plot(trained(), title = "words")
  expect_s3_class(plot, "ggplot")
  expect_equal(plot$labels$title, "words")
  expect_equal(
    ggplot2::layer_data(plot), ggplot2::layer_data(plot_history(training_history(trained())))
  )
  expect_refused(plot(untrained()), "is untrained")
})

test_that("an evaluation's plot is its confusion", {
  result <- evaluate(trained(), part("test"))
  expect_equal(
    ggplot2::layer_data(plot(result)), ggplot2::layer_data(plot_confusion(result$confusion))
  )
})

test_that("the epoch that early stopping brought back is marked", {
  classifier <- fit("speech-commands-small", words(), epochs = 2, patience = 1, seed = 1)
  best <- classifier_info(classifier)$best_epoch
  plot <- plot(classifier)
  expect_equal(plot$labels$caption, paste("dotted: best epoch,", best))
  expect_equal(ggplot2::layer_data(plot, 3)$xintercept, c(best, best))
})
