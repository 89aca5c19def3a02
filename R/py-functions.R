# R functions that Python calls: callbacks, progress, metrics.

# A jump out of such a function, to a handler, a restart or a frame outside, would skip the frames
# of Python, which ends the process. It is stopped here and stored as `the$jump`; Python is left by
# an error, and `py_call()` then resumes the jump. Interrupts pass: Python knows them.
bordered <- function(fun) {
  if (!is.function(fun) || inherits(fun, "python.builtin.object")) {
    return(fun)
  }
  function(...) {
    value <- if (is.null(the$jump)) stop_jumps(fun(...))
    if (!is.null(the$jump)) stop("an R function did not return")
    if (inherits(value, "interrupt")) allowInterrupts(rlang::interrupt())
    value
  }
}

stop_jumps <- function(code) {
  last <- NULL
  ended <- FALSE
  on.exit(if (!ended) {
    the$jump <- function() signal_again(last)
    return(NULL) # the one thing in R that stops a jump of any kind
  })
  value <- withCallingHandlers(
    tryCatch(note_restarts(code),
      error = function(e) the$jump <- function() stop(e), interrupt = identity
    ),
    condition = function(c) last <<- c
  )
  ended <- TRUE
  value
}

# Puts restarts in front of those outside that invoke them later.
note_restarts <- function(code) {
  names <- vapply(computeRestarts(), function(restart) restart[[1]], character(1))
  later <- function(name) {
    function(...) {
      args <- list(...)
      the$jump <- function() rlang::exec(invokeRestart, name, !!!args)
    }
  }
  names <- setdiff(names, "raise_py_exception") # reticulate's own
  do.call(withRestarts, c(list(quote(code)), lapply(rlang::set_names(names), later)))
}

# The handler outside that ended the function is looked for with the condition that it took.
signal_again <- function(condition) {
  ignore <- function() NULL
  if (!is.null(condition)) {
    withRestarts(signalCondition(condition), muffleWarning = ignore, muffleMessage = ignore)
  }
}

# Evaluates a call of Python and resumes a jump that ended it.
resuming_jumps <- function(code, call) {
  outer <- the$jump
  on.exit(the$jump <- outer)
  the$jump <- NULL
  value <- tryCatch(code, error = function(e) if (is.null(the$jump)) py_abort(e, call))
  if (!is.null(the$jump)) {
    the$jump()
    cli::cli_abort("A function that Python called jumped out of it, which R cannot resume.",
      class = "hearingai_error", call = call
    )
  }
  value
}
