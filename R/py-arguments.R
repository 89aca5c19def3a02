# Convert R arguments for Python; an invalid one is an error that names it.

# A character vector as a Python list of strings, whatever its length.
py_strings <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (is.null(x)) {
    return(NULL)
  }
  if (is.factor(x)) {
    x <- as.character(x)
  }
  if (!is.character(x)) {
    abort_argument(arg, "a character vector", x, call)
  }
  refuse_na(x, arg, call)
  unname(as.list(x))
}

# Classes as text: logicals and numbers too.
py_classes <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (is.logical(x) || is.numeric(x)) {
    refuse_na(x, arg, call)
    x <- as.character(whole(x))
  }
  py_strings(x, arg, call)
}

py_class <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (rlang::is_bool(x)) x <- as.character(x)
  x <- py_name(x, arg, call)
  if (is.numeric(x)) as.character(x) else x
}

# The labels of classes that have an order; NULL of others, which the core sorts.
labels_in_order <- function(truth, predicted) {
  if (is.factor(truth)) {
    levels(truth)
  } else if (is.numeric(truth) && is.numeric(predicted)) {
    sort(unique(c(truth, predicted)))
  }
}

py_string <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env(),
                      wanted = "one string") {
  if (!is.null(x) && (!rlang::is_string(x) || is.na(x))) {
    abort_argument(arg, wanted, x, call)
  }
  x
}

# Paths as Python takes them, expanded: it does not know the tilde. R and Python take the bytes of a
# name for text by different rules, so that those of names that are not ASCII cross as they are.
py_paths <- function(x) lapply(path.expand(as.character(x)), py_name_of_file)

py_name_of_file <- function(x) {
  if (is.na(x) || !any(charToRaw(x) > as.raw(127))) {
    return(x)
  }
  if (Encoding(x) == "latin1") x <- enc2utf8(x)
  reticulate::import("hearingai.bridge", convert = FALSE)$path(charToRaw(x))
}

# Text of the core; what is not text there comes as bytes.
r_text <- function(x) {
  if (!is.raw(x)) {
    return(x)
  }
  x <- rawToChar(x)
  if (l10n_info()[["UTF-8"]] && validUTF8(x)) Encoding(x) <- "UTF-8"
  x
}

# One path.
py_path <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  x <- py_string(x, arg, call, "one path")
  if (!is.null(x)) py_paths(x)[[1]]
}

# The store of decoded clips: a folder; FALSE stores none.
py_store <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (isFALSE(x)) {
    return(x)
  }
  x <- py_string(x, arg, call, "one path, or FALSE")
  if (!is.null(x)) py_paths(x)[[1]]
}

# A whole number; 3 and 3L alike.
py_int <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (is.null(x)) {
    return(NULL)
  }
  if (!rlang::is_scalar_integerish(x) || is.na(x) || abs(x) > .Machine$integer.max) {
    abort_argument(arg, "one whole number, at most 2147483647", x, call)
  }
  as.integer(x)
}

# Whole numbers, one or several.
py_ints <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (length(x) < 2) {
    return(py_int(x, arg, call))
  }
  if (!rlang::is_integerish(x) || anyNA(x) || any(abs(x) > .Machine$integer.max)) {
    abort_argument(arg, "whole numbers, at most 2147483647", x, call)
  }
  as.list(as.integer(x))
}

# Numbers that are whole as integers, others as they are.
whole <- function(x) {
  if (is.double(x) && rlang::is_integerish(x) && all(abs(x) < 2^31, na.rm = TRUE)) {
    storage.mode(x) <- "integer"
  }
  x
}

# One name: text or a number.
py_name <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (is.factor(x)) x <- as.character(x)
  if (!is.null(x) && (!is.character(x) && !is.numeric(x) || length(x) != 1 || is.na(x))) {
    abort_argument(arg, "one name or number", x, call)
  }
  whole(x)
}

py_number <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (is.null(x)) {
    return(NULL)
  }
  if (!is.numeric(x) || length(x) != 1 || is.na(x)) {
    abort_argument(arg, "one number", x, call)
  }
  as.numeric(x)
}

py_flag <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (!rlang::is_bool(x)) {
    abort_argument(arg, "TRUE or FALSE", x, call)
  }
  x
}

