#' Use with tidymodels
#'
#' Recordings are not columns of numbers, so hearingai trains, splits and tunes with its own
#' functions. Their inputs and results are tibbles that the packages of tidymodels can use.
#'
#' **yardstick.** `augment(classifier, clips)` has the truth and the prediction as factors with
#' equal levels, and a column `.pred_<label>` for each level, in their order: all that `accuracy()`,
#' `conf_mat()`, `roc_auc()` and the others need (of a label `class` it is `.pred_class_`, since
#' `.pred_class` is the prediction). yardstick takes the first level as the event; for `"other"` and
#' `"speech"` set `event_level = "second"`.
#'
#' **rsample.** [cross_validate()] takes resamples as `folds`; `group_vfold_cv(clips, speaker)`
#' keeps speakers apart. Of `initial_split()` and `group_initial_split()`, `training()` goes to
#' [fit()][fit.hearingai_classifier] and `testing()` to
#' [evaluate()][evaluate.hearingai_classifier]; drop a column `split` that the table has, since
#' `fit()` goes by it.
#'
#' **broom.** [tidy()][tidy.hearingai_classifier], [glance()][tidy.hearingai_classifier] and
#' [augment()][tidy.hearingai_classifier] have methods for classifiers and results;
#' `predict(type = "class")` and `predict(type = "prob")` return the same columns as parsnip's
#' models.
#'
#' **Saving.** [saveRDS()] saves a classifier, and parallel workers can use it: the package bundle
#' is not needed.
#'
#' **No parsnip engine.** parsnip passes the values of the predictors to an engine, and recipes,
#' workflows and tune prepare and resample these values. Here the predictor is the name of a file. A
#' formula would turn it into indicator columns, one for each file; no step of `recipes` can
#' process the sound, whose preparation is part of the classifier; and refitting by `tune_grid()`
#' would decode every recording again for each candidate. [cross_validate()] and [tune()] do what
#' `fit_resamples()` and `tune_grid()` do, decode once, keep speakers apart and can be resumed.
#'
#' @name tidymodels
#' @family experiments
#' @examplesIf hearingai_available() && rlang::is_installed("rsample")
#' clips <- spoken_words(c("no", "yes"), n = 10, seed = 1)
#' linear <- network(c(98, 257, 1)) |> # trains in no time
#'   layer("Flatten") |>
#'   layer("Dense", 2, activation = "softmax")
#' recipe <- get_recipe("speech-commands-small", network = linear)
#' folds <- rsample::group_vfold_cv(clips, speaker, v = 2)
#' result <- cross_validate(recipe, clips, folds, epochs = 1, seed = 1)
#' result$predictions
NULL

# The rows that each resample keeps to assess on.
assessment_rows <- function(folds, clips, call = rlang::caller_env()) {
  rlang::check_installed("rsample", "to take its resamples as `folds`.", call = call)
  same <- vapply(folds$splits, function(split) {
    nrow(split$data) == nrow(clips) && identical(split$data$fname, clips$fname)
  }, logical(1))
  if (!all(same)) {
    abort_argument("folds", "resamples of `clips`, its rows in their order", call = call)
  }
  rows <- lapply(folds$splits, as.integer, data = "assessment")
  if (anyDuplicated(unlist(rows))) {
    cli::cli_abort(
      c(
        "{.arg folds} must have disjoint assessment sets.",
        x = "Those of {.cls {class(folds)[[1]]}} overlap.",
        i = "{.fn group_vfold_cv} and {.fn vfold_cv} without repeats give such; {.arg repeats} of
             {.fn cross_validate} repeats a number of folds."
      ),
      class = "hearingai_error", call = call
    )
  }
  rows
}
