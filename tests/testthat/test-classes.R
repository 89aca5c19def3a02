skip_if_no_core()

with_classes <- function(class) {
  clips <- tibble::as_tibble(as.data.frame(words())) # nolint: object_usage_linter.
  clips$class <- class
  clips$class_id <- NULL
  clips
}

trained_on <- function(clips) {
  classifier <- fit("speech-commands-small", clips, epochs = 1, seed = 1)
  path <- withr::local_tempfile(fileext = ".keras")
  save_classifier(classifier, path)
  load_classifier(path)
}

test_that("logical classes come back as logical, through tables, files and evaluations", {
  clips <- with_classes(words()$class == "yes")
  expect_identical(split_clips(clips, c(train = 0.5, test = 0.5))$class, clips$class)
  classifier <- trained_on(clips)
  expect_identical(classifier$labels, c("FALSE", "TRUE"))
  expect_type(predict(classifier, clips)$.pred_class, "logical")
  result <- suppressWarnings(evaluate(classifier, clips))
  expect_identical(result$predictions$class, clips$class)
  expect_equal(result$accuracy, mean(result$predictions$.pred_class == clips$class))
  expect_identical(levels(result$confusion$truth), c("FALSE", "TRUE"))
})

test_that("whole numbers and factors of another order come back as they were", {
  numbers <- with_classes(ifelse(words()$class == "yes", 10L, 2L))
  expect_type(predict(trained_on(numbers), numbers)$.pred_class, "integer")
  ordered <- with_classes(factor(words()$class, levels = c("yes", "no")))
  expect_identical(levels(clip_table(ordered$fname, ordered$class)$class), c("yes", "no"))
  classifier <- trained_on(ordered)
  expect_identical(levels(predict(classifier, ordered)$.pred_class), c("yes", "no"))
  result <- suppressWarnings(evaluate(classifier, ordered))
  expect_identical(levels(result$predictions$class), c("yes", "no"))
  expect_identical(levels(result$confusion$truth), c("yes", "no"))
})

test_that("an explanation's label is of the type of the classes", {
  yes <- words()$class == "yes"
  classifier <- trained_on(with_classes(yes))
  explained <- function(x, ...) explain(x, words()$fname[1], method = "gradcam", ...)
  found <- explained(classifier, label = TRUE)
  expect_identical(found$label, TRUE)
  expect_identical(found$probability, explained(classifier, label = "TRUE")$probability)
  expect_match(format(found), "^<explanation of TRUE")
  skip_if_not_installed("ggplot2")
  expect_match(plot(found)$labels$title, "^TRUE: ")
  numbers <- trained_on(with_classes(ifelse(yes, 10L, 2L)))
  expect_type(explained(numbers)$label, "integer")
})

test_that("confusion() and its like take classes of every type", {
  found <- confusion(c(TRUE, FALSE, TRUE), c(TRUE, TRUE, TRUE))
  expect_identical(found$n, c(0L, 1L, 0L, 2L))
  expect_identical(levels(confusion(c(10, 2, 1), c(1, 1, 2))$truth), c("1", "2", "10"))
  expect_refused(confusion(c(TRUE, NA), c(TRUE, TRUE)), "`truth` is missing")
  measured <- binary_metrics(c(TRUE, FALSE), c(0.9, 0.1), target = TRUE)
  expect_equal(measured$accuracy, 1)
})
