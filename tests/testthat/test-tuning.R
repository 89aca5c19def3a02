skip_if_no_core()

skip_if_no_optuna <- function() {
  there <- reticulate::py_module_available("optuna")
  testthat::skip_if(!there, "the Python package optuna, which tune() needs, is not installed")
}

tuned <- function(space, ...) tune(tagger(), embeddings(), space, epochs = 1, seed = 1, ...)

test_that("a grid is a row a combination, the best first", {
  skip_if_no_optuna()
  table <- tuned(list(batch_size = c(6, 18), learning_rate = 0.01),
    metric = "loss", precision = "float32", device = "cpu", store = FALSE
  )
  expect_s3_class(table, "tbl_df")
  expect_named(table[1:4], c("trial", "batch_size", "learning_rate", "accuracy"))
  expect_setequal(table$batch_size, c(6, 18))
  expect_equal(table$learning_rate, c(0.01, 0.01))
  expect_type(table$batch_size, "integer")
  expect_false(is.unsorted(table$loss))
})

test_that("a range is drawn from, and a break gone on after", {
  skip_if_no_optuna()
  path <- withr::local_tempfile(fileext = ".log")
  space <- list(
    batch_size = list(low = 4, high = 18), learning_rate = list(low = 1e-4, high = 1, log = TRUE)
  )
  stopped <- tryCatch(
    tuned(space, n_trials = 2, path = path, progress = function(done, total, text) {
      if (grepl("trial 2/2: Epoch", text)) rlang::interrupt()
    }),
    interrupt = function(e) "interrupted"
  )
  expect_equal(stopped, "interrupted")
  table <- tuned(space, n_trials = 2, path = path)
  expect_equal(nrow(table), 2)
  expect_true(1 %in% table$trial)
  expect_true(all(table$batch_size %in% 4:18))
  expect_true(all(table$learning_rate > 1e-4 & table$learning_rate < 1))
  expect_refused(tuned(list(batch_size = c(4, 8)), path = path), "of another tuning")
})

test_that("values cross as what they are", {
  space <- py_space(list(
    batch_size = c(8, 32), learning_rate = c(1, 2), optimizer = "Adam", dropout = c(0, 0.5),
    hidden = list(low = 8, high = 64), momentum = list(low = 0, high = 1),
    rate = list(low = 0, high = 1, step = 0.25), augment = list(list(), list("gain"))
  ))
  expect_identical(space$batch_size, list(8L, 32L))
  expect_identical(space$learning_rate, list(1, 2))
  expect_identical(space$optimizer, list("Adam"))
  expect_identical(space$dropout, list(0, 0.5))
  expect_identical(space$hidden, list(low = 8L, high = 64L))
  expect_identical(space$momentum, list(low = 0, high = 1))
  expect_identical(space$rate, list(low = 0, high = 1, step = 0.25))
  expect_identical(space$augment, list(list(), list("gain")))
  named <- py_space(list(optimizer = factor(c("Adam", "SGD"))))
  expect_identical(named$optimizer, list("Adam", "SGD"))
  expect_identical(py_space(list(batch_size = list(8, 32)))$batch_size, list(8L, 32L))
  expect_refused(py_space(list(batch_size = sum)), "`space$batch_size` must be a vector of values",
    fixed = TRUE
  )
  expect_refused(py_space(list(batch_size = integer())), "or list(low = , high = )", fixed = TRUE)
})

test_that("unfit input is named", {
  skip_if_no_optuna()
  expect_refused(tuned(list()), "`space` must be a named list")
  expect_refused(tuned(list(c(8, 32))), "`space` must be a named list")
  expect_refused(tuned(list(batch_size = c(8, NA))), "`space\\$batch_size` is missing")
  expect_refused(tuned(list(batch_size = list(low = 8, high = "a"))), "`space\\$batch_size\\$high`")
  expect_refused(tuned(list(batch_size = list(low = 8, hi = 9))), "must have `low` and `high`")
  expect_refused(tuned(list(duration = 1:2)), "`space` cannot vary `duration`")
  expect_refused(tuned(list(batch_size = 8), precision = "half"), "`precision` must be one of")
  expect_refused(tuned(list(batch_size = 8), device = NA), "`device`.*NA")
  expect_refused(tuned(list(batch_size = 8), store = TRUE), "`store` must be one path, or FALSE")
  expect_refused(tuned(list(batch_size = 8), n_trials = NA), "`n_trials`.*NA")
  expect_refused(tuned(list(batch_size = 8), validation = FALSE), "`validation` must leave clips")
})
