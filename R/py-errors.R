# Errors and warnings of the core in R's syntax. The core sends its messages in parts
# (inst/python/hearingai/_messages.py): text stays, arguments and values are written as in R.

# R's names of arguments that differ from Python's: by function, then for all functions.
renamed_arguments <- list(
  fit = c(classifier = "object", recipe = "object"),
  get_recipe = c(recipe = "name"),
  data_generator = c(`repeat` = "endless"),
  predict = c(classifier = "object"),
  embed = c(classifier = "x"),
  compile = c(classifier = "object"),
  evaluate = c(classifier = "x"),
  explain = c(classifier = "x"),
  all = c(class_ = "class")
)

r_argument <- function(name, fun = "") {
  known <- c(renamed_arguments[[fun]], renamed_arguments$all)
  if (name %in% names(known)) known[[name]] else name
}

# An error of the core; any other one is reported as a Python error.
py_abort <- function(e, call) {
  message <- tryCatch(core(call)$bridge$message(e), error = function(e) NULL)
  if (is.null(message)) {
    cli::cli_abort("Python stopped with an error.",
      class = c("hearingai_python_error", "hearingai_error"), call = call,
      parent = rlang::error_cnd(message = conditionMessage(e)) # rlang cannot read `e` itself
    )
  }
  cli::cli_abort(error_bullets(message, called(call)), class = "hearingai_error", call = call)
}

py_warn <- function(message, call) {
  cli::cli_warn(error_bullets(message, called(call)), class = "hearingai_warning", call = call)
}

# The name of the function that an error is reported for.
called <- function(call) {
  name <- if (is.environment(call)) rlang::call_name(rlang::frame_call(call))
  if (is.null(name)) "" else name
}

# What is wrong, what was given, and hints, as bullets of cli.
error_bullets <- function(message, fun = "") {
  lines <- list(message$wrong)
  if (length(message$received)) {
    lines[[2]] <- c(list(list(kind = "text", text = "Received ")), message$received)
  }
  signs <- c("", "x")[seq_along(lines)]
  lines <- vapply(c(lines, message$hints), r_line, character(1), fun)
  lines <- sub("([^.:;,!?`])$", "\\1.", lines)
  rlang::set_names(cli_verbatim(lines), c(signs, rep(" ", length(message$hints))))
}

r_line <- function(parts, fun = "") {
  paste(vapply(parts, r_part, character(1), fun), collapse = "")
}

# One part of a message in R's syntax.
r_part <- function(part, fun = "") {
  switch(part$kind,
    argument = {
      name <- paste(c(r_argument(part$text, fun), unlist(part$keys)), collapse = "$")
      sprintf("`%s`", name)
    },
    setting = sprintf("`%s = %s`", r_argument(part$text, fun), describe_value(part$value)),
    value = describe_value(part$value),
    extra = sprintf("`%s`", install_code(part$text)),
    code = sprintf("`%s`", r_code(part$text)),
    part$text
  )
}

# Code of the shell that installs a package, as R's.
r_code <- function(text) {
  package <- sub("^pip install ([A-Za-z0-9-]+)$", "\\1", text)
  if (package == text) text else install_code(package)
}

# The code that installs an extra, a backend or a package into the Python that R is bound to.
install_code <- function(extra) {
  needs <- project()[["optional-dependencies"]][[extra]]
  packages <- if (is.null(needs) || extra %in% backends()) extra else package_names(needs)
  sprintf("reticulate::py_install(%s)", strings_code(packages))
}
