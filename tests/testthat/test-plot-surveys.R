skip_if_no_core()

test_that("surveys are drawn", {
  skip_if_not_installed("ggplot2")
  effort <- data.frame(
    fname = c("a.wav", "b.wav"), duration = c(3600, 1800), site = c("fen", "bog"),
    time = c("2024-05-01T04:00:00Z", "2024-05-03T05:00:00Z")
  )
  events <- data.frame(fname = "a.wav", start = c(0, 9), end = c(1, 10), label = c("x", "y"))
  hours <- plot(detection_history(events, effort, by = "hour"), title = "both")
  expect_equal(ggplot2::layer_data(hours)[c("x", "y")], data.frame(x = c(0, 2), y = c(4, 5)),
    ignore_attr = TRUE
  )
  expect_equal(hours$data$rate, c(2, 0))
  saved_without_a_word(hours)
  days <- plot_detection_history(detection_history(events, effort), label = "x")
  expect_identical(axis_labels(days)$y, c("fen", "bog"))
  saved_without_a_word(days)
  pattern <- activity_pattern(events, effort)
  expect_equal(plot(pattern)$data$rate[[5]], 1)
  saved_without_a_word(plot(pattern))
})

test_that("an estimate of density is drawn by bins or by sites", {
  skip_if_not_installed("ggplot2")
  scores <- data.frame(score = rep(c(0.1, 0.9), c(90, 10)), site = c("a", "b"))
  validated <- scores[81:100, ]
  validated$present <- rep(0:1, each = 10)
  one <- plot(estimate_density(scores, validated, bins = 0.5))
  expect_equal(one$data$value, c(0, 1))
  expect_match(one$labels$subtitle, "density 0.1, 95% interval")
  saved_without_a_word(one)
  both <- plot_density(estimate_density(scores, validated, bins = 0.5, by = "site"))
  expect_identical(axis_labels(both)$x, c("a", "b"))
  expect_error(plot_density(scores), "density", class = "hearingai_error")
})
