# Convert the arguments of a training: recipes, clips, validation and folds.

py_trainable <- function(object, call = rlang::caller_env()) {
  if (inherits(object, "hearingai_classifier")) {
    py_network(object, call)
  } else {
    py_recipe(object, call)
  }
}

py_clips <- function(clips, arg = "clips", call = rlang::caller_env()) {
  if (inherits(clips, "hearingai_generator")) {
    return(clips$py)
  }
  if (inherits(clips, "rsplit")) {
    wanted <- "a table of clips, such as rsample::training() gives of a split"
    abort_argument(arg, wanted, clips, call)
  }
  if (!is.data.frame(clips)) {
    abort_argument(arg, "a table of clips (a data frame) or a generator", clips, call)
  }
  py_table(clips, arg = arg, call = call)
}

py_validation <- function(validation, call = rlang::caller_env()) {
  if (is.null(validation) || isFALSE(validation)) {
    return(validation)
  }
  if (is.numeric(validation)) {
    return(py_number(validation, "validation", call))
  }
  if (!is.data.frame(validation) && !inherits(validation, "hearingai_generator")) {
    wanted <- "a table of clips, a generator, a share between 0 and 1, or FALSE"
    abort_argument("validation", wanted, validation, call)
  }
  py_clips(validation, "validation", call)
}

py_recipe <- function(recipe, call = rlang::caller_env(), arg = "recipe") {
  if (inherits(recipe, "hearingai_recipe")) {
    return(py_object(recipe, call))
  }
  wanted <- if (arg == "name") "one string" else "a recipe or the name of one"
  py_string(recipe, arg, call, wanted)
}

# A column, a number of folds, or rows counted from 1.
py_folds <- function(folds, clips, call = rlang::caller_env()) {
  n <- nrow(clips)
  if (inherits(folds, "rset")) folds <- assessment_rows(folds, clips, call)
  if (is.null(folds) || is.character(folds)) {
    return(py_string(folds, "folds", call, "one column, a number, or a list of rows"))
  }
  if (!is.list(folds)) {
    return(py_int(folds, "folds", call))
  }
  unname(Map(function(rows, i) {
    arg <- sprintf("folds[[%d]]", i)
    if (!rlang::is_integerish(rows) || anyNA(rows) || any(rows < 1 | rows > n)) {
      abort_argument(arg, sprintf("rows of `clips`, from 1 to %d", n), rows, call)
    }
    as.list(as.integer(rows) - 1L)
  }, folds, seq_along(folds)))
}

py_fold_validation <- function(validation, call = rlang::caller_env()) {
  if (is.null(validation) || isFALSE(validation)) {
    return(validation)
  }
  if (identical(validation, "fold")) {
    return(validation)
  }
  if (!is.numeric(validation)) {
    wanted <- "\"fold\", a share between 0 and 1, or FALSE"
    abort_argument("validation", wanted, validation, call)
  }
  py_number(validation, "validation", call)
}

# Labels for mixing: one column a class, since class numbers cannot be mixed.
py_labels <- function(labels, call = rlang::caller_env()) {
  if (!is.matrix(labels) && !is.data.frame(labels)) {
    wanted <- "a matrix of clips by classes, such as model.matrix(~ 0 + class) of a factor"
    abort_argument("labels", wanted, labels, call)
  }
  py_matrix(labels, "labels", call)
}

# Callbacks for the core: Python objects unchanged, and R functions of (epoch, logs).
py_callbacks <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (is.null(x)) {
    return(NULL)
  }
  if (is.function(x) || inherits(x, "python.builtin.object")) x <- list(x)
  if (!is.list(x)) {
    abort_argument(arg, "functions of (epoch, logs) or Keras callbacks", x, call)
  }
  at <- if (length(x) > 1) sprintf("%s[[%d]]", arg, seq_along(x)) else arg
  unname(Map(py_callback, x, at, MoreArgs = list(call = call)))
}

py_callback <- function(callback, arg, call) {
  if (inherits(callback, "python.builtin.object")) {
    return(callback)
  }
  takes <- if (is.function(callback)) names(formals(args(callback)))
  if (length(takes) < 2 && !"..." %in% takes) {
    abort_argument(arg, "a function of (epoch, logs) or a Keras callback", callback, call)
  }
  bordered(function(epoch, logs) {
    callback(epoch, logs)
    NULL
  })
}

# Metrics by their names, or made.
py_metrics <- function(metrics, call = rlang::caller_env()) {
  if (is.null(metrics) || inherits(metrics, "python.builtin.object")) {
    return(metrics)
  }
  unname(lapply(as.list(metrics), py_made, arg = "metrics", call = call))
}

# A part of Keras by its name, or made.
py_made <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (inherits(x, "python.builtin.object")) {
    return(x)
  }
  py_string(x, arg, call, "the name of one in Keras, or one that was made by a call")
}
