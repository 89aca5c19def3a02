fake_environment <- function(path) {
  dir.create(file.path(path, "bin"), recursive = TRUE)
  python <- file.path(path, "bin", "python")
  file.create(python)
  python
}

# What own_environment() looks at, without the packages themselves.
add_packages <- function(environment) {
  folder <- list.files(file.path(environment, "lib"), full.names = TRUE)
  for (name in package_names(requirements(character()))) {
    dir.create(file.path(folder, "site-packages", paste0(name, "-1.dist-info")))
  }
}

test_that("loading says nothing and starts no Python", {
  said <- run_r("library(hearingai, warn.conflicts = FALSE)\ncat(reticulate::py_available())")
  expect_equal(said, "FALSE")
})

test_that("the .venv of a checkout is found from below, and only that of a checkout", {
  project <- normalizePath(withr::local_tempdir())
  python <- fake_environment(file.path(project, ".venv"))
  below <- file.path(project, "a", "b")
  dir.create(below, recursive = TRUE)
  expect_null(checkout_python(below))
  dir.create(file.path(project, "inst", "python", "hearingai"), recursive = TRUE)
  expect_equal(checkout_python(below), python)
  expect_equal(checkout_python(project), python)
})

test_that("what the user chose comes before what the package suggests", {
  skip_if_no_core()
  python <- reticulate::py_config()$python
  root <- normalizePath(withr::local_tempdir())
  made <- vapply(c("r-hearingai", "other", "project/.venv"), function(name) {
    path <- file.path(root, name)
    system2(python, c("-m", "venv", "--without-pip", shQuote(path)))
    file.path(path, "bin", "python")
  }, character(1))
  skip_if_not(all(file.exists(made)), "venv makes no environments here")
  add_packages(file.path(root, "r-hearingai"))
  dir.create(file.path(root, "project/inst/python/hearingai"), recursive = TRUE)
  chosen <- function(before = "", ...) {
    code <- "hearingai:::suggest_python(); cat(reticulate::py_discover_config()$python)"
    none <- c(RETICULATE_PYTHON = NA, VIRTUAL_ENV = NA, RETICULATE_VIRTUALENV_ROOT = root)
    env <- c(...)
    run_r(c(before, code), c(none[!names(none) %in% names(env)], env), file.path(root, "project"))
  }
  expect_equal(chosen(RETICULATE_PYTHON = made[["other"]]), made[["other"]])
  use_other <- sprintf("reticulate::use_python('%s', required = TRUE)", made[["other"]])
  expect_equal(chosen(use_other), made[["other"]])
  expect_equal(chosen("setwd('inst')"), made[["r-hearingai"]])
  expect_equal(
    chosen("setwd('inst')", RETICULATE_VIRTUALENV_ROOT = tempdir()), made[["project/.venv"]]
  )
})

test_that("it is told who chose the Python", {
  skip_if_no_core()
  skip_on_os("windows")
  root <- normalizePath(withr::local_tempdir())
  system2(reticulate::py_config()$python,
    c("-m", "venv", "--without-pip", shQuote(file.path(root, "r-hearingai")))
  )
  add_packages(file.path(root, "r-hearingai"))
  code <- "hearingai:::suggest_python(); reticulate::py_config(); cat(hearingai:::bound_by())"
  told <- function(before = "", ...) {
    env <- c(RETICULATE_PYTHON = NA, VIRTUAL_ENV = NA, RETICULATE_VIRTUALENV_ROOT = root)
    utils::tail(run_r(c(before, code), env, root), 1)
  }
  expect_equal(told(), "the virtual environment r-hearingai")
  python <- file.path(root, "r-hearingai", "bin", "python")
  chosen <- told(sprintf("reticulate::use_python('%s', required = TRUE)", python))
  expect_match(chosen, "use_python", fixed = TRUE)
})

test_that("asking whether a Python is there neither starts, chooses nor fetches one", {
  skip_if_no_core()
  asked <- function(env, folder = tempdir()) {
    code <- c(
      "library(hearingai, warn.conflicts = FALSE)",
      "assignInNamespace('uv_binary', function(...) cat('fetched '), 'reticulate')",
      "cat(hearingai_available(), reticulate::py_available(), '')",
      "cat(any(grepl('keras', reticulate::py_require()$packages)))"
    )
    none <- c(
      RETICULATE_PYTHON = NA, VIRTUAL_ENV = NA, PYTHONPATH = NA, RETICULATE_VIRTUALENV_ROOT = root
    )
    run_r(code, c(none[!names(none) %in% names(env)], env), folder)
  }
  root <- normalizePath(withr::local_tempdir())
  project <- file.path(root, "project")
  dir.create(file.path(project, "inst", "python", "hearingai"), recursive = TRUE)
  below <- file.path(project, "below")
  dir.create(below)
  python <- reticulate::py_config()$python
  expect_identical(asked(c(RETICULATE_PYTHON = python)), "TRUE FALSE FALSE")
  expect_identical(asked(character()), "FALSE FALSE FALSE")
  expect_identical(asked(c(RETICULATE_PYTHON = "managed")), "FALSE FALSE FALSE")
  system2(python, c("-m", "venv", "--without-pip", shQuote(file.path(project, ".venv"))))
  bare <- checkout_python(below)
  skip_if(is.null(bare), "venv makes no environments here")
  expect_identical(asked(character(), below), "FALSE FALSE FALSE")
  site <- list.files(file.path(project, ".venv", "lib"), full.names = TRUE)
  paths <- reticulate::import("sys")$path
  writeLines(paths[nzchar(paths)], file.path(site, "site-packages", "all.pth"))
  expect_identical(asked(character(), below), "TRUE FALSE FALSE")
})

test_that("the core is the one of this package", {
  skip_if_no_core()
  expect_equal(core()$`__version__`, as.character(utils::packageVersion("hearingai")))
  expect_true(nzchar(bound_by()))
})

test_that("a fork is refused at once", {
  skip_on_os("windows")
  skip_if_no_core()
  names <- list_recipes()$name # Python is started
  said <- suppressWarnings(parallel::mclapply(1:2, function(i) list_recipes(), mc.cores = 2))
  for (one in said) {
    expect_s3_class(one, "try-error")
    expect_match(as.character(one), "forked[^|]*makeCluster[^|]*multisession")
  }
  expect_identical(list_recipes()$name, names)
})
