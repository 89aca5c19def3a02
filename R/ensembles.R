#' Ask several classifiers together
#'
#' The weighted mean of their probabilities is right more often than each alone, most of all where
#' they err differently, as a small network and a head on a pretrained body do. [predict()],
#' [evaluate()], [embed()], [augment()], [annotate()], [Stream()], [listen()] and [gate()] take the result like a classifier. Save and load its members.
#'
#' @param classifiers A list of at least two classifiers, also exported ones, of the same labels in
#'   any order, which take clips of the same rate, length and channels.
#' @param weights How much each counts, numbers above 0; `NULL` counts all alike. Choose them on
#'   clips that neither taught nor test.
#' @inheritParams predict.hearingai_classifier
#' @param object,x An ensemble.
#' @return An object of class `hearingai_ensemble`, with its `labels`, in the order of the first
#'   classifier's.
#' @family classifier
#' @export
#' @examplesIf hearingai_available()
#' a <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' b <- create_classifier("speech-commands-small", c("no", "yes"), seed = 2)
#' both <- ensemble(list(a, b), weights = c(2, 1))
#' both
#' predict(both, two_tone())
ensemble <- function(classifiers, weights = NULL) {
  if (is.object(classifiers)) { # one classifier, which is a list too
    abort_argument("classifiers", "a list of at least two classifiers", classifiers)
  }
  py <- make_ensemble(classifiers, weights)
  new_object("hearingai_ensemble",
    handle = new_handle(py, "make_ensemble", classifiers, weights),
    labels = as.character(unlist(py$labels))
  )
}

make_ensemble <- function(classifiers, weights, call = rlang::caller_env()) {
  members <- unname(lapply(as.list(classifiers), py_classifier, call = call))
  py_call("ensemble", members, weights = py_numbers(weights), .call = call)
}

#' @export
format.hearingai_ensemble <- function(x, ...) {
  kinds <- vapply(x$py$classifiers, function(py) if (is.null(py$recipe)) "?" else py$recipe, "")
  c(
    sprintf("<ensemble of %d classifiers: %d labels>", length(kinds), length(x$labels)),
    paste0("  labels      ", labels_state(x$labels)),
    paste0("  clip        ", clip_state(x)),
    paste0("  members     ", paste(kinds, collapse = ", "))
  )
}
