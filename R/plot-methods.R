#' Draw a training, an evaluation, a cross-validation, detected events or the output of a gate
#'
#' @param x A classifier, or what [evaluate()][evaluate.hearingai_classifier], [cross_validate()],
#'   [detection_metrics()], [reliability()], [gate()], [detection_history()], [activity_pattern()]
#'   or [estimate_density()] returned.
#' @param ... Passed on to [plot_history()], [plot_confusion()], [plot_folds()], [plot_det()],
#'   [plot_reliability()], [plot_gate()], [plot_detection_history()], [plot_activity()] or
#'   [plot_density()].
#' @return A ggplot2 object.
#' @seealso [plot_tuning()] draws what [tune()] returned.
#' @family plots
#' @name plot
#' @examplesIf hearingai_available() && rlang::is_installed("ggplot2")
#' clips <- spoken_words(c("no", "yes"), n = 10, seed = 1)
#' classifier <- fit("speech-commands-small", clips, epochs = 1, seed = 1)
#' plot(classifier)
#' plot(evaluate(classifier, clips[clips$split == "test", ]))
NULL

#' @rdname plot
#' @export
plot.hearingai_classifier <- function(x, ...) {
  plot_history(x, ...)
}

#' @rdname plot
#' @export
plot.hearingai_evaluation <- function(x, ...) {
  plot_confusion(x$confusion, ...)
}

#' @rdname plot
#' @export
plot.hearingai_cv <- function(x, ...) {
  plot_folds(x, ...)
}

#' @rdname plot
#' @export
plot.hearingai_detection <- function(x, ...) {
  plot_det(x, ...)
}

#' @rdname plot
#' @export
plot.hearingai_reliability <- function(x, ...) {
  plot_reliability(x, ...)
}

#' @rdname plot
#' @export
plot.hearingai_gated <- function(x, ...) {
  plot_gate(x, ...)
}

#' @rdname plot
#' @export
plot.hearingai_density <- function(x, ...) {
  plot_density(x, ...)
}
