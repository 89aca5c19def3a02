# The words of an error, with places that differ from machine to machine left out.
told <- function(error, ...) {
  text <- cli::ansi_strip(conditionMessage(error))
  for (path in c(...)) text <- gsub(path, "<path>", text, fixed = TRUE)
  cat(gsub("\\s+", " ", text))
}

test_that("a missing Python is one error that says what to do", {
  out <- withr::local_tempfile()
  said <- run_r(
    c(
      "library(hearingai, warn.conflicts = FALSE)",
      "error <- tryCatch(list_recipes(), error = identity)",
      "print(facts <- hearingai_sitrep())",
      sprintf("saveRDS(list(error, hearingai_available(), facts), '%s')", out)
    ),
    env = c(RETICULATE_PYTHON = "/nowhere/python")
  )
  result <- readRDS(out)
  expect_s3_class(result[[1]], "hearingai_error")
  expect_equal(rlang::call_name(result[[1]]$call), "list_recipes")
  text <- gsub("\\s+", " ", cli::ansi_strip(conditionMessage(result[[1]])))
  expect_match(text, "The Python core of hearingai cannot start")
  expect_match(text, "/nowhere/python) does not exist", fixed = TRUE)
  expect_match(text, "hearingai::install_hearingai()", fixed = TRUE)
  expect_match(text, "RETICULATE_PYTHON is set to '/nowhere/python'", fixed = TRUE)
  expect_false(result[[2]])
  expect_match(said[1], "^hearingai .* on R .*, reticulate ")
  expect_match(result[[3]]$problem, "cannot start")
})

test_that("a Python without packages is told what it lacks", {
  skip_if_no_core()
  path <- file.path(normalizePath(withr::local_tempdir()), "bare")
  system2(reticulate::py_config()$python, c("-m", "venv", "--without-pip", shQuote(path)))
  python <- file.path(path, "bin", "python")
  skip_if_not(file.exists(python), "venv makes no environments here")
  error <- problem(c(RETICULATE_PYTHON = python, KERAS_BACKEND = "torch"))
  expect_s3_class(error, "hearingai_error")
  expect_equal(rlang::call_name(error$call), "list_recipes")
  expect_snapshot(told(error, path))
  said <- run_r("hearingai::hearingai_sitrep()", c(RETICULATE_PYTHON = python))
  expect_match(said, paste0("^Python .*", python), all = FALSE)
  expect_match(said, "bound by  RETICULATE_PYTHON", all = FALSE)
  expect_match(said, "lacks filelock", all = FALSE)
})

test_that("a Python without TensorFlow is told so", {
  skip_if_no_core()
  folder <- withr::local_tempdir()
  writeLines("raise ModuleNotFoundError(\"No module named 'tensorflow'\")",
    file.path(folder, "tensorflow.py")
  )
  error <- problem(c(
    RETICULATE_PYTHON = reticulate::py_config()$python, PYTHONPATH = folder,
    KERAS_BACKEND = "tensorflow"
  ), code = "get_recipe('words')")
  expect_snapshot(told(error))
})

test_that("a library that is there and breaks is told of in its own words", {
  skip_if_no_core()
  folder <- withr::local_tempdir()
  writeLines("raise ImportError('pandas was built for another numpy')",
    file.path(folder, "pandas.py")
  )
  error <- problem(c(RETICULATE_PYTHON = reticulate::py_config()$python, PYTHONPATH = folder))
  expect_s3_class(error, "hearingai_error")
  expect_match(conditionMessage(error), "cannot start")
  expect_match(conditionMessage(error), "built for another numpy")
})

test_that("a Python too old is told so", {
  skip_if_no_core()
  skip_on_os("windows")
  now <- reticulate::py_config()
  skip_if_not(file.exists(now$libpython))
  folder <- normalizePath(withr::local_tempdir())
  for (name in c("bin", "lib")) dir.create(file.path(folder, name))
  file.symlink(now$libpython, file.path(folder, "lib", "libpython3.9.so"))
  python <- file.path(folder, "bin", "python")
  sed <- sprintf(
    "-e '/^Version/s/%s/3.9/' -e 's|^LIBDIR:.*|LIBDIR: %s/lib|'",
    sub("^([0-9]+)[.]([0-9]+).*", "\\1[.]\\2", as.character(now$version)), folder
  )
  writeLines(c("#!/bin/sh", sprintf("exec '%s' \"$@\" | sed %s", now$python, sed)), python)
  Sys.chmod(python)
  error <- problem(c(RETICULATE_PYTHON = python))
  expect_s3_class(error, "hearingai_error")
  expect_snapshot(told(error, python))
})

test_that("of another hearingai only one that is loaded already stands in the way", {
  skip_if_no_core()
  folder <- withr::local_tempdir()
  dir.create(file.path(folder, "hearingai"))
  init <- file.path(folder, "hearingai", "__init__.py")
  writeLines("__version__ = '9.9.9'", init)
  env <- c(RETICULATE_PYTHON = reticulate::py_config()$python, PYTHONPATH = folder)
  expect_equal(problem(env), list_recipes())
  error <- problem(env, 'other <- reticulate::import("hearingai")')
  expect_s3_class(error, "hearingai_error")
  own <- as.character(utils::packageVersion("hearingai"))
  expect_snapshot(told(error, init, own))
})
