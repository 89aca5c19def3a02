skip_if_no_core()
skip_if_not_installed("ggplot2")

test_that("a DET curve is that of the metrics", {
  result <- detection_metrics(heard, there, duration = 1800, wanted_per_hour = 2)
  drawn <- ggplot2::ggplot_build(plot(result))
  step <- drawn$data[[1]]
  expect_equal(sort(unique(step$y), decreasing = TRUE), sort(unique(c(1, result$curve$miss_rate)),
    decreasing = TRUE
  ))
  expect_equal(10^max(step$x), 20) # the axis spans a decade at least
  expect_equal(drawn$data[[2]]$y, 0.75)
  several <- plot_det(list(one = result, two = result$curve), title = "noise")
  expect_equal(levels(several$data$curve), c("one", "two"))
  expect_equal(several$labels$title, "noise")
  unmarked <- detection_metrics(heard, there, duration = 1800)
  expect_equal(levels(plot_det(list(unmarked, result))$data$curve), c("1", "2"))
  expect_refused(plot_det(detection_metrics(heard, there)), "needs `duration`")
  expect_refused(plot_det(3), "`metrics` must be what")
  expect_refused(plot_det(list(result, 3)), "`metrics` must be what")
})

test_that("a time line shows every outcome", {
  plot <- plot_detections(heard, there)
  expect_equal(as.character(plot$data$kind), c(
    "there, found", "there, missed", "there, missed",
    "hit", "duplicate", "substitution", "false accept"
  ))
  expect_equal(plot$labels$subtitle, "a: 1 of 3 found, 3 false accepts")
  expect_no_error(ggplot2::ggplot_build(plot))
  expect_equal(nrow(plot_detections(heard, there, fname = "b")$data), 2)
  expect_refused(plot_detections(heard, there, fname = "c"), "`fname` must be a recording")
})
