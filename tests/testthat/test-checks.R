test_that("what a function needs is named where it is missing", {
  asked <- function(clips, size, ...) inner(clips, py_int(size))
  inner <- function(...) {
    check_given(rlang::caller_env())
    list(...)
  }
  expect_refused(asked(1), "`size` must be given")
  expect_refused(asked(size = 2), "`clips` must be given")
  expect_identical(asked(1, 2), list(1, 2L))
  outer <- function(size) asked(1, size)
  expect_refused(outer(), "`size` must be given")
})

test_that("functions of the core name what is missing", {
  skip_if_no_core()
  expect_refused(data_generator(words()), "`batch_size` must be given")
  expect_refused(open_body("x.onnx"), "`sample_rate` must be given")
  expect_refused(create_classifier("words"), "`labels` must be given")
  expect_refused(annotate(untrained()), "`recordings` must be given")
  expect_refused(fit("words"), "`clips` must be given")
})

test_that("of an unknown argument is said what may be meant", {
  skip_if_no_core()
  method <- function(x, learning_rate = 1, epochs = 1, ...) check_unused(...)
  expect_null(method(1, epochs = 2))
  expect_refused(method(1, lr = 2), "`lr` is no argument of `method.*Did you mean `learning_rate`")
  expect_refused(method(1, epohcs = 2), "Did you mean `epochs`")
  expect_refused(method(1, colour = 2), "What can be given: `x`, `learning_rate`, and `epochs`")
  expect_refused(method(1, 2, 3, 4), "Further arguments of `method\\(\\)` must have names")
})

test_that("names of other packages are known", {
  skip_if_no_core()
  expect_identical(meant_argument("newdata", c("object", "recordings")), "recordings")
  expect_identical(meant_argument("data", c("x", "clips")), "clips")
  expect_identical(meant_argument("samp.rate", c("x", "sample_rate")), "sample_rate")
  expect_identical(meant_argument("btach_size", c("seed", "batch_size")), "batch_size")
  expect_null(meant_argument("newdata", c("x", "y")))
})
