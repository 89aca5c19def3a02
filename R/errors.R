# Errors in R's syntax.

# Stop with the argument, what is valid and what was given
abort_argument <- function(arg, wanted, received, call = rlang::caller_env()) {
  came <- if (missing(received)) NULL else describe_value(received)
  cli::cli_abort(
    c("{.arg {arg}} must be {wanted}.", x = if (!is.null(came)) "Received {came}."),
    call = call, class = "hearingai_error"
  )
}

describe_value <- function(x) {
  if (is.atomic(x) && !is.null(dim(x))) {
    return(paste("an array of", paste(dim(x), collapse = " x ")))
  }
  if (is.null(x) || rlang::is_string(x)) {
    return(deparse(x))
  }
  if (is.atomic(x) && length(x) == 1) {
    return(format(x))
  }
  if (is.data.frame(x)) {
    return(sprintf("a table of %d rows and %d columns", nrow(x), ncol(x)))
  }
  if (startsWith(class(x)[1], "hearingai_")) { # a list, to R
    return(sprintf("<%s>", class(x)[1]))
  }
  if (is.function(x)) "a function" else sprintf("<%s> of length %d", class(x)[1], length(x))
}

# Text that cli must not interpret as markup.
cli_verbatim <- function(text) gsub("}", "}}", gsub("{", "{{", text, fixed = TRUE), fixed = TRUE)