# Numbers of a known count, such as the lowest and highest of a range, or one for both.
py_range <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (is.null(x)) {
    return(NULL)
  }
  if (!is.numeric(x) || !length(x) %in% 1:2 || anyNA(x)) {
    abort_argument(arg, "one number, or the lowest and the highest", x, call)
  }
  as.numeric(x)
}

# A seed: NULL draws one from R's random numbers, so that set.seed() makes it reproducible.
py_seed <- function(seed, call = rlang::caller_env()) {
  if (is.null(seed)) {
    return(sample.int(.Machine$integer.max, 1L))
  }
  py_int(seed, "seed", call)
}

# The seed of an experiment: an existing `path` resumes with its own seed; an empty folder has none.
py_seed_at <- function(seed, path, arg = rlang::caller_arg(path), call = rlang::caller_env()) {
  py_path(path, arg, call)
  begun <- !is.null(path) && file.exists(path) &&
    (!dir.exists(path) || length(list.files(path)) > 0)
  if (is.null(seed) && begun) NULL else py_seed(seed, call)
}

# Numbers, one or several, as a list.
py_numbers <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (is.null(x)) {
    return(NULL)
  }
  if (!is.numeric(x)) {
    abort_argument(arg, "numbers", x, call)
  }
  refuse_na(x, arg, call)
  as.list(as.numeric(x))
}

# One probability, or several named by label.
py_levels <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (is.list(x)) x <- unlist(x)
  if (is.null(x) || (length(x) == 1 && is.null(names(x)))) {
    return(py_number(x, arg, call))
  }
  if (!is.numeric(x) || !rlang::is_named(x)) {
    abort_argument(arg, "one number, or numbers named by label such as c(yes = 0.8)", x, call)
  }
  refuse_na(x, arg, call)
  do.call(reticulate::dict, as.list(x))
}

# A label, or a list of several.
py_target <- function(target, arg = "target", call = rlang::caller_env()) {
  if (is.list(target)) target <- as.list(unlist(target))
  if (is.list(target) || length(target) > 1) {
    return(py_strings(unlist(target), arg, call))
  }
  py_string(target, arg, call)
}

# The number of classes of a standard task.
py_task <- function(task, arg = "task", call = rlang::caller_env()) {
  if (is.character(task)) py_string(task, arg, call) else py_int(task, arg, call)
}

# The name of a metric, or a function of two character vectors.
py_metric <- function(metric, call = rlang::caller_env()) {
  if (!is.function(metric)) {
    return(py_string(metric, "metric", call, "the name of a metric or a function"))
  }
  function(truth, predicted) metric(as.character(unlist(truth)), as.character(unlist(predicted)))
}

# The dots of a method, which uses none.
check_unused <- function(..., call = rlang::caller_env()) {
  if (!...length()) {
    return(invisible())
  }
  known <- setdiff(names(formals(rlang::caller_fn())), "...")
  given <- rlang::names2(rlang::enexprs(..., .ignore_empty = "all"))
  of <- sub("[.][A-Za-z_]+$", "", rlang::call_name(rlang::frame_call(call))) # of a method
  refuse_unknown(given, known, of, call)
}

# Names of arguments that are not known: what may be meant, else what is known.
refuse_unknown <- function(given, known, of, call = rlang::caller_env()) {
  unknown <- setdiff(given, known)
  if (!length(unknown)) {
    return(invisible())
  }
  name <- unknown[[1]]
  near <- if (nzchar(name)) meant_argument(name, known)
  cli::cli_abort(
    c(
      if (nzchar(name)) {
        "{.arg {name}} is no argument of {.fn {of}}."
      } else {
        "Further arguments of {.fn {of}} must have names."
      },
      i = if (is.null(near)) {
        "What can be given: {.arg {known}}."
      } else {
        "Did you mean {.arg {near}}?"
      }
    ),
    class = "hearingai_error", call = call
  )
}

# What may be meant, once Python has started: a hint is not worth the wait.
meant_argument <- function(name, known) {
  if (is.null(the$core)) {
    return(NULL)
  }
  tryCatch(core()$bridge$meant_argument(name, as.list(known)), error = function(e) NULL)
}
