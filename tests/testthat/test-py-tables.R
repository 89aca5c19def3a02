test_that("a data frame must be one, with its columns", {
  expect_refused(py_table(list(fname = "a")), "`clips` must be a data frame")
  expect_refused(py_table(data.frame(file = "a", class = "b")), "column fname.*file.*class")
})

test_that("the columns that are there are named, and the one that may be meant", {
  skip_if_no_core()
  expect_refused(py_files(data.frame(path = "a"), "recordings"),
    "`recordings` must have a column fname.*Its columns: path.*Is it the column 'path'"
  )
  expect_refused(py_table(data.frame(fname = "a", Clas = "b")), "Is it the column 'Clas'")
  expect_refused(py_files(data.frame(), "recordings"), "has no columns")
})

test_that("logical and whole classes keep their names", {
  skip_if_no_core()
  classes <- function(class) {
    clip_table(c("a.wav", "b.wav"), class)$class
  }
  for (class in list(c(TRUE, FALSE), c(1, 2), 1:2, factor(c("NA", "01")))) {
    expect_identical(classes(class), class)
  }
})

test_that("a label `class` has a column of its own", {
  expect_identical(prob_columns(c("no", "yes")), c(".pred_no", ".pred_yes"))
  expect_identical(
    prob_columns(c("class", "class_", "error")), c(".pred_class__", ".pred_class_", ".pred_error")
  )
  table <- list(fname = "a", label = "class", prob_class = 0.75, prob_no = 0.25, error = NA)
  predictions <- r_predictions(table, c("class", "no"))
  expect_named(predictions, c("fname", ".pred_class", ".pred_class_", ".pred_no", ".error"))
  expect_identical(as.character(predictions$.pred_class), "class")
  expect_identical(predictions$.pred_class_, 0.75)
  expect_identical(predictions_of("prob", predictions, c("class", "no"))$.pred_class_, 0.75)
  expect_identical(predictions_of("raw", predictions, c("class", "no"))[, "class"], c(class = 0.75))
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

test_that("a vector of length one stays a vector", {
  skip_if_no_core()
  expect_s3_class(reticulate::r_to_py(py_strings("a")), "python.builtin.list")
  expect_s3_class(reticulate::r_to_py(py_strings(factor("a"))), "python.builtin.list")
  expect_equal(as_table(list(columns = list(a = list("x")), n = 1L))$a, "x")
})

test_that("durations are numbers, however they are named", {
  expect_identical(py_duration(60L), 60)
  expect_identical(py_duration(list(a.wav = 1, b.wav = 2L)), list(a.wav = 1, b.wav = 2))
  duration <- c(a.wav = "long")
  expect_refused(py_duration(duration), "`duration` must be seconds, a table, or numbers named")
  duration <- c(a.wav = NA_real_)
  expect_refused(py_duration(duration), "`duration` is missing")
})

test_that("names are marked as UTF-8, at any depth, and nothing else is touched", {
  bytes <- "\u00fcber"
  Encoding(bytes) <- "bytes"
  x <- stats::setNames(list(1, list(a = NULL, b = 2), tibble::tibble(d = 1), NULL), rep("a", 4))
  x <- c(x, stats::setNames(list(stats::setNames(list(3), bytes)), bytes))
  found <- utf8_names(x)
  expect_identical(names(found), c(rep("a", 4), "\u00fcber"))
  expect_identical(names(found[[5]]), "\u00fcber")
  expect_identical(unname(found[1:4]), unname(x[1:4]))
})

test_that("labels of any alphabet and a table of Windows work in a session without UTF-8", {
  skip_if_no_core()
  skip_on_os("windows")
  code <- c(
    "library(hearingai, warn.conflicts = FALSE)",
    "folder <- file.path(tempdir(), 'a\\\\b')",
    "stopifnot(!l10n_info()$`UTF-8`, dir.create(folder))",
    "paths <- file.path(folder, c('x.wav', 'y.wav'))",
    "for (path in paths) write_audio(path, stats::rnorm(16000, sd = 0.1), 16000)",
    "labels <- c('yes', '\\u00fcber')",
    "csv <- tempfile(fileext = '.csv')",
    "text <- paste0(paste(c('fname', paths), c('class', labels), sep = ','), '\\r\\n')",
    "writeBin(charToRaw(enc2utf8(paste(text, collapse = ''))), csv)",
    "clips <- read_clips(csv)",
    "found <- predict(create_classifier('speech-commands-small', labels, seed = 1), clips)",
    "cat(identical(levels(clips$class), labels), all(is.na(found$.error)),",
    "  all(paste0('.pred_', labels) %in% names(found)), fill = TRUE)"
  )
  env <- c(LC_ALL = "C", RETICULATE_PYTHON = reticulate::py_config()$python)
  expect_identical(utils::tail(run_r(code, env), 1), "TRUE TRUE TRUE")
})
