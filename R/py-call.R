# Calling the core; the other py-*.R convert arguments and results.

# Call a function of the core by name (with dots for submodules). Named arguments that are NULL are
# dropped, so that Python's defaults apply; its errors and warnings become R's.
py_call <- function(.name, ..., .call = rlang::caller_env()) {
  refuse_fork(.call) # before arguments that are objects of Python
  check_given(.call)
  args <- rlang::list2(...)
  null <- vapply(args, is.null, logical(1))
  required <- !nzchar(rlang::names2(args))
  if (any(null & required)) {
    expression <- rlang::enexprs(...)[[which(null & required)[1]]]
    abort_argument(all.vars(expression)[1], "given", NULL, .call)
  }
  args <- args[!null]
  args[vapply(args, inherits, logical(1), "hearingai_none")] <- list(NULL)
  bridge <- core(.call)$bridge
  answer <- resuming_jumps(
    {
      fun <- uninterrupted(bridge$find(.name)) # imports what the function needs
      rlang::exec(bridge$call, fun, !!!lapply(args, bordered))
    },
    .call
  )
  for (message in answer$warnings) py_warn(message, .call)
  if (l10n_info()$`UTF-8`) answer$value else utf8_names(answer$value)
}

# reticulate gives names in UTF-8 without saying so, which another locale would misread.
utf8_names <- function(x) {
  if (!is.list(x) || is.object(x)) {
    return(x)
  }
  if (!is.null(names(x))) Encoding(names(x)) <- "UTF-8"
  x[] <- lapply(x, utf8_names)
  x
}

# A NULL that is passed to Python as None, where it does not mean "the default".
py_none <- function(x) {
  if (is.null(x)) structure(list(), class = "hearingai_none") else x
}
