skip_if_no_core()

test_that("a classifier comes with the package", {
  classifier <- pretrained("ten-words")
  expect_s3_class(classifier, "hearingai_classifier")
  ten <- c("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go")
  expect_equal(classifier$labels, c(ten, "unknown", "silence"))
  predictions <- predict(classifier, words()$fname[1:2])
  expect_equal(levels(predictions$.pred_class), classifier$labels)
  expect_equal(rowSums(predictions[paste0(".pred_", classifier$labels)]), c(1, 1), tolerance = 1e-5)
  expect_equal(fingerprint(unserialize(serialize(classifier, NULL))), fingerprint(classifier))
})

test_that("those in the package are listed, with cards", {
  listed <- list_pretrained()
  expect_s3_class(listed, "tbl_df")
  expect_named(listed, c("name", "labels", "parameters", "size", "licence", "accuracy"))
  ours <- listed[listed$name == "ten-words", ]
  expect_equal(ours$labels, toString(pretrained("ten-words")$labels))
  expect_lt(ours$size, 600000)
  expect_output(card <- model_card("ten-words"), "What it cannot do")
  expect_match(card, "^---\nname: ten-words\n")
  expect_match(card, fingerprint(pretrained("ten-words")), fixed = TRUE)
})

test_that("one that does not exist is named", {
  expect_refused(pretrained("nothing"), "`name` must be one of 'ten-words'")
})
