# Ctrl-C and progress while Python is at work.

# An interrupt during an import would leave a half-loaded library, so it is delayed; R then handles
# it before the next call of Python.
uninterrupted <- function(code) {
  suspendInterrupts(code)
  Sys.sleep(0)
  code
}

# Evaluates with interrupts delayed. During a step they would cause an error or lose the results;
# `listening()` lets them through where training can stop cleanly.
hold_interrupts <- function(code) {
  suspendInterrupts({
    value <- code
    if (!is.null(value)) { # drop a second one
      tryCatch(allowInterrupts(take_interrupt()), interrupt = function(e) NULL)
    }
  })
  if (is.null(value)) {
    take_interrupt() # it came before any training
    rlang::interrupt()
  }
  value
}

# Progress that the core calls between steps: interrupts are handled here.
listening <- function(progress) {
  force(progress)
  function(done, total, text) {
    allowInterrupts(take_interrupt())
    if (is.function(progress)) progress(done, total, text)
  }
}

take_interrupt <- function() Sys.sleep(0)

# Progress as the core reports it: one cli bar after the other, in interactive sessions only.
py_progress <- function(progress, envir = rlang::caller_env()) {
  force(envir)
  if (is.function(progress)) {
    return(progress)
  }
  if (is.null(progress)) progress <- rlang::is_interactive()
  if (!py_flag(progress, "progress", envir)) {
    return(FALSE)
  }
  id <- NULL
  function(done, total, text) {
    if (is.null(id)) {
      id <<- cli::cli_progress_bar(
        total = if (is.null(total)) NA else total,
        format = progress_format(),
        .auto_close = TRUE, .envir = envir
      )
    }
    cli::cli_progress_update(set = done, status = text, id = id, .envir = envir)
    if (isTRUE(done >= total)) {
      id <<- NULL # cli has removed the full bar; the next call starts another
    }
    invisible()
  }
}

# The text of a training, with its validation, is 55 wide: a bar is shown where there is room left.
progress_format <- function(width = cli::console_width()) {
  bar <- if (width >= 110) "{cli::pb_bar} "
  paste0(bar, "{cli::pb_status} {cli::pb_percent} {cli::pb_eta_str}")
}

# A callback that tells of each epoch: for scripts, whose output has no bar; not for documents and
# tests.
epoch_lines <- function(progress) {
  quiet <- !is.null(progress) || rlang::is_interactive() ||
    isTRUE(getOption("knitr.in.progress")) || identical(Sys.getenv("TESTTHAT"), "true")
  if (!quiet) py_callbacks(function(epoch, logs) message(epoch_text(epoch + 1, logs)))
}

epoch_text <- function(epoch, logs) {
  names <- c(loss = "loss", accuracy = "accuracy", val_accuracy = "validation")
  names <- c(names, val_map = "validation mAP")
  there <- intersect(names(names), names(logs))
  values <- sprintf(" %s %.3f", names[there], as.numeric(unlist(logs[there])))
  paste0("Epoch ", epoch, paste(values, collapse = ""))
}
