# Packages of the names and versions that are asked for, with nothing in them.
stand_ins <- function(python, requirements, folder) {
  names <- c("setuptools", "wheel", package_names(requirements))
  versions <- c("99", "99", sub(".*>=", "", requirements))
  script <- testthat::test_path("stand-ins.py")
  system2(python, shQuote(c(script, folder, rbind(names, versions))))
}

test_that("an environment is made, kept, added to and made anew", {
  skip_on_cran()
  skip_if_no_core()
  python <- reticulate::py_config()$python
  root <- normalizePath(withr::local_tempdir())
  wheels <- withr::local_tempdir()
  wanted <- requirements(c("demo", "serve", "tune"))
  stand_ins(python, wanted, wheels)
  withr::local_envvar(
    RETICULATE_VIRTUALENV_ROOT = root, PIP_NO_INDEX = "1", PIP_FIND_LINKS = wheels,
    PIP_CONFIG_FILE = "/dev/null", PIP_QUIET = "3"
  )
  restarts <- 0
  rlang::local_bindings(.rs.restartR = function() restarts <<- restarts + 1, .env = globalenv())
  install <- function(..., restart = FALSE) {
    utils::capture.output(path <- install_hearingai(..., python = python, restart = restart))
    path
  }
  has <- function(name) {
    pattern <- paste0("^", name, "-")
    length(list.files(root, pattern, recursive = TRUE, include.dirs = TRUE)) > 0
  }
  suppressMessages(path <- install())
  expect_identical(path, reticulate::virtualenv_python("r-hearingai"))
  expect_true(has("keras") && has("espeakng_loader"))
  expect_false(has("optuna"))
  expect_identical(own_environment(), path)
  pip <- readLines(file.path(dirname(path), "pip"), n = 1)
  expect_match(pip, file.path(root, "r-hearingai", "bin"), fixed = TRUE)
  withr::with_envvar(c(PIP_FIND_LINKS = root), {
    utils::capture.output(expect_error(suppressMessages(install(overwrite = TRUE))))
  })
  expect_identical(list.files(root), "r-hearingai") # as it was
  expect_true(has("keras"))
  expect_refused(install(), "exists.*overwrite = TRUE.*overwrite = FALSE")
  suppressMessages(install(extras = "tune", overwrite = FALSE))
  expect_true(has("optuna") && has("espeakng_loader"))
  expect_equal(restarts, 0)
  suppressMessages(install(extras = character(), overwrite = TRUE, restart = TRUE))
  expect_equal(restarts, 1)
  expect_false(has("optuna") || has("espeakng_loader"))
  rlang::local_interactive()
  withr::local_options(askYesNo = function(...) FALSE)
  expect_null(install(extras = "tune"))
  expect_false(has("optuna"))
})

test_that("an environment that is not whole is named and not used", {
  root <- normalizePath(withr::local_tempdir())
  withr::local_envvar(RETICULATE_VIRTUALENV_ROOT = root, RETICULATE_PYTHON = NA)
  withr::local_dir(root)
  expect_null(suggestion())
  folder <- file.path(root, "r-hearingai")
  dir.create(file.path(folder, "bin"), recursive = TRUE)
  file.create(file.path(folder, "pyvenv.cfg"))
  told <- function() gsub("\\s+", " ", conditionMessage(expect_warning(found <<- suggestion())))
  found <- "none"
  expect_match(told(), "r-hearingai.* is not used: it lacks its Python.*overwrite = TRUE")
  expect_null(found)
  file.create(file.path(folder, "bin", "python"))
  packages <- package_names(requirements(character()))
  info <- file.path(folder, "lib", "python3.11", "site-packages", paste0(packages, "-1.dist-info"))
  for (path in info[-1]) dir.create(path, recursive = TRUE)
  expect_match(told(), sprintf("it lacks %s.", packages[[1]]), fixed = TRUE)
  dir.create(info[[1]])
  expect_silent(found <- suggestion())
  expect_identical(unname(found), reticulate::virtualenv_python("r-hearingai"))
})

test_that("an interactive session asks before an environment is replaced", {
  rlang::local_interactive()
  asked <- character()
  answering <- function(answer) {
    withr::local_options(askYesNo = function(msg, ...) {
      asked <<- msg
      answer
    })
    may_replace("mine", NULL)
  }
  expect_true(answering(TRUE))
  expect_match(asked, "'mine'", fixed = TRUE)
  expect_identical(answering(FALSE), NA)
  expect_identical(answering(NA), NA)
  expect_false(may_replace("mine", FALSE))
})

test_that("a Python is found where none is named", {
  found <- reticulate::virtualenv_starter(paste0(">=", oldest_python()))
  skip_if(is.null(found), "this machine has no Python to make environments of")
  expect_identical(starter_python(NULL), found)
  expect_true(numeric_version(python_version(found)) >= oldest_python())
})

test_that("a chosen Python does not hide the others, and stays chosen", {
  withr::local_envvar(RETICULATE_PYTHON = "/nowhere/python")
  expect_identical(without_chosen(Sys.getenv("RETICULATE_PYTHON", "none")), "none")
  expect_identical(Sys.getenv("RETICULATE_PYTHON"), "/nowhere/python")
})

test_that("what cannot be installed is refused before anything is done", {
  expect_snapshot(error = TRUE, {
    install_hearingai(backend = "abacus")
    install_hearingai(envname = NULL)
    install_hearingai(overwrite = "yes")
  })
  expect_refused(install_hearingai(extras = "opera"), "`extras` must be among \"av\"")
  gpu <- utils::tail(requirements("gpu"), 1)
  expect_identical(requirements("gpu"), c(requirements(character(), NULL), gpu))
  expect_match(gpu, "^tensorflow\\[and-cuda\\]>=")
  withr::local_envvar(RETICULATE_VIRTUALENV_ROOT = withr::local_tempdir())
  expect_refused(install_hearingai(python = "/nowhere/python"), "`python` must be the path")
  skip_on_os("windows")
  old <- withr::local_tempfile(lines = c("#!/bin/sh", "echo Python 3.8.10"))
  Sys.chmod(old)
  expect_refused(install_hearingai(python = old), "3.10 or newer.*Python 3.8.10")
  mute <- withr::local_tempfile(lines = c("#!/bin/sh", "exit 1"))
  Sys.chmod(mute)
  expect_identical(python_version(mute), NA_character_)
})
