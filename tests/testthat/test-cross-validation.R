skip_if_no_core()

crossed <- function(recipe = tagger(), clips = embeddings()) {
  cross_validate(recipe, clips, folds = 3, seed = 1, epochs = 2, learning_rate = 0.01)
}

result <- function() remember("crossed", crossed())

test_that("a recipe is measured fold by fold, and every clip once", {
  expect_s3_class(result(), "hearingai_cv")
  expect_named(result(), c("folds", "summary", "confusion", "predictions", "settings"))
  folds <- result()$folds
  expect_equal(folds$fold, c("1", "2", "3"))
  expect_equal(sum(folds$n_test), 24)
  expect_equal(folds$n_test + folds$n_train, rep(16, 3)) # the third one is watched
  expect_length(unique(folds$fingerprint), 3)
  predictions <- result()$predictions
  expect_named(predictions, c(
    "row", "fold", "fname", "class", ".pred_class", ".pred_other", ".pred_turkey", ".error"
  ))
  expect_setequal(predictions$row, 1:24)
  expect_equal(predictions$class, embeddings()$class[predictions$row])
  expect_identical(predictions$.error, rep(NA_character_, 24))
  right <- predictions$.pred_class == predictions$class
  expect_equal(as.vector(tapply(right, predictions$fold, mean)), folds$accuracy)
  expect_equal(result()$confusion, confusion(predictions$class, predictions$.pred_class))
})

test_that("its summary is over the folds", {
  told <- result()$summary[result()$summary$metric == "accuracy", ]
  expect_equal(c(told$mean, told$sd), c(mean(tidy(result())$accuracy), sd(tidy(result())$accuracy)))
  row <- glance(result())
  expect_equal(told$n, 3)
  expect_equal(c(row$accuracy, row$accuracy_sd), c(told$mean, told$sd))
  expect_equal(row[1:3], tibble::tibble(recipe = "audio-gate", n_folds = 3L, seed = 1L))
})

test_that("it prints", {
  shown <- new_object("hearingai_cv",
    folds = tibble::tibble(fold = c("1", "2")), settings = list(recipe = "audio-gate"),
    summary = tibble::tibble(
      metric = c("loss", "accuracy"), mean = c(0.5, 0.81), sd = c(0.1, 0.04), low = c(0.4, 0.77),
      high = c(0.6, 0.85)
    )
  )
  expect_snapshot(shown)
})

test_that("folds are rows, counted from 1, and a finished one is not trained again", {
  path <- file.path(withr::local_tempdir(), "folds")
  clips <- tibble::add_column(embeddings(), fold = rep(c(1, 2), each = 12))
  halves <- function(folds = list(1:12, 13:24), ...) {
    cross_validate(tagger(), clips, folds, FALSE, epochs = 1, seed = 1, path = path, ...)
  }
  stopped <- tryCatch(
    halves(progress = function(done, total, text) {
      if (grepl("fold 2/2: Epoch", text)) rlang::interrupt()
    }),
    interrupt = function(e) "interrupted"
  )
  expect_equal(stopped, "interrupted")
  expect_equal(list.files(path, "fold-.*json"), "fold-1.json")
  seen <- character()
  expect_warning(
    went_on <- halves(keep = TRUE, progress = function(done, total, text) seen <<- c(seen, text)),
    "finished without `keep`: 1"
  )
  expect_false(any(grepl("fold 1/2: Epoch", seen)))
  expect_equal(went_on$predictions$row, 1:24)
  expect_equal(went_on$predictions$fold, rep(c("1", "2"), each = 12))
  kept <- load_classifier(file.path(path, "fold-2.keras"))
  expect_equal(fingerprint(kept), went_on$folds$fingerprint[2])
  # The same folds as a column: all of them are there.
  expect_equal(halves("fold")$folds, went_on$folds)
  expect_refused(cross_validate(tagger(), embeddings(), 2, path = path, seed = 2), "another cross-")
})

test_that("folds are trained in processes of their own", {
  skip_on_cran()
  answer <- cross_validate(tagger(), embeddings(), list(1:12, 13:24),
    validation = FALSE, epochs = 1, seed = 1, parallel = 2
  )
  expect_equal(answer$folds$n_test, c(12, 12))
  expect_false(any(duplicated(answer$folds$fingerprint)))
})

test_that("rows are counted from 0 where they arrive", {
  clips <- embeddings()[1:4, ]
  expect_equal(py_folds(list(2, 3:4), clips), list(list(1L), list(2L, 3L)))
  expect_identical(py_folds(3, clips), 3L)
  expect_null(py_folds(NULL, clips))
})

test_that("what validates is a fold, a share or nothing", {
  expect_identical(py_fold_validation("fold"), "fold")
  expect_identical(py_fold_validation(FALSE), FALSE)
  expect_identical(py_fold_validation(0.2), 0.2)
  expect_null(py_fold_validation(NULL))
  expect_refused(py_fold_validation(c(0.1, 0.2)), "`validation` must be one number")
})

test_that("unfit input is named", {
  refused <- function(..., message) {
    expect_refused(cross_validate(tagger(), embeddings(), ...), message)
  }
  refused(folds = "room", message = "no column `room`")
  refused(folds = 2.5, message = "`folds` must be one whole number")
  refused(folds = list(1:3, 20:30), message = "`folds\\[\\[2\\]\\]` must be rows.*1 to 24")
  refused(folds = list(1:3, 3:5), message = "a clip is in two of `folds`")
  refused(folds = 3, validation = "half", message = "`validation` must be \"fold\"")
  refused(folds = 3, repeats = 0, message = "`repeats` must be a positive whole number")
  refused(folds = 3, epoch = 2, message = "`epoch` is no argument of `cross_validate")
  refused(folds = 3, epochs = NA, message = "`epochs`.*NA")
  refused(folds = 3, precision = NA, message = "`precision`.*NA")
  refused(folds = 3, device = "tpu", message = "`device` must be one of")
  refused(folds = 3, store = NA, message = "`store` must be one path, or FALSE")
  refused(folds = 3, keep = NA, message = "`keep` must be TRUE or FALSE")
  expect_refused(cross_validate(3, embeddings()), "`recipe` must be a recipe or the name")
  expect_refused(cross_validate(tagger(), "clips"), "`clips` must be a data frame")
})
