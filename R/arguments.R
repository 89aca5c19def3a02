# Arguments of R as Python takes them; what does not fit is refused by name.

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

py_string <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env(),
                      wanted = "one string") {
  if (!is.null(x) && (!rlang::is_string(x) || is.na(x))) {
    abort_argument(arg, wanted, x, call)
  }
  x
}

# One path, expanded: Python does not know the tilde.
py_path <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  x <- py_string(x, arg, call, "one path")
  if (!is.null(x)) path.expand(x)
}

# Where decoded clips are kept: a folder; FALSE keeps none.
py_store <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (isFALSE(x)) {
    return(x)
  }
  x <- py_string(x, arg, call, "one path, or FALSE")
  if (!is.null(x)) path.expand(x)
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
  if (!is.null(x) && !rlang::is_bool(x)) {
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

# A seed: NULL draws one from R's own stream, so that set.seed() decides it.
py_seed <- function(seed, call = rlang::caller_env()) {
  if (is.null(seed)) {
    return(sample.int(.Machine$integer.max, 1L))
  }
  py_int(seed, "seed", call)
}

# The seed of an experiment: what `path` holds of it already goes on with the seed it had.
py_seed_at <- function(seed, path, arg = rlang::caller_arg(path), call = rlang::caller_env()) {
  path <- py_path(path, arg, call)
  if (is.null(seed) && !is.null(path) && file.exists(path)) NULL else py_seed(seed, call)
}

# Sound, or any array of numbers, with the axes it has.
py_waveform <- function(waveform, arg = rlang::caller_arg(waveform), call = rlang::caller_env()) {
  if (!is.numeric(waveform) || !length(waveform)) {
    abort_argument(arg, "numbers", waveform, call)
  }
  refuse_na(waveform, arg, call)
  reticulate::np_array(if (length(dim(waveform)) > 1) waveform else as.vector(waveform))
}

# A batch of clips; a vector is one.
py_batch <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (is.numeric(x) && length(dim(x)) < 2) x <- matrix(x, nrow = 1)
  py_waveform(x, arg, call)
}

# Numbers a clip and a label: a matrix, or a data frame of such columns.
py_matrix <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (is.data.frame(x)) x <- as.matrix(x)
  if (!is.matrix(x) || !is.numeric(x)) {
    abort_argument(arg, "a matrix or data frame of numbers", x, call)
  }
  py_waveform(x, arg, call)
}

# "balanced", or weights named by label.
py_weights <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (is.null(x) || rlang::is_string(x)) {
    return(py_string(x, arg, call))
  }
  if (is.list(x)) x <- unlist(x)
  if (!is.numeric(x) || !rlang::is_named(x)) {
    abort_argument(arg, "\"balanced\", or numbers named by label such as c(yes = 2)", x, call)
  }
  refuse_na(x, arg, call)
  as.list(x)
}

# Arguments that came in dots, each converted by the function of its name.
py_named <- function(given, convert, of, call = rlang::caller_env()) {
  unknown <- setdiff(rlang::names2(given), names(convert))
  if (length(unknown)) {
    cli::cli_abort(
      c(
        if (nzchar(unknown[[1]])) {
          "{.arg {unknown[[1]]}} is no argument of {.fn {of}}."
        } else {
          "Arguments in {.arg ...} must have names."
        },
        i = "What can be given here: {.arg {names(convert)}}."
      ),
      class = "hearingai_error", call = call
    )
  }
  Map(function(value, name) convert[[name]](value, name, call), given, names(given))
}

# A named list of plain options as a dict, empty or not; whole numbers are whole unless `exact`.
py_options <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env(), exact = FALSE) {
  if (!is.list(x) || !all(nzchar(rlang::names2(x)))) {
    abort_argument(arg, "a list of named options", x, call)
  }
  x <- Map(function(value, name) py_option(value, sprintf("%s$%s", arg, name), call, exact),
    x, rlang::names2(x)
  )
  do.call(reticulate::dict, x)
}

py_option <- function(x, arg, call, exact = FALSE) {
  if (is.list(x)) {
    return(unname(Map(function(value, i) py_option(value, sprintf("%s[[%d]]", arg, i), call, exact),
      x, seq_along(x)
    )))
  }
  if (is.function(x) || !is.null(x) && !is.atomic(x)) {
    abort_argument(arg, "plain values", x, call)
  }
  refuse_na(x, arg, call)
  if (is.factor(x)) x <- as.character(x)
  if (is.numeric(x) && length(x) > 2) {
    return(py_waveform(as.double(x), arg, call)) # sound, not a setting
  }
  if (exact) x else whole(x)
}
