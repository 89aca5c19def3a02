#' Draw a DET curve
#'
#' The DET curve is the miss rate against the false accepts an hour, on a logarithmic axis. A
#' perfect detector is in the lower left corner. Points without false accepts are at the 0 on the
#' left; a chosen threshold is marked, and so are the operating points.
#'
#' @param metrics What [detection_metrics()] returned, its table `curve`, or a list of either, named
#'   or not.
#' @inheritParams plot_waveform
#' @return A ggplot2 object.
#' @seealso [detection_metrics()]
#' @family plots
#' @concept detection error tradeoff
#' @concept false alarms
#' @export
#' @examplesIf hearingai_available() && rlang::is_installed("ggplot2")
#' truth <- data.frame(fname = "a.wav", start = c(1, 5), end = c(1.5, 5.5), label = "go")
#' events <- data.frame(
#'   fname = "a.wav", start = c(1.1, 8), end = c(1.6, 8.5), label = "go", score = c(0.9, 0.4)
#' )
#' plot_det(detection_metrics(events, truth, duration = 600))
plot_det <- function(metrics, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  several <- det_list(metrics)
  numbers <- py_call("bridge.plots.det",
    as.list(names(several)), unname(lapply(several, `[[`, "curve")),
    summaries = unname(lapply(several, `[[`, "summary")),
    points = unname(lapply(several, `[[`, "points"))
  )
  names <- as.character(unlist(numbers$names))
  labels <- as.character(unlist(numbers$labels))
  curve <- as_table(numbers$curve, list(curve = names))
  mark <- as_table(numbers$mark, list(curve = names))
  ticks <- as_table(numbers$ticks)
  looks <- rep_len(plot_colours$curves, length(names))
  lines <- rep_len(c("solid", "dashed", "dotdash", "dotted"), length(names))
  ggplot2::ggplot(curve, ggplot2::aes(.data$x, .data$y, colour = .data$curve)) +
    ggplot2::geom_step(ggplot2::aes(linetype = .data$curve), linewidth = 0.8) +
    ggplot2::geom_point(data = mark, size = 3, show.legend = FALSE) +
    ggplot2::scale_x_log10(breaks = ticks$place, labels = ticks$label) +
    ggplot2::coord_cartesian(xlim = c(numbers$low, numbers$high), ylim = c(0, 1)) +
    ggplot2::scale_colour_manual(values = stats::setNames(looks, names), labels = labels) +
    ggplot2::scale_linetype_manual(values = stats::setNames(lines, names), labels = labels) +
    ggplot2::labs(
      x = "false accepts per hour", y = "share of events missed", colour = NULL, linetype = NULL,
      title = title
    ) +
    plot_theme() +
    (if (!any(nzchar(labels))) ggplot2::theme(legend.position = "none"))
}

# Curves and summaries of several results under their names.
det_list <- function(metrics, call = rlang::caller_env()) {
  if (is_curve(metrics)) metrics <- stats::setNames(list(metrics), "")
  if (!is.list(metrics) || !length(metrics) || !all(vapply(metrics, is_curve, logical(1)))) {
    abort_argument("metrics", "what detection_metrics() returned, or a list of such", metrics, call)
  }
  if (is.null(names(metrics))) names(metrics) <- seq_along(metrics)
  plain <- function(x) if (!is.null(x)) py_table(x, character(), "metrics", call)
  lapply(metrics, function(x) {
    if (is.data.frame(x)) x <- list(curve = x)
    list(curve = plain(x$curve), summary = plain(x$summary), points = plain(x$operating_points))
  })
}

is_curve <- function(x) inherits(x, "hearingai_detection") || is.data.frame(x)

#' Draw true and detected events on a time line
#'
#' On the time line of one recording, each label has a lane: above, the true events, found or
#' missed; below, the detected events, as hits, substitutions, duplicates and false accepts. Events
#' too short to be seen are drawn wider.
#'
#' @inheritParams detection_metrics
#' @param fname The recording; `NULL` takes the first of `truth`.
#' @param start Where to begin, seconds; `NULL` begins at 0.
#' @param end Where to end, seconds; `NULL` ends behind the last event.
#' @inheritParams plot_waveform
#' @return A ggplot2 object.
#' @seealso [detection_metrics()]
#' @family plots
#' @export
#' @examplesIf hearingai_available() && rlang::is_installed("ggplot2")
#' truth <- data.frame(fname = "a.wav", start = c(1, 5), end = c(1.5, 5.5), label = c("go", "no"))
#' events <- data.frame(
#'   fname = "a.wav", start = c(1.1, 8), end = c(1.6, 8.5), label = "go", score = c(0.9, 0.4)
#' )
#' plot_detections(events, truth)
plot_detections <- function(events, truth, tolerance = 0.5, by = "midpoint", threshold = NULL,
                            fname = NULL, start = NULL, end = NULL, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  numbers <- py_call("bridge.plots.detections", py_events(events), py_events(truth),
    tolerance = py_number(tolerance), by = py_string(by), threshold = py_number(threshold),
    fname = py_path(fname), start = py_number(start), end = py_number(end)
  )
  labels <- as.character(unlist(numbers$labels))
  kinds <- as.character(unlist(numbers$kinds))
  bars <- as_table(numbers$bars, list(kind = kinds))
  fills <- unlist(plot_colours[c("right", "none", "training", "wrong", "faint", "validation")])
  ggplot2::ggplot(bars) +
    ggplot2::geom_rect(
      ggplot2::aes(
        xmin = .data$left, xmax = .data$right, ymin = .data$low, ymax = .data$high,
        fill = .data$kind
      ),
      colour = plot_colours$ink, linewidth = 0.2
    ) +
    ggplot2::scale_fill_manual(values = stats::setNames(fills, kinds)) +
    ggplot2::scale_y_continuous(breaks = seq_along(labels), labels = labels) +
    ggplot2::coord_cartesian(
      xlim = c(numbers$start, numbers$end), ylim = c(0.4, length(labels) + 0.6), expand = FALSE
    ) +
    ggplot2::labs(x = "time (s)", y = NULL, fill = NULL, title = title, subtitle = numbers$text) +
    plot_theme() +
    ggplot2::theme(plot.margin = ggplot2::margin(5, 15, 5, 5)) # room for the last tick's text
}
