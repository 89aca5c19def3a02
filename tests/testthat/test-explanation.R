skip_if_no_core()

found <- function(...) explain(untrained(), two_tone(1000, sample_rate = 16000), steps = 4, ...)

test_that("an explanation tells what each cell did", {
  value <- found(label = "yes")
  expect_s3_class(value, "hearingai_explanation")
  expect_equal(dim(value$relevance), c(98, 257))
  expect_equal(dim(value$image), c(98, 257, 1))
  expect_equal(value$times, 0.015 + 0.01 * (0:97), tolerance = 1e-6)
  expect_equal(value$frequencies, 31.25 * (0:256))
  expect_equal(value$label, factor("yes", c("no", "yes")))
  sound <- two_tone(1000, sample_rate = 16000)
  expect_equal(value$probability, predict(untrained(), sound)$.pred_yes, tolerance = 1e-5)
  expect_equal(sum(value$relevance), value$score - value$baseline, tolerance = 0.1)
  expect_match(capture.output(print(value)), "explanation of yes.*98 frames x 257 bins")
})

test_that("tidy() gives a row a cell", {
  value <- found()
  cells <- tidy(value)
  expect_named(cells, c("time", "bin", "frequency", "value", "relevance"))
  expect_equal(nrow(cells), 98 * 257)
  one <- cells[abs(cells$time - value$times[11]) < 1e-6 & cells$bin == 33, ]
  expect_equal(one$frequency, 1000)
  expect_equal(one$value, value$image[11, 33, 1])
  expect_equal(one$relevance, value$relevance[11, 33])
})

test_that("a file and the row of a table are the same recording", {
  by_file <- explain(untrained(), words()$fname[1], steps = 2)
  by_row <- explain(untrained(), words()[1, ], steps = 2)
  same <- setdiff(names(by_file), "py")
  expect_equal(by_file$fname, words()$fname[1])
  expect_equal(unclass(by_row)[same], unclass(by_file)[same])
})

test_that("embeddings are explained", {
  value <- explain(tagged(), embeddings()[1, ], label = "turkey", steps = 8)
  expect_equal(dim(value$relevance), c(10, 128))
  expect_null(value$frequencies)
  expect_true(all(is.na(tidy(value)$frequency)))
  expect_refused(explain(tagged(), embeddings()[1:2, ]), "`recording` must be one recording")
  expect_refused(explain(tagged(), embeddings()[1, ], method = "gradcam"), "integrated_gradients")
})

test_that("a picture lays the relevance over the image", {
  skip_if_not_installed("ggplot2")
  value <- found(method = "gradcam")
  plot <- plot_explanation(value)
  expect_s3_class(plot, "ggplot")
  expect_match(plot$labels$title, "^(no|yes): probability 0\\.\\d\\d \\(gradcam\\)$")
  expect_equal(plot(value, title = "mine")$labels$title, "mine")
  cells <- plot$data
  expect_equal(nrow(cells), 98 * 257)
  expect_equal(range(cells$time), range(value$times), tolerance = 1e-6)
  file <- withr::local_tempfile(fileext = ".png")
  expect_silent(ggplot2::ggsave(file, plot, width = 8, height = 3.6, dpi = 50))
  expect_refused(plot_explanation(1), "`explanation` must be what explain\\(\\) returned")
})

test_that("unfit input is named", {
  expect_refused(found(label = "maybe"), "`label` must be one of")
  expect_refused(found(method = NA), "`method`")
  expect_refused(explain(untrained(), c(0, NA)), "`recording` is missing")
  expect_refused(explain(untrained(), sum), "`recording` must be paths")
})
