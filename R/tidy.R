#' A classifier as tibbles
#'
#' `tidy()` returns the training history, `glance()` one row of facts, `augment()` the data with
#' predictions.
#'
#' @param x A classifier; for `augment()` an exported one too, see [load_exported()].
#' @param data A data frame with a column `fname`.
#' @param ... Passed on to [predict()][predict.hearingai_classifier]; not used otherwise.
#' @return `tidy()` returns [training_history()], one row per epoch. `glance()` returns one row:
#'   `recipe`, `n_labels`, `parameters`, `epochs`, `seed`, `n_train`, `n_validation`, `loss`,
#'   `accuracy`, `val_loss` and `val_accuracy` (of the last epoch, or of the best where training
#'   stopped early) and `fingerprint`; `NA` is what
#'   does not apply. `augment()` returns `data` as a tibble with the columns `.pred_class`,
#'   `.pred_<label>` and `.error` added, or replaced where they were there. Where the classifier
#'   knows every class of a column `class`, that becomes a factor with the classifier's labels as
#'   levels, as `.pred_class` is one, so that both can be compared.
#' @family classifier
#' @name tidy.hearingai_classifier
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' classifier <- fit("speech-commands-small", clips, epochs = 1, seed = 1)
#' tidy(classifier)
#' glance(classifier)
#' augment(classifier, clips[clips$split == "test", ])
NULL

#' @rdname tidy.hearingai_classifier
#' @export
tidy.hearingai_classifier <- function(x, ...) {
  check_unused(...)
  training_history(x)
}

#' @rdname tidy.hearingai_classifier
#' @export
glance.hearingai_classifier <- function(x, ...) {
  check_unused(...)
  facts <- classifier_info(x)
  last <- facts$metrics
  tibble::tibble(
    recipe = or_na(facts$recipe, NA_character_),
    n_labels = length(facts$labels),
    parameters = facts$parameters,
    epochs = facts$epochs,
    seed = or_na(facts$seed, NA_integer_),
    n_train = or_na(facts$n_train, NA_integer_),
    n_validation = or_na(facts$n_validation, NA_integer_),
    loss = or_na(last$loss),
    accuracy = or_na(last$accuracy),
    val_loss = or_na(last$val_loss),
    val_accuracy = or_na(last$val_accuracy),
    val_map = last$val_map,
    fingerprint = facts$fingerprint
  )
}

#' @rdname tidy.hearingai_classifier
#' @export
augment.hearingai_classifier <- function(x, data, ...) {
  if (!is.data.frame(data)) {
    abort_argument("data", "a data frame", data)
  }
  predictions <- predict(x, data, ...)
  data <- tibble::as_tibble(data)
  added <- setdiff(names(predictions), c("fname", "class", "labels"))
  data[added] <- predictions[added]
  class <- data[["class"]]
  predicted <- data[[".pred_class"]]
  if (is_label(class) && is.factor(predicted) && all(class %in% x$labels)) {
    data$class <- factor(class, levels = levels(predicted))
  }
  data
}

is_label <- function(x) is.character(x) || is.factor(x)

#' @rdname tidy.hearingai_classifier
#' @export
augment.hearingai_exported <- augment.hearingai_classifier

#' @rdname tidy.hearingai_classifier
#' @export
augment.hearingai_ensemble <- augment.hearingai_classifier

or_na <- function(value, otherwise = NA_real_) if (is.null(value)) otherwise else value
