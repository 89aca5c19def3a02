#' Draw a classifier's training, or an evaluation's confusion
#'
#' @param x A classifier, or what [evaluate()][evaluate.hearingai_classifier] returned.
#' @param ... Passed on to [plot_history()] or [plot_confusion()].
#' @return A ggplot2 object.
#' @family plots
#' @name plot
#' @examplesIf hearingai_available() && rlang::is_installed("ggplot2")
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' classifier <- fit("speech-commands-small", clips, epochs = 2, seed = 1)
#' plot(classifier)
#' plot(evaluate(classifier, clips[clips$split == "test", ]))
NULL

#' @rdname plot
#' @export
plot.hearingai_classifier <- function(x, ...) {
  history <- training_history(x)
  if (!nrow(history)) {
    cli::cli_abort("{.arg x} is untrained: it has no history to draw.", class = "hearingai_error")
  }
  plot_history(history, ...)
}

#' @rdname plot
#' @export
plot.hearingai_evaluation <- function(x, ...) {
  plot_confusion(x$confusion, ...)
}
