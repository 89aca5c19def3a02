# Checks of arguments that stay in R, as those of plots do; each names the argument it refuses.

check_finite_array <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (!is.numeric(x) || length(x) == 0) {
    abort_argument(arg, "numbers", x, call = call)
  }
  if (!all(is.finite(x))) {
    abort_argument(arg, "finite: neither missing nor infinite", call = call)
  }
}

check_positive_number <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (!is.numeric(x) || length(x) != 1 || !is.finite(x) || x <= 0) {
    abort_argument(arg, "one positive number", x, call = call)
  }
}

check_table <- function(x, columns, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (!is.data.frame(x) || !all(columns %in% names(x)) || nrow(x) == 0) {
    came <- if (is.data.frame(x)) {
      if (length(x)) {
        "Received {nrow(x)} row{?s} of {.field {names(x)}}."
      } else {
        "Received a table without columns."
      }
    } else {
      "Received {.cls {class(x)}}."
    }
    cli::cli_abort(
      c("{.arg {arg}} must be a table with rows and the columns {.field {columns}}.", x = came),
      call = call, class = "hearingai_error"
    )
  }
}

refuse_na <- function(x, arg, call = rlang::caller_env()) {
  missing <- which(is.na(x))
  if (length(missing)) {
    cli::cli_abort("{.arg {arg}} is missing (NA) in position {missing[[1]]}.",
      class = "hearingai_error", call = call
    )
  }
}

# What a function needs and did not get; `call` is its frame.
check_given <- function(call) {
  at <- which(vapply(sys.frames(), identical, NA, call))
  if (!length(at)) {
    return(invisible())
  }
  arguments <- as.list(formals(sys.function(at[[1]])))
  needed <- names(arguments)[vapply(arguments, rlang::is_missing, NA)]
  for (name in setdiff(needed, "...")) {
    if (eval(call("missing", as.name(name)), call)) {
      cli::cli_abort("{.arg {name}} must be given.", call = call, class = "hearingai_error")
    }
  }
}
