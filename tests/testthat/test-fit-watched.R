# Trainings that are watched, broken off and taken up: progress, interrupts, checkpoints, callbacks.
skip_if_no_core()

test_that("progress is fed, and what it says last is all", {
  seen <- list()
  quick(epochs = 2, validation = FALSE, progress = function(done, total, text) {
    seen[[length(seen) + 1]] <<- list(done = done, total = total, text = text)
  })
  last <- seen[[length(seen)]]
  expect_equal(last$done, last$total)
  expect_match(last$text, "^Epoch 2/2 loss [0-9.]+ accuracy")
})

test_that("an interrupt between steps keeps what was learnt", {
  expect_warning(
    classifier <- quick("speech-commands-small", words(),
      epochs = 50, validation = FALSE, progress = function(done, total, text) {
        if (grepl("Epoch [3-9]/", text)) rlang::interrupt()
      }
    ),
    "interrupted in epoch [3-9]; the classifier keeps what it learnt",
    class = "hearingai_warning"
  )
  facts <- classifier_info(classifier)
  expect_true(facts$interrupted)
  expect_gte(facts$epochs, 2)
  expect_lte(facts$epochs, 9)
  expect_match(capture.output(print(classifier)), "epochs on 40 clips, interrupted", all = FALSE)
})

test_that("an interrupt before the first step is one of R's", {
  answer <- tryCatch(
    quick("speech-commands-small", words(), progress = function(done, total, text) {
      if (!grepl("Epoch", text)) rlang::interrupt()
    }),
    interrupt = function(e) "interrupted"
  )
  expect_equal(answer, "interrupted")
  expect_equal(classifier_info(quick())$epochs, 1L)
})

test_that("a training goes on from its checkpoint", {
  path <- withr::local_tempfile(fileext = ".keras")
  whole <- quick(epochs = 2, seed = 3, deterministic = TRUE)
  quick(seed = 3, deterministic = TRUE, checkpoint = path)
  resumed <- quick(epochs = 2, seed = 3, deterministic = TRUE, checkpoint = path)
  expect_equal(fingerprint(resumed), fingerprint(whole))
})

test_that("an interrupt that left nothing to keep ends the call", {
  expect_identical(hold_interrupts("learnt"), "learnt")
  expect_s3_class(tryCatch(hold_interrupts(NULL), interrupt = identity), "interrupt")
})

test_that("functions are called after each epoch, from 0, with named numbers", {
  epochs <- integer()
  logs <- list()
  classifier <- quick(epochs = 3, callbacks = function(epoch, numbers) {
    epochs <<- c(epochs, epoch)
    logs[[length(logs) + 1]] <<- numbers
  })
  expect_identical(epochs, 0:2)
  history <- training_history(classifier)
  for (name in c("loss", "accuracy", "val_loss", "val_accuracy")) {
    expect_equal(vapply(logs, function(numbers) numbers[[name]], 1), history[[name]])
  }
  expect_equal(fingerprint(classifier), fingerprint(quick(epochs = 3)))
})

test_that("an error in a callback ends the training as that error", {
  fail <- function(epoch, logs) rlang::abort("enough", class = "own_error")
  expect_error(quick(callbacks = list(fail)), "enough", class = "own_error")
  expect_error(quick(callbacks = function(...) stop("plain")), "^plain$")
  # What went wrong before is not told again.
  expect_error(quick(optimizer = "Adagrat"), "optimizer")
})

test_that("Keras callbacks are called beside functions", {
  path <- withr::local_tempfile(fileext = ".csv")
  keras <- reticulate::import("keras")
  stop_early <- keras$callbacks$TerminateOnNaN()
  seen <- 0
  count <- function(epoch, logs) seen <<- seen + 1
  callbacks <- list(csv = keras$callbacks$CSVLogger(path), count, stop_early)
  quick(epochs = 2, callbacks = callbacks)
  log <- utils::read.csv(path)
  expect_equal(log$epoch, 0:1)
  expect_true(all(c("loss", "accuracy", "val_loss", "val_accuracy") %in% names(log)))
  expect_equal(seen, 2)
})

test_that("a Keras callback made in R stops the training of its model, the classifier", {
  keras <- reticulate::import("keras")
  labels <- NULL
  watch <- reticulate::PyClass("Watch", list(
    on_epoch_end = function(self, epoch, logs = NULL) {
      model <- self$model
      labels <<- model$labels
      model$stop_training <- TRUE
      NULL
    }
  ), inherit = keras$callbacks$Callback)
  classifier <- quick(epochs = 5, callbacks = watch())
  expect_equal(classifier_info(classifier)$epochs, 1L)
  expect_equal(labels, classifier_info(classifier)$labels)
})

test_that("what is no callback is refused by name", {
  expect_snapshot(error = TRUE, {
    quick(callbacks = "csv")
    quick(callbacks = list(function(epoch, logs) NULL, 3))
    quick(callbacks = function(epoch) NULL)
  })
})

test_that("folds and new tasks call callbacks too", {
  skip_if_not(reticulate::py_module_available("optuna"))
  epochs <- integer()
  note <- function(epoch, logs) epochs <<- c(epochs, epoch)
  cross_validate(tagger(), embeddings(),
    folds = 2, epochs = 1, seed = 1, validation = FALSE, callbacks = note
  )
  fine_tune(tagged(), embeddings(), epochs = 2, seed = 1, callbacks = note)
  tune(tagger(), embeddings(), list(batch_size = c(8, 16)), epochs = 1, seed = 1, callbacks = note)
  expect_equal(epochs, c(0, 0, 0, 1, 0, 0))
  fail <- function(epoch, logs) stop("enough")
  expect_error(
    cross_validate(tagger(), embeddings(), folds = 2, epochs = 1, callbacks = fail), "^enough$"
  )
})
