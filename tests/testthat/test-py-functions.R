# Each jump out of a function that Python calls, in a process that may crash.

skip_if_no_core()

test_that("jumps end Python first, and then arrive", {
  said <- run_r(c(sprintf("root <- '%s'", folder()), r"(
    library(hearingai, warn.conflicts = FALSE)
    clips <- load_clips(root)
    train <- function(leave, ...) {
      fit("speech-commands-small", clips, epochs = 1, seed = 1, callbacks = leave, ...)
    }
    stopper <- structure(class = c("stopper", "condition"), list(message = "s"))
    leave <- function(...) signalCondition(stopper)
    skip <- function(...) invokeRestart("skip", 3)
    cat(tryCatch(train(leave), stopper = function(c) "a condition\n"))
    cat(tryCatch(train(function(...) warning("a warning\n")), warning = conditionMessage))
    cat(tryCatch(train(function(...) stop("an error\n")), error = conditionMessage))
    cat("restart", withRestarts(train(skip), skip = identity), "\n")
    cat("handler", withRestarts(skip = identity, {
      withCallingHandlers(train(leave), stopper = skip)
    }), "\n")
    withRestarts(abort = function() cat("abort\n"), train(function(...) invokeRestart("abort")))
    callCC(function(out) {
      tryCatch(train(function(...) out(1)), error = function(e) cat(conditionMessage(e), "\n"))
    })
    told <- function(...) message("progress")
    cat(tryCatch(train(NULL, progress = told), message = conditionMessage))
    files <- clips$fname[1:2]
    kept <- train(function(...) tryCatch(warning("inside"), warning = function(w) NULL))
    cat(tryCatch(predict(kept, files, progress = leave), stopper = function(c) "predict\n"))
    nested <- function(...) predict(kept, files, progress = function(...) stop("nested\n"))
    cat(tryCatch(train(nested), error = conditionMessage))
    cat("works", nrow(predict(kept, files)), "\n")
  )"), env = c(RETICULATE_PYTHON = reticulate::py_config()$python))
  expect_equal(trimws(said), c(
    "a condition", "a warning", "an error", "restart 3", "handler 3", "abort",
    "A function that Python called jumped out of it, which R cannot resume.", "progress", "predict",
    "nested", "works 2"
  ))
})
