test_that("several classifiers answer together", {
  skip_if_no_core()
  a <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
  b <- create_classifier("speech-commands-small", c("yes", "no"), seed = 2)
  sound <- two_tone()
  both <- ensemble(list(first = a, second = b), weights = c(3, 1))
  expect_identical(both$labels, c("no", "yes"))
  single <- lapply(list(a, b), predict, sound, type = "prob")
  expected <- 0.75 * single[[1]]$.pred_no + 0.25 * single[[2]]$.pred_no
  expect_equal(predict(both, sound, type = "prob")$.pred_no, expected, tolerance = 1e-6)
  expect_identical(nrow(embed(both, sound)), 1L)
  expect_match(format(both)[1], "ensemble of 2 classifiers: 2 labels", fixed = TRUE)
  expect_refused(fine_tune(both, words()), "a classifier with its own network")
})

test_that("an ensemble comes back from a file", {
  skip_if_no_core()
  a <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
  b <- create_classifier("speech-commands-small", c("no", "yes"), seed = 2)
  both <- ensemble(list(a, b))
  expect_identical(elsewhere(list(both = both), fingerprint(both)), fingerprint(both))
})

test_that("what does not fit together is refused", {
  skip_if_no_core()
  a <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
  b <- create_classifier("speech-commands-small", c("no", "on"), seed = 1)
  expect_refused(ensemble(a), "a list of at least two classifiers")
  expect_refused(ensemble(list(a)), "at least two")
  expect_refused(ensemble(list(a, b)), "do not share on, yes")
  expect_refused(ensemble(list(a, 3)), "must be a classifier")
  expect_refused(ensemble(list(a, a), weights = 1), "2 numbers above 0")
})
