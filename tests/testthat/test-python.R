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
})

test_that("a store is a path, or FALSE", {
  expect_false(py_store(FALSE))
  expect_equal(py_store("~/a"), path.expand("~/a"))
  store <- c("a", "b")
  expect_refused(py_store(store), "`store` must be one path, or FALSE")
})

test_that("NULL stays NULL", {
  for (convert in list(py_int, py_number, py_flag, py_string, py_path, py_store, py_strings)) {
    expect_null(convert(NULL))
  }
})

test_that("a data frame must be one, with its columns", {
  expect_refused(py_table(list(fname = "a")), "`clips` must be a data frame")
  expect_refused(py_table(data.frame(file = "a", class = "b")), "column fname.*file.*class")
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

test_that("progress is silent here, and a function passes through", {
  expect_false(py_progress(NULL))
  expect_false(py_progress(FALSE))
  expect_identical(py_progress(sum), sum)
  expect_refused(py_progress(NA), "`progress` must be TRUE or FALSE")
  rlang::local_interactive()
  expect_type(py_progress(NULL), "closure")
  expect_false(py_progress(FALSE))
})

test_that("one bar follows the other without an error", {
  withr::local_options(cli.progress_show_after = 0, cli.dynamic = TRUE, cli.ansi = FALSE)
  work <- function() {
    bar <- py_progress(TRUE)
    for (total in c(3, 5)) {
      for (done in c(seq_len(total), total)) bar(done, total, "Working")
    }
    for (done in 1:3) bar(done, NULL, "Working, nobody knows how long")
  }
  expect_no_error(suppressMessages(capture.output(work(), type = "message")))
})

# From here on Python takes part.

test_that("options cross as plain values, by the names of what does not", {
  skip_if_no_core()
  arrived <- function(...) reticulate::py_to_r(py_options(...))
  given <- arrived(list(sizes = list(8, factor("same")), rate = 0.5, sound = c(0.5, 1, 2)))
  expect_identical(given$sizes, list(8L, "same"))
  expect_identical(given$rate, 0.5)
  expect_equal(as.vector(given$sound), c(0.5, 1, 2))
  expect_identical(arrived(list(momentum = 1), exact = TRUE)$momentum, 1)
  x <- list(sizes = list(8, sum))
  expect_refused(py_options(x), "`x$sizes[[2]]` must be plain values", fixed = TRUE)
  x <- list(sizes = NA)
  expect_refused(py_options(x), "`x$sizes` is missing", fixed = TRUE)
  x <- list(8)
  expect_refused(py_options(x), "`x` must be a list of named options")
})

test_that("a vector of length one stays a vector", {
  skip_if_no_core()
  expect_s3_class(reticulate::r_to_py(py_strings("a")), "python.builtin.list")
  expect_s3_class(reticulate::r_to_py(py_strings(factor("a"))), "python.builtin.list")
  expect_equal(as_table(list(columns = list(a = list("x")), n = 1L))$a, "x")
})

test_that("named NULLs are dropped, positional ones are refused by name", {
  skip_if_no_core()
  expect_equal(py_call("fit_length", py_waveform(1:3), 2L, crop = NULL), array(1:2))
  samples <- NULL
  expect_refused(
    py_call("fit_length", py_waveform(1:3), py_int(samples)), "`samples` must be given.*NULL"
  )
  expect_null(py_call("bridge.plain", py_none(NULL)))
})

test_that("tables go there and back", {
  skip_if_no_core()
  clips <- tibble::tibble(
    fname = "a.wav", class = factor("no"), fold = 3L, gain = 0.5, loud = TRUE, said = NA_character_
  )
  back <- as_table(py_call("bridge.plain", py_table(clips)))
  expect_identical(back, tibble::tibble(
    fname = "a.wav", class = "no", fold = 3L, gain = 0.5, loud = TRUE, said = NA_character_
  ))
})

test_that("gaps stay gaps", {
  skip_if_no_core()
  table <- tibble::tibble(
    fname = c("a", "b"), class = "no", text = c("x", NA), number = c(NA, 2), logical = c(NA, TRUE)
  )
  back <- as_table(py_call("bridge.plain", py_table(table)))
  expect_identical(back, table)
  expect_false(any(is.nan(back$number)))
})

test_that("whole numbers beyond R's arrive as they are", {
  skip_if_no_core()
  big <- py_call("bridge.plain", py_table(data.frame(fname = "a", class = "b", id = 3e9)))
  expect_identical(as_table(big)$id, 3e9)
  bytes <- reticulate::py_eval("{'bytes': 2**40, 'n': 3}", convert = FALSE)
  expect_identical(py_call("bridge.plain", bytes), list(bytes = 2^40, n = 3L))
  pandas <- reticulate::import("pandas", convert = FALSE)
  series <- pandas$DataFrame(list(id = reticulate::py_eval("[2**40, 1]", convert = FALSE)))
  expect_identical(as_table(py_call("bridge.plain", series))$id, c(2^40, 1))
})

test_that("a table without rows keeps its columns", {
  skip_if_no_core()
  none <- as_table(py_call("bridge.plain", py_table(words()[0, ])))
  expect_equal(dim(none), c(0, 4))
  expect_type(none$fname, "character")
})

test_that("classes become factors with the levels asked for", {
  table <- as_table(list(columns = list(label = c("b", "a")), n = 2L), list(label = c("b", "a")))
  expect_equal(table$label, factor(c("b", "a"), levels = c("b", "a")))
  clips <- as_clips(list(
    columns = list(fname = c("1", "2", "3"), class = c("z", "a", "z"), class_id = c(1L, 0L, 1L)),
    n = 3L
  ))
  expect_equal(levels(clips$class), c("a", "z"))
})
