#' Calibrate the probabilities of a classifier
#'
#' Networks are surer than they are right. Labelled clips that were not trained on tell by how much,
#' and a last layer takes it back: `predict()`, [annotate()], [Stream()], [gate()] and exported
#' files then give probabilities that come true as often as they say. Nothing else is trained; with
#' `"temperature"` the most probable label stays the same.
#'
#' @inheritParams evaluate.hearingai_classifier
#' @param classifier A classifier; it stays as it is. A calibration that it has is replaced.
#' @param clips A table of labelled clips that were not trained on, best of other speakers or
#'   recordings.
#' @param method `"temperature"` divides all logits by one number, which a few dozen clips decide;
#'   `"platt"` scales and shifts the logit of each label; `"isotonic"` takes any rising curve for
#'   each label, and that of `"platt"` for labels with fewer than 50 clips. `NULL` takes
#'   `"temperature"` where each clip has one label, else `"isotonic"`.
#' @return A new classifier. `classifier_info(classifier)$calibration` has the `method`, `n`
#'   (clips), and the expected calibration error `before` and `after`, where `after` is measured on
#'   clips that other clips calibrated, in five parts (by speaker or recording where the table names
#'   them; `NULL` where it names but one). Thresholds are left out of the classifier, since they
#'   were chosen for other probabilities: choose them again.
#' @references
#' Guo, C. et al. (2017). On calibration of modern neural networks. ICML.
#' @seealso [reliability()] measures calibration, [choose_thresholds()] chooses thresholds.
#' @family classifier
#' @concept calibration
#' @concept temperature scaling
#' @concept Platt scaling
#' @concept isotonic regression
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' calibrated <- calibrate(classifier, clips)
#' classifier_info(calibrated)$calibration$method
calibrate <- function(classifier, clips, method = NULL, batch_size = 64, device = "auto",
                      on_error = "report", partial = FALSE, progress = NULL) {
  new_classifier(py_call("calibrate", py_network(classifier), py_clips(clips),
    method = py_string(method), batch_size = py_int(batch_size), device = py_string(device),
    on_error = py_string(on_error), partial = py_flag(partial), progress = py_progress(progress)
  ))
}

#' Teach a classifier what it knows
#'
#' A network answers to any sound, also to what it never heard the like of. The embeddings of the
#' clips, see [embed()], tell where its labels lie: the distance of a sound is that to the nearest
#' label's mean, in units of how the clips of a label differ (Mahalanobis' distance, in the 64 main
#' directions). Its novelty is 1 at the distance that a share `rate` of such clips exceeds.
#' `predict(unknown = TRUE)` gives it, and takes what is beyond 1 for `unknown`.
#'
#' @inheritParams evaluate.hearingai_classifier
#' @param classifier A classifier; it stays as it is.
#' @param clips A table of labelled clips of all labels; best those that it was trained on and
#'   others.
#' @param rate Share of known sounds that may be taken for unknown.
#' @return A new classifier. `classifier_info(classifier)$novelty` has the `rate` and the
#'   `measured_rate` on clips that were not learnt from, in five parts, by speaker or recording
#'   where the table names them; the distance that counts as 1 is that of these parts.
#' @references
#' Lee, K. et al. (2018). A simple unified framework for detecting out-of-distribution samples and
#' adversarial attacks. NeurIPS.
#' @seealso [predict()][predict.hearingai_classifier]
#' @family classifier
#' @concept novelty detection
#' @concept open set recognition
#' @concept unknown sounds
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' knowing <- learn_novelty(classifier, clips, rate = 0.1)
#' predict(knowing, list(rnorm(16000)), unknown = TRUE)$.pred_class
learn_novelty <- function(classifier, clips, rate = 0.05, batch_size = 64, device = "auto",
                          on_error = "report", partial = FALSE, progress = NULL) {
  new_classifier(py_call("learn_novelty", py_network(classifier), py_clips(clips),
    rate = py_number(rate), batch_size = py_int(batch_size), device = py_string(device),
    on_error = py_string(on_error), partial = py_flag(partial), progress = py_progress(progress)
  ))
}

