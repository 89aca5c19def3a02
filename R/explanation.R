#' Explain a prediction: which part of a recording speaks for a label
#'
#' `"integrated_gradients"` distributes the difference between the label's score and that of silence
#' over the cells of the network's input image: the relevances sum to it, except for the error of
#' the numerical integration; a warning reports an error of a tenth or more. The score is the
#' log-odds of the label, so that cells that speak for another label count against it. It works with
#' every network.
#'
#' `"gradcam"` multiplies the maps of a convolutional network's last convolution, relative to those
#' of silence, by the gradient of the score at each place. It is coarse, shows only what speaks for
#' the label, and has no unit.
#'
#' `"occlusion"` takes parts of the sound away, one after the other: 24 stretches of time in each of
#' 8 bands of frequencies. Relevance is by how much the score falls without a part. It needs no
#' gradients, so it works with every classifier of sound: with a body, exported, an ensemble.
#'
#' @param x A classifier, also an exported one or an ensemble; for the methods of an explanation,
#'   what `explain()` returned.
#' @param recording One recording: a path, a data frame of one row with a column `fname` (and
#'   `start` and `end`, in seconds, for a part), or a waveform in -1...1: a vector, a matrix of
#'   channels by samples, or an object of another package, see [as_sound()].
#' @param label The label to explain; `NULL` takes the most probable.
#' @param method `"integrated_gradients"`, `"gradcam"` or `"occlusion"`; `NULL` takes the first, or
#'   `"occlusion"` where there are no gradients.
#' @param steps Steps of the integration from silence to the recording; more are more exact.
#' @param layer For `"gradcam"`, name of the layer of the network whose maps are used; `NULL`
#'   takes the last convolution.
#' @param sample_rate Rate of a waveform, Hz; `NULL` means the classifier's own. Files know theirs.
#' @param partial Read what is there of recordings that are truncated or damaged; a warning names
#'   them, and says how much is there. Otherwise they cannot be read.
#' @param device `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one.
#' @param progress Show a progress bar; `NULL` shows one in an interactive session.
#' @param ... Not used; for `plot()`, passed on to [plot_explanation()].
#' @return A list of class `hearingai_explanation`: `fname`, `label` (of the type of `.pred_class`
#'   in [predict()][predict.hearingai_classifier]), `probability`, `method`, `score` (log-odds of
#'   the label), `baseline` (the same of silence), `image` (an array frames × bins × channels, or a
#'   matrix of embeddings), `relevance` (a matrix frames × bins, negative where a cell spoke against
#'   the label), `times` (of the frames, seconds), `frequencies` (of the bins, Hz; `NULL` where bins
#'   are no frequencies). `tidy()` gives one row per cell: `time`, `bin`, `frequency`, `value` (of
#'   the image's first channel) and `relevance`.
#' @references Sundararajan, M. and others (2017). Axiomatic attribution for deep networks. ICML.
#'   Selvaraju, R. and others (2017). Grad-CAM: visual explanations from deep networks via
#'   gradient-based localization. ICCV. Draelos, R. and Carin, L. (2020). Use HiResCAM instead of
#'   Grad-CAM for faithful explanations of convolutional neural networks. arXiv:2011.08891. Zeiler,
#'   M. and Fergus, R. (2014). Visualizing and understanding convolutional networks. ECCV.
#' @family transfer
#' @concept saliency map
#' @concept Grad-CAM
#' @concept integrated gradients
#' @concept interpretability
#' @name explain.hearingai_classifier
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 10, seed = 1)
#' classifier <- fit("speech-commands-small", clips, epochs = 1, seed = 1)
#' found <- explain(classifier, clips[1, ], steps = 16)
#' found
#' tidy(found)
NULL

#' @rdname explain.hearingai_classifier
#' @usage NULL
#' @export
explain <- function(x, ...) {
  if (is_ours(x)) UseMethod("explain")
  generic_for("explain", x, c("generics", "dplyr"))(x, ...)
}

