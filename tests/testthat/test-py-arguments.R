# Each of these is refused before Python is needed.

test_that("missing values are refused by name in every kind of argument", {
  refused <- function(code) expect_refused(code, "`(x|n)`.*NA")
  x <- c("a", NA)
  refused(py_strings(x))
  n <- NA
  for (convert in list(py_int, py_number, py_flag, py_string, py_path)) {
    refused(convert(n))
  }
  for (n in list(NA_integer_, NA_real_, NaN)) {
    expect_refused(py_int(n), "`n`")
    expect_refused(py_number(n), "`n`")
  }
  n <- NA_character_
  refused(py_string(n))
  refused(py_path(n))
  expect_refused(py_waveform(c(0, NaN), "x"), "`x` is missing \\(NA\\) in position 2")
  expect_refused(
    py_table(data.frame(fname = c("a", NA), class = "no")), "`clips\\$fname` is missing.*position 2"
  )
  expect_refused(
    py_table(data.frame(fname = "a", class = factor(NA)), arg = "df"), "`df\\$class` is missing"
  )
})

test_that("whole numbers are whole, in either type", {
  expect_identical(py_int(3), 3L)
  expect_identical(py_int(3L), 3L)
  expect_identical(py_int(-2147483647), -2147483647L)
  for (n in list(1e10, 2^31, 2.5, "3", 1:2, TRUE, Inf)) {
    expect_refused(py_int(n), "`n` must be one whole number, at most 2147483647")
  }
})

test_that("numbers, flags and texts are one each", {
  expect_identical(py_number(3L), 3)
  expect_refused(py_number("3"), "must be one number.*Received \"3\"")
  expect_refused(py_number(1:2), "<integer> of length 2")
  expect_identical(py_flag(FALSE), FALSE)
  expect_refused(py_flag("yes"), "must be TRUE or FALSE")
  expect_identical(py_string("a"), "a")
  expect_refused(py_string(factor("a")), "must be one string")
  expect_equal(py_path("~/a"), path.expand("~/a"))
  expect_refused(py_path(c("a", "b")), "must be one path")
})

test_that("a name is text, a level or a number", {
  expect_identical(py_name(factor("hall")), "hall")
  expect_identical(py_name(3), 3L)
  expect_identical(py_name(2.5), 2.5)
  name <- c("a", "b")
  expect_refused(py_name(name), "`name` must be one name or number")
})

test_that("an experiment that is there goes on with the seed it had", {
  path <- withr::local_tempfile(lines = "an experiment")
  expect_null(py_seed_at(NULL, path))
  expect_identical(py_seed_at(5, path), 5L)
  set.seed(1)
  expect_type(py_seed_at(NULL, paste0(path, "-not")), "integer")
  expect_type(py_seed_at(NULL, withr::local_tempdir()), "integer")
  named <- file.path(withr::local_tempdir(), "gr\u00f6\u00dfe.keras")
  expect_type(py_seed_at(NULL, named), "integer")
  writeLines("an experiment", named)
  expect_null(py_seed_at(NULL, named))
})

test_that("a store is a path, or FALSE", {
  expect_false(py_store(FALSE))
  expect_equal(py_store("~/a"), path.expand("~/a"))
  store <- c("a", "b")
  expect_refused(py_store(store), "`store` must be one path, or FALSE")
})

test_that("NULL stays NULL", {
  for (convert in list(py_int, py_number, py_string, py_path, py_store, py_strings)) {
    expect_null(convert(NULL))
  }
  expect_refused(py_flag(NULL, "partial"), "`partial` must be TRUE or FALSE.*Received NULL")
})

test_that("set.seed() decides a seed that is not given", {
  draw <- function() {
    set.seed(7)
    c(py_seed(NULL), py_seed(NULL))
  }
  expect_identical(draw(), draw())
  expect_false(draw()[1] == draw()[2])
  expect_identical(py_seed(5), 5L)
  expect_refused(py_seed(NA), "`seed`")
})

# From here on Python takes part.
