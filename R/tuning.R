#' Tune a recipe
#'
#' Trains a recipe with many settings and compares them on the same validation clips. With vectors
#' alone every combination is trained (a grid); with ranges, or fewer trials than combinations,
#' Optuna's sampler chooses what to try next. Needs the Python package optuna.
#'
#' A marker function of tidymodels has the name `tune()` too; of two attached packages the later one
#' comes first, and `hearingai::tune()` is always this one.
#'
#' Interrupted (Esc or Ctrl-C), it ends; with a `path`, called again it goes on where it was.
#'
#' @param recipe Name of a recipe, or a recipe ([get_recipe()]).
#' @param clips A table of clips.
#' @param space A named list of settings, each a vector of values or a range
#'   `list(low = , high = , log = , step = )`. Where `low`, `high` and `step` are whole, whole
#'   numbers are drawn, except of the optimizer's settings. A setting is an attribute of the recipe
#'   (`batch_size`, `optimizer`, `network`, ...), the optimizer's `learning_rate`, `clipnorm`,
#'   `weight_decay` or `momentum`, or an argument of the network (`hidden`, `dropout`, ...); of
#'   several networks, one that all of them have.
#' @param n_trials Trainings in all; `NULL` takes every combination of a grid, and 20 of ranges.
#'   A grid has no more than its combinations, and each of them in the end.
#' @param metric What the table is sorted by, the best first: a metric of
#'   [evaluate()][evaluate.hearingai_classifier], or `"loss"`.
#' @param validation Which clips to compare on: a table; a share of the clips between 0 and 1;
#'   `NULL` as for [fit()][fit.hearingai_classifier].
#' @param epochs Passes over the training clips; `NULL` takes the recipe's.
#' @param path A file to keep every finished trial in; called again with the same arguments after a
#'   break, it goes on where it was. `NULL` keeps nothing.
#' @param seed A whole number that decides weights, split, order and the sampler; `NULL` takes that
#'   of what `path` holds already, else draws one from R's random numbers, so that [set.seed()]
#'   decides it.
#' @param deterministic,precision,device,store,progress See [fit()][fit.hearingai_classifier].
#' @return A tibble with one row per trial, the best first: `trial`, the settings, the metrics of
#'   [evaluate()][evaluate.hearingai_classifier] on the validation clips, `loss`, `parameters`,
#'   `epochs` (those trained, unless `epochs` is a setting) and `seconds`.
#' @family experiments
#' @export
#' @examplesIf hearingai_available() && reticulate::py_module_available("optuna")
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' tune("speech-commands-small", clips, list(batch_size = c(8, 32)), epochs = 1, seed = 1)
tune <- function(recipe, clips, space, n_trials = NULL, metric = "accuracy", validation = NULL,
                 epochs = NULL, path = NULL, seed = NULL, deterministic = FALSE,
                 precision = "auto", device = "auto", store = NULL, progress = NULL) {
  bar <- py_progress(progress)
  answer <- hold_interrupts(py_call("tune", py_recipe(recipe), py_table(clips), py_space(space),
    n_trials = py_int(n_trials), metric = py_string(metric),
    validation = py_validation(validation), epochs = py_int(epochs), path = py_path(path),
    seed = py_seed_at(seed, path), deterministic = py_flag(deterministic),
    precision = py_string(precision), device = py_string(device), store = py_store(store),
    progress = listening(bar)
  ))
  as_kind(as_table(answer), "hearingai_tuning")
}

# Settings that are never whole numbers alone.
fractions <- c("learning_rate", "clipnorm", "weight_decay", "momentum")

py_space <- function(space, call = rlang::caller_env()) {
  if (!is.list(space) || !length(space) || !rlang::is_named(space)) {
    wanted <- "a named list of vectors or ranges, such as list(batch_size = c(8, 32))"
    abort_argument("space", wanted, space, call)
  }
  Map(function(values, name) {
    arg <- paste0("space$", name)
    if (is.list(values) && rlang::is_named(values)) {
      py_bounds(values, name %in% fractions, arg, call)
    } else if (name == "augment" && is.list(values)) {
      lapply(values, py_augment, arg, call)
    } else {
      py_values(values, name %in% fractions, arg, call)
    }
  }, space, names(space))
}

py_bounds <- function(values, exact, arg, call) {
  numbers <- values[setdiff(names(values), "log")]
  for (name in names(numbers)) py_number(values[[name]], paste0(arg, "$", name), call)
  py_flag(values$log, paste0(arg, "$log"), call)
  all_whole <- all(vapply(numbers, rlang::is_integerish, logical(1)))
  convert <- if (all_whole && !exact) whole else as.numeric
  values[names(numbers)] <- lapply(numbers, convert)
  values
}

py_values <- function(values, exact, arg, call) {
  if (is.factor(values)) values <- as.character(values)
  if (is.list(values)) values <- unlist(values)
  if (!is.atomic(values) || !length(values)) {
    abort_argument(arg, "a vector of values, or list(low = , high = )", values, call)
  }
  refuse_na(values, arg, call)
  as.list(unname(if (exact) as.numeric(values) else whole(values)))
}
