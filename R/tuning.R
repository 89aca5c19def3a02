#' Tune a recipe
#'
#' Trains a recipe with many settings and compares them on the same validation clips. With vectors
#' alone every combination is trained (a grid); with ranges, or fewer trials than combinations,
#' Optuna's sampler chooses what to try next. Needs the Python package optuna.
#'
#' A marker function of tidymodels has the name `tune()` too; of two attached packages the later one
#' comes first, and `hearingai::tune()` is always this one.
#'
#' Callbacks are called in every trial, which each begins at epoch 0 with another classifier.
#'
#' Esc or Ctrl-C interrupts it; with a `path`, the next call resumes.
#'
#' @param recipe Name of a recipe, or a recipe ([get_recipe()]).
#' @param clips A table of clips.
#' @param space A named list of settings, each a vector of values or a range
#'   `list(low = , high = , log = , step = )`. Where `low`, `high` and `step` are whole, whole
#'   numbers are drawn, except of the optimizer's settings. A setting is an attribute of the recipe
#'   (`batch_size`, `optimizer`, `network`, ...), the optimizer's `learning_rate`, `clipnorm`,
#'   `weight_decay` or `momentum`, or an argument of the network (`hidden`, `dropout`, ...); of
#'   several networks, one that all of them have.
#' @param n_trials Number of trainings; `NULL` takes every combination of a grid, and 20 of ranges.
#'   A grid has at most its combinations, each tried once.
#' @param metric The metric that the table is sorted by, the best first: one of
#'   [evaluate()][evaluate.hearingai_classifier], or `"loss"`.
#' @param validation Which clips to compare on: a table; a share of the clips between 0 and 1;
#'   `NULL` as for [fit()][fit.hearingai_classifier].
#' @param epochs Passes over the training clips; `NULL` takes the recipe's.
#' @param path A file to save every finished trial in; called again with the same arguments, an
#'   interrupted run resumes. `NULL` saves nothing.
#' @param seed A whole number that seeds weights, split, order and the sampler; `NULL` takes the
#'   seed stored in `path`, else draws one from R's random numbers, so that [set.seed()] makes it
#'   reproducible.
#' @param parallel Trials trained at once, on Ray. Those of a grid have the same results in whatever
#'   order; with ranges, the sampler chooses so many trials before it learns from them.
#' @param engine Who trains: `"processes"` is the session's own; `"ray"` are workers on a cluster of
#'   Ray, or without one of this machine (needs the Python package ray). Its machines must see the
#'   recordings by the paths they have here, and have the same hearingai.
#' @inheritParams fit.hearingai_classifier
#' @inheritParams annotate
#' @return A tibble with one row per trial, the best first: `trial`, the settings, the metrics of
#'   [evaluate()][evaluate.hearingai_classifier] on the validation clips, `loss`, `parameters`,
#'   `epochs` (those trained, unless `epochs` is a setting) and `seconds`.
#' @family experiments
#' @concept hyperparameters
#' @concept grid search
#' @export
#' @examplesIf hearingai_available() && reticulate::py_module_available("optuna")
#' clips <- spoken_words(c("no", "yes"), n = 8, seed = 1)
#' linear <- network(c(98, 257, 1)) |> # trains in no time
#'   layer("Flatten") |>
#'   layer("Dense", 2, activation = "softmax")
#' recipe <- get_recipe("speech-commands-small", network = linear)
#' tune(recipe, clips, list(batch_size = c(8, 32)), epochs = 1, seed = 1)
tune <- function(recipe, clips, space, n_trials = NULL, metric = "accuracy", validation = NULL,
                 background = NULL, epochs = NULL, path = NULL, seed = NULL,
                 deterministic = FALSE, precision = "auto", device = "auto", store = NULL,
                 partial = FALSE, progress = NULL, callbacks = NULL,
                 body = NULL, duration = NULL, parallel = 1, engine = "processes", address = NULL,
                 gpus_per_worker = 0) {
  bar <- py_progress(progress)
  answer <- hold_interrupts(py_call("tune", py_recipe(recipe), py_table(clips),
    space = py_space(space), n_trials = py_int(n_trials), metric = py_string(metric),
    validation = py_validation(validation), background = py_background(background),
    epochs = py_int(epochs), path = py_path(path), seed = py_seed_at(seed, path),
    deterministic = py_flag(deterministic), precision = py_string(precision),
    device = py_string(device), store = py_store(store),
    partial = py_flag(partial), progress = listening(bar), callbacks = py_callbacks(callbacks),
    body = py_body(body), duration = py_number(duration), parallel = py_int(parallel),
    !!!py_engine(engine, address, gpus_per_worker)
  ))
  as_kind(as_table(answer), "hearingai_tuning")
}
