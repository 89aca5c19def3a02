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
  if (is.null(x) || rlang::is_string(x)) {
    return(deparse(x))
  }
  if (is.function(x)) {
    return("a function")
  }
  if (is.data.frame(x)) {
    return(sprintf("a table of %d rows and %d columns", nrow(x), ncol(x)))
  }
  if (is.atomic(x)) describe_vector(x) else describe_list(x)
}

describe_vector <- function(x) {
  if (!is.null(dim(x))) {
    return(paste("an array of", paste(dim(x), collapse = " x ")))
  }
  if (length(x) == 1) format(x) else sprintf("<%s> of length %d", class(x)[1], length(x))
}

describe_list <- function(x) {
  kind <- class(x)[1]
  ours <- startsWith(kind, "hearingai_") # one thing, whatever it is made of
  if (ours) sprintf("<%s>", kind) else sprintf("<%s> of length %d", kind, length(x))
}

# Text that cli must not interpret as markup.
cli_verbatim <- function(text) gsub("}", "}}", gsub("{", "{{", text, fixed = TRUE), fixed = TRUE)
