# Ctrl-C and progress while Python is at work.

# An interrupt in the middle of an import would leave half a library behind, so it waits; R is then
# to take it, before a call of Python does.
uninterrupted <- function(code) {
  suspendInterrupts(code)
  Sys.sleep(0)
  code
}

# Evaluates with interrupts held back. In the middle of a step they would end in an error, or in
# nothing kept; `listening()` lets them through where training can end cleanly.
hold_interrupts <- function(code) {
  suspendInterrupts({
    value <- code
    if (!is.null(value)) { # drop an impatient second one
      tryCatch(allowInterrupts(take_interrupt()), interrupt = function(e) NULL)
    }
  })
  if (is.null(value)) {
    take_interrupt() # it came before anything was learnt
    rlang::interrupt()
  }
  value
}

# Progress that the core calls between steps: interrupts come through here.
listening <- function(progress) {
  force(progress)
  function(done, total, text) {
    allowInterrupts(take_interrupt())
    if (is.function(progress)) progress(done, total, text)
  }
}

take_interrupt <- function() Sys.sleep(0)

# Progress as the core feeds it: one cli bar after the other, in an interactive session only.
py_progress <- function(progress, envir = rlang::caller_env()) {
  force(envir)
  if (is.function(progress)) {
    return(progress)
  }
  py_flag(progress, "progress", envir)
  if (isFALSE(progress) || (is.null(progress) && !rlang::is_interactive())) {
    return(FALSE)
  }
  id <- NULL
  function(done, total, text) {
    if (is.null(id)) {
      id <<- cli::cli_progress_bar(
        total = if (is.null(total)) NA else total,
        format = "{cli::pb_bar} {cli::pb_percent} {cli::pb_eta_str} {cli::pb_status}",
        .auto_close = TRUE, .envir = envir
      )
    }
    cli::cli_progress_update(set = done, status = text, id = id, .envir = envir)
    if (isTRUE(done >= total)) {
      id <<- NULL # cli has taken the full bar away; what comes next is another
    }
    invisible()
  }
}
