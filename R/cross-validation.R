#' Cross-validate a recipe
#'
#' Trains a recipe once for each fold, on the other folds, and evaluates it on that fold, so that
#' every clip is predicted by a classifier that was not trained on its fold.
#'
#' Callbacks are called in the trainings of all folds, which each begin at epoch 0 with another
#' classifier; with `parallel` folds no callbacks can be used.
#'
#' Esc or Ctrl-C interrupts it; with a `path`, the next call resumes with the missing folds.
#'
#' @param recipe Name of a recipe, or a recipe ([get_recipe()]).
#' @param clips A table of clips.
#' @param folds What the folds are: the name of a column (each of its values is a fold); a number of
#'   folds, assigned by speaker or source where the table names them, else clip by clip with the
#'   classes balanced; a list with the rows (from 1) of each fold; or resamples of rsample whose
#'   assessment sets are disjoint, such as `group_vfold_cv(clips, speaker)`. `NULL` takes the
#'   column `fold`, else `speaker`, else 5 folds. A warning tells where a list or resamples put
#'   clips of one speaker or source on both sides.
#' @param validation What each training validates on: `"fold"`, the fold before the test fold; a
#'   share of the training clips; `FALSE` for nothing. `NULL` takes `"fold"` for recipes that stop
#'   early or lower their rate on a plateau, else `FALSE`.
#' @param repeats How often to repeat it with newly assigned folds, for a number of folds.
#' @param path A folder to save every finished fold in; called again with the same arguments, an
#'   interrupted run trains the missing folds only. `NULL` saves nothing.
#' @param keep Save each fold's classifier to `path` too.
#' @param parallel Folds trained at once, each in a separate process.
#' @param seed A whole number that seeds all random choices; `NULL` takes the seed stored in `path`,
#'   else draws one from R's random numbers, so that [set.seed()] makes it reproducible.
#' @param store A folder to store the decoded clips in, see [prepare()]; `NULL` stores those of more
#'   than 64 MiB in the user's cache and decodes smaller corpora in memory; `FALSE` stores none.
#'   Stored clips are decoded once for the trainings of all folds.
#' @param engine Who trains: `"processes"` of this machine; or `"ray"`, workers on a cluster of Ray,
#'   or without one of this machine (needs the Python package ray). Its machines must see the
#'   recordings by the paths they have here, and have the same hearingai.
#' @inheritParams fit.hearingai_classifier
#' @inheritParams annotate
#' @inheritDotParams fit.hearingai_classifier epochs:patience precision device on_error partial
#'   callbacks
#' @return A list of class `hearingai_cv`: `folds` (a tibble with one row per fold: `fold`,
#'   `n_train`, `n_test`, `epochs`, `loss`, the metrics of
#'   [evaluate()][evaluate.hearingai_classifier], `seconds`, `fingerprint`), `summary` (tibble
#'   `metric`, `mean`, `sd`, `low`, `high`, over the `n` folds that have the metric: it may be
#'   missing where a fold lacks a class), `confusion` (pooled over the folds), `predictions` (one
#'   row per clip: `row` in `clips`, `fold` and what [predict()][predict.hearingai_classifier]
#'   returns, with the true `class`) and `settings`. `tidy()` gives `folds`; `glance()` one row:
#'   `recipe`, `n_folds`, `seed` and of every metric mean (`accuracy`) and standard deviation over
#'   the folds (`accuracy_sd`).
#' @family experiments
#' @concept cross-validation
#' @concept k-fold
#' @concept resampling
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 10, seed = 1)
#' linear <- network(c(98, 257, 1)) |> # trains in no time
#'   layer("Flatten") |>
#'   layer("Dense", 2, activation = "softmax")
#' recipe <- get_recipe("speech-commands-small", network = linear)
#' result <- cross_validate(recipe, clips, folds = 2, epochs = 1, seed = 1)
#' result
#' tidy(result)
cross_validate <- function(recipe, clips, folds = NULL, validation = NULL, repeats = 1,
                           path = NULL, keep = FALSE, parallel = 1, seed = NULL,
                           deterministic = FALSE, store = NULL, progress = NULL, body = NULL,
                           duration = NULL, engine = "processes", address = NULL,
                           gpus_per_worker = 0, ...) {
  settings <- py_named(list(...), fit_settings(), "cross_validate")
  bar <- py_progress(progress)
  table <- py_table(clips)
  answer <- hold_interrupts(py_call("bridge.cross_validate", py_recipe(recipe), table,
    folds = py_folds(folds, clips), validation = py_fold_validation(validation),
    repeats = py_int(repeats), path = py_path(path), keep = py_flag(keep),
    parallel = py_int(parallel), seed = py_seed_at(seed, path),
    deterministic = py_flag(deterministic), store = py_store(store), progress = listening(bar),
    body = py_body(body), duration = py_number(duration),
    !!!py_engine(engine, address, gpus_per_worker), !!!settings
  ))
  new_cv(answer)
}

new_cv <- function(value) {
  known <- unique(as_table(value$confusion)$truth)
  confusion <- as_table(value$confusion, list(truth = known, predicted = known))
  predictions <- as_table(value$predictions)
  labels <- sub("^prob_", "", grep("^prob_", names(predictions), value = TRUE))
  predictions <- tibble::add_column(r_predictions(predictions, labels),
    row = as.integer(predictions$row) + 1L, fold = as.character(predictions$fold), .before = 1
  )
  new_object("hearingai_cv",
    folds = as_table(value$folds), summary = as_table(value$summary),
    confusion = as_confusion(confusion, ".pred_labels" %in% names(predictions)),
    predictions = predictions, settings = value$settings
  )
}

#' @export
format.hearingai_cv <- function(x, ...) {
  first <- intersect(c("map_macro", "accuracy"), x$summary$metric)[[1]]
  told <- x$summary[x$summary$metric == first, ]
  sprintf(
    "<cross-validation of %s: %s %.4f %s %.4f over %d folds>", x$settings$recipe,
    if (first == "map_macro") "mAP" else first, told$mean,
    if (cli::is_utf8_output()) "\u00b1" else "+-", told$sd, nrow(x$folds)
  )
}

#' @rdname cross_validate
#' @param x What `cross_validate()` returned.
#' @export
tidy.hearingai_cv <- function(x, ...) {
  check_unused(...)
  x$folds
}

#' @rdname cross_validate
#' @export
glance.hearingai_cv <- function(x, ...) {
  check_unused(...)
  names <- c(rbind(x$summary$metric, paste0(x$summary$metric, "_sd")))
  values <- as.list(c(rbind(x$summary$mean, x$summary$sd)))
  tibble::tibble(
    recipe = x$settings$recipe, n_folds = nrow(x$folds), seed = x$settings$seed,
    !!!stats::setNames(values, names)
  )
}
