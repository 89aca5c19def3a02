#' Draw events over time
#'
#' One row for each label, with its events (boxes) and its probabilities (filled lines), and the
#' waveform on top. However long the recording, an event is at least a line wide, and the waveform
#' and the probabilities show their extremes in each stretch of time.
#'
#' @param events What [annotate()] returned, whose windows give the probabilities where it kept
#'   them; or a table with `start`, `end` and `label`.
#' @param recording Which of several recordings to show, by its path; or its sound, a numeric vector
#'   or a matrix of channels by samples. `NULL` takes the only one. The waveform is shown if the
#'   file exists.
#' @param sample_rate Rate of the sound, Hz, where `recording` is sound.
#' @param start Where the picture begins, in seconds.
#' @param end Where it ends; `NULL` shows all.
#' @param labels The labels to show, from the top; `NULL` shows those with events, at most twelve,
#'   the most frequent first.
#' @param title Text above the plot.
#' @return A ggplot2 object.
#' @family plots
#' @family long recordings
#' @export
#' @examplesIf hearingai_available() && rlang::is_installed("ggplot2")
#' events <- data.frame(start = c(1, 4, 6), end = c(2, 4.5, 9), label = c("yes", "no", "yes"))
#' plot_events(events)
plot_events <- function(events, recording = NULL, sample_rate = NULL, start = 0, end = NULL,
                        labels = NULL, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  windows <- if (inherits(events, "hearingai_annotation")) py_windows(events$windows)
  if (is.character(recording)) {
    recording <- py_path(recording)
  } else if (!is.null(recording)) {
    recording <- py_heard(recording)
  }
  numbers <- py_call("bridge.plots.events", py_events(events),
    recording = recording, sample_rate = py_int(sample_rate), start = py_number(start),
    end = py_number(end), labels = py_strings(labels), windows = windows
  )
  draw_events(numbers, title)
}

#' @rdname plot
#' @export
plot.hearingai_annotation <- function(x, ...) {
  plot_events(x, ...)
}

draw_events <- function(numbers, title) {
  traces <- as_table(numbers$traces)
  bars <- as_table(numbers$bars)
  wave <- as_table(numbers$wave)
  ticks <- as_table(numbers$ticks)
  limits <- unlist(numbers$limits)
  left_out <- numbers$left_out
  ggplot2::ggplot() +
    ggplot2::geom_ribbon(
      ggplot2::aes(.data$time, ymin = .data$bottom, ymax = .data$top, group = .data$label),
      data = traces, fill = plot_colours$training, alpha = 0.35
    ) +
    ggplot2::geom_line(
      ggplot2::aes(.data$time, .data$top, group = .data$label),
      data = traces, colour = plot_colours$training, linewidth = 0.25
    ) +
    ggplot2::geom_rect(
      ggplot2::aes(
        xmin = .data$left, xmax = .data$right, ymin = .data$bottom, ymax = .data$top
      ),
      data = bars, colour = plot_colours$validation, linewidth = 0.4,
      fill = grDevices::adjustcolor(plot_colours$validation, 0.3)
    ) +
    ggplot2::geom_ribbon(
      ggplot2::aes(.data$time, ymin = .data$bottom, ymax = .data$top),
      data = wave, fill = plot_colours$ink, colour = plot_colours$ink, linewidth = 0.1
    ) +
    ggplot2::scale_x_continuous(expand = c(0, 0)) +
    ggplot2::scale_y_continuous(breaks = ticks$place, labels = ticks$label, expand = c(0, 0)) +
    ggplot2::coord_cartesian(xlim = limits[1:2], ylim = c(0, limits[3])) +
    ggplot2::labs(
      x = sprintf("time (%s)", numbers$unit), y = NULL, title = title,
      caption = if (left_out) {
        sprintf("%d more labels with fewer events are not shown", left_out)
      }
    ) +
    plot_theme() +
    ggplot2::theme(
      panel.grid.major.y = ggplot2::element_blank(),
      plot.margin = ggplot2::margin(5.5, 14, 5.5, 5.5) # the last number of the axis
    )
}
