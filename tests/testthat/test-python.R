test_that("NULL is dropped, numbers are whole, NA is refused", {
  expect_null(py_int(NULL))
  expect_identical(py_int(3), 3L)
  expect_identical(py_int(3L), 3L)
  expect_error(py_int(NA_integer_), "whole", class = "hearingai_error")
  expect_error(py_int(1e10), "whole", class = "hearingai_error")
  expect_error(py_int(1:2), "whole", class = "hearingai_error")
  expect_error(py_number(NA), "number", class = "hearingai_error")
  expect_error(py_flag(NA), "TRUE or FALSE", class = "hearingai_error")
  expect_identical(py_strings("a"), list("a"))
  expect_identical(py_strings(factor(c(x = "a"))), list("a"))
  expect_error(py_strings(c("a", NA)), "position 2", class = "hearingai_error")
  expect_error(py_strings(1), "character", class = "hearingai_error")
  expect_identical(py_path("~"), path.expand("~"))
})

test_that("tables with gaps arrive whole", {
  value <- list(columns = list(a = list("x", NULL), b = c(1, 2)), n = 2)
  expect_identical(as_table(value)$a, c("x", NA))
  empty <- as_table(list(columns = list(a = list()), n = 0))
  expect_identical(nrow(empty), 0L)
  factors <- as_table(value, list(a = c("y", "x")))
  expect_identical(levels(factors$a), c("y", "x"))
})

test_that("what Python says is said in R's words", {
  expect_identical(r_words("`by=None` or by='x'"), "`by = NULL` or by = 'x'")
  expect_identical(r_words("overwrite=True"), "overwrite = TRUE")
})

test_that("errors and warnings of the core are conditions of R", {
  skip_if_no_core()
  caught <- rlang::catch_cnd(audio_info("no-such.wav"))
  expect_s3_class(caught, "hearingai_error")
  expect_match(as.character(caught$call)[1], "audio_info")
  expect_match(conditionMessage(caught), "no-such.wav")
  braces <- rlang::catch_cnd(audio_info("{1 + 1}.wav"))
  expect_match(conditionMessage(braces), "{1 + 1}.wav", fixed = TRUE)
})

test_that("the situation report names Python and who chose it", {
  skip_if_no_core()
  shown <- capture.output(facts <- hearingai_sitrep())
  expect_match(shown, "Python", all = FALSE)
  expect_true(nzchar(facts$bound_by))
  expect_identical(facts$backend, "tensorflow")
})