#' @rdname explain.hearingai_classifier
#' @export
explain.hearingai_classifier <- function(x, recording, label = NULL, method = NULL,
                                         steps = 64, layer = NULL, sample_rate = NULL,
                                         partial = FALSE, device = "auto", progress = NULL, ...) {
  check_unused(...)
  answer <- py_call("bridge.explain", py_classifier(x), py_one_recording(recording),
    label = py_class(label), method = py_string(method), steps = py_int(steps),
    layer = py_string(layer), sample_rate = py_int(sample_rate), partial = py_flag(partial),
    device = py_string(device), progress = py_progress(progress)
  )
  fields <- c(
    "fname", "label", "probability", "method", "score", "baseline", "image", "relevance", "times",
    "frequencies", "frontend", "note"
  )
  value <- lapply(rlang::set_names(fields), function(name) answer[[name]])
  for (name in c("times", "frequencies")) {
    if (!is.null(value[[name]])) value[[name]] <- as.vector(value[[name]])
  }
  if (!is.null(value$fname)) value$fname <- r_text(value$fname)
  value$label <- classes_again(as.character(value$label), x$labels, classes_of(x))
  as_object(value, "hearingai_explanation")
}

#' @export
explain.hearingai_exported <- explain.hearingai_classifier

#' @export
explain.hearingai_ensemble <- explain.hearingai_classifier

#' @export
format.hearingai_explanation <- function(x, ...) {
  sprintf(
    "<explanation of %s, probability %.3f, by %s: %d frames x %d bins>",
    as.character(x$label), x$probability,
    x$method, nrow(x$relevance), ncol(x$relevance)
  )
}

#' @rdname explain.hearingai_classifier
#' @export
glance.hearingai_explanation <- function(x, ...) {
  check_unused(...)
  tibble::tibble(
    fname = or_na(x$fname, NA_character_), label = x$label, probability = x$probability,
    method = x$method, score = x$score, baseline = x$baseline
  )
}

#' @rdname explain.hearingai_classifier
#' @export
tidy.hearingai_explanation <- function(x, ...) {
  check_unused(...)
  frames <- nrow(x$relevance)
  bins <- ncol(x$relevance)
  first <- x$image[seq_len(frames * bins)] # of several channels, the first lies in front
  frequency <- if (is.null(x$frequencies)) rep(NA_real_, bins) else x$frequencies
  tibble::tibble(
    time = rep(x$times, bins), bin = rep(seq_len(bins), each = frames),
    frequency = rep(frequency, each = frames), value = first, relevance = as.vector(x$relevance)
  )
}

#' Draw an explanation: which part of a recording speaks for a label
#'
#' The network's input image is grey, the louder the darker. Orange cells speak for the label, blue
#' ones against it. The relevances are blurred by a frame and a bin and a half, since those of
#' single cells are noisy, and shown as shares of the strongest.
#'
#' @param explanation What [explain()][explain.hearingai_classifier] returned.
#' @param title Text above the plot; `NULL` tells label, probability and method.
#' @return A ggplot2 object.
#' @family plots
#' @concept saliency map
#' @export
#' @examplesIf hearingai_available() && rlang::is_installed("ggplot2")
#' clips <- spoken_words(c("no", "yes"), n = 10, seed = 1)
#' classifier <- fit("speech-commands-small", clips, epochs = 1, seed = 1)
#' plot_explanation(explain(classifier, clips[1, ], steps = 16))
plot_explanation <- function(explanation, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  drawn <- py_call("bridge.plots.explanation", py_explanation(explanation))
  ticks <- as_table(drawn$ticks)
  legend <- ggplot2::guide_colourbar(barwidth = ggplot2::unit(12, "lines"))
  ggplot2::ggplot(as_table(drawn$cells), ggplot2::aes(.data$time, .data$place)) +
    ggplot2::annotation_raster(drawn$grey, drawn$start, drawn$end, drawn$low, drawn$high) +
    ggplot2::geom_raster(ggplot2::aes(fill = .data$relevance, alpha = .data$alpha)) +
    ggplot2::scale_alpha_identity(guide = "none") +
    ggplot2::scale_fill_gradient2(
      low = plot_colours$training, high = plot_colours$validation, limits = c(-1, 1),
      guide = legend
    ) +
    ggplot2::scale_y_continuous(breaks = ticks$place, labels = ticks$label, expand = c(0, 0)) +
    ggplot2::scale_x_continuous(expand = c(0, 0)) +
    ggplot2::labs(
      x = "time (s)", y = drawn$axis, fill = "relevance, share of the strongest",
      title = if (is.null(title)) drawn$title else title
    ) +
    plot_theme() +
    ggplot2::theme(
      panel.grid.major = ggplot2::element_blank(),
      axis.ticks = ggplot2::element_line(colour = plot_colours$faint),
      legend.title = ggplot2::element_text(vjust = 0.9)
    )
}

#' @rdname explain.hearingai_classifier
#' @export
plot.hearingai_explanation <- function(x, ...) {
  plot_explanation(x, ...)
}
