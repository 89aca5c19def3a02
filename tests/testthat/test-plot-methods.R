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