#' Measure whether probabilities come true as often as they say
#'
#' Of clips to which a calibrated classifier gives 0.8, eight in ten are right. Where a clip has one
#' label, the probability of the most probable one is measured; where it has several, the
#' probability of every label.
#'
#' @param evaluation What [evaluate()][evaluate.hearingai_classifier] returned.
#' @param bins Number of bins, equally wide.
#' @param by_label Measure each label by itself: its probability on every clip.
#' @return A list of class `hearingai_reliability`: `bins` (tibble with a row a bin that holds any:
#'   `label`, only with `by_label`, `low` and `high`, its probabilities, `n`, `probability`, the
#'   mean, and `frequency`, how often it came true) and `summary` (tibble of one row, or one a
#'   label: `n`, `expected_calibration_error`, the mean distance of `probability` and `frequency`,
#'   `maximum_calibration_error`, the largest, and `brier`, the mean square of the distance of
#'   probability and truth). `tidy()` gives `bins`, `glance()` `summary`; `plot()` draws it.
#' @references
#' Naeini, M. P. et al. (2015). Obtaining well calibrated probabilities using Bayesian binning.
#' AAAI.
#' @seealso [calibrate()] mends a classifier, [plot_reliability()] draws it.
#' @family evaluation
#' @concept calibration
#' @concept reliability diagram
#' @concept expected calibration error
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' reliability(evaluate(classifier, clips))
reliability <- function(evaluation, bins = 15, by_label = FALSE) {
  if (!inherits(evaluation, "hearingai_evaluation")) {
    abort_argument("evaluation", "what evaluate() returned", evaluation)
  }
  labels <- as.character(evaluation$per_class$label)
  found <- py_call("bridge.reliability", py_answers(evaluation),
    bins = py_int(bins), by_label = py_flag(by_label)
  )
  as_object(lapply(found, as_table, list(label = labels)), "hearingai_reliability")
}

#' @export
format.hearingai_reliability <- function(x, ...) {
  sprintf(
    "<expected calibration error %.4f%s>", mean(x$summary$expected_calibration_error),
    if (nrow(x$summary) > 1) sprintf(", mean of %d labels", nrow(x$summary)) else ""
  )
}

#' @rdname reliability
#' @param x What `reliability()` returned.
#' @param ... Not used.
#' @export
tidy.hearingai_reliability <- function(x, ...) {
  check_unused(...)
  x$bins
}

#' @rdname reliability
#' @export
glance.hearingai_reliability <- function(x, ...) {
  check_unused(...)
  x$summary
}

#' Draw how often probabilities come true
#'
#' A calibrated classifier is on the diagonal; below it, it is surer than it is right. The area of a
#' point shows how many probabilities lie in its bin.
#'
#' @param found What [reliability()] returned, its table `bins`, or a list of either, named or not,
#'   such as before and after [calibrate()]. Up to six curves.
#' @inheritParams plot_waveform
#' @return A ggplot2 object.
#' @family plots
#' @concept calibration
#' @concept reliability diagram
#' @export
#' @examplesIf hearingai_available() && rlang::is_installed("ggplot2")
#' bins <- data.frame(probability = c(0.3, 0.6, 0.9), frequency = c(0.2, 0.5, 0.8), n = 1:3)
#' plot_reliability(list(before = bins))
plot_reliability <- function(found, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  several <- if (is_reliability(found)) stats::setNames(list(found), "") else found
  if (!is.list(several) || !length(several) || !all(vapply(several, is_reliability, logical(1)))) {
    abort_argument("found", "what reliability() returned, or a list of such", found)
  }
  if (is.null(names(several))) names(several) <- seq_along(several)
  plain <- function(x) {
    bins <- if (is.data.frame(x)) x else x$bins
    if ("label" %in% names(bins)) bins$label <- as.character(bins$label)
    py_table(bins, c("probability", "frequency", "n"), "found")
  }
  numbers <- as_table(py_call("bridge.plots.reliability", lapply(several, plain)))
  numbers$curve <- factor(numbers$curve, unique(numbers$curve))
  looks <- rep_len(plot_colours$curves, nlevels(numbers$curve))
  ggplot2::ggplot(numbers, ggplot2::aes(.data$probability, .data$frequency, colour = .data$curve)) +
    ggplot2::geom_abline(linetype = "dotted", colour = plot_colours$faint) +
    ggplot2::geom_line(ggplot2::aes(linetype = .data$curve), linewidth = 0.6) +
    ggplot2::geom_point(ggplot2::aes(size = .data$area)) +
    ggplot2::scale_size_area(max_size = 6, guide = "none") +
    ggplot2::scale_colour_manual(values = looks) +
    ggplot2::coord_equal(xlim = c(0, 1), ylim = c(0, 1)) +
    ggplot2::labs(
      x = "probability", y = "came true", colour = NULL, linetype = NULL, title = title
    ) +
    plot_theme() +
    (if (nlevels(numbers$curve) == 1) ggplot2::theme(legend.position = "none"))
}

is_reliability <- function(x) inherits(x, "hearingai_reliability") || is.data.frame(x)
