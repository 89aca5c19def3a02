#' Draw a detection history
#'
#' Events an hour of effort, as a heat map. Of hours, days lie across and the hours of the day
#' upwards, all sites together; of other occasions, occasions lie across and sites upwards. Grey is
#' what nobody recorded.
#'
#' @param history What [detection_history()] returned.
#' @param label Which label; `NULL` takes all together.
#' @inheritParams plot_waveform
#' @return A ggplot2 object.
#' @family plots
#' @concept heat map
#' @export
#' @examplesIf hearingai_available() && rlang::is_installed("ggplot2")
#' effort <- data.frame(
#'   fname = c("a.wav", "b.wav"), duration = 5400,
#'   time = c("2024-05-01T04:30:00Z", "2024-05-03T05:00:00Z")
#' )
#' events <- data.frame(fname = "a.wav", start = c(5, 9, 3700), end = 3701, label = "wren")
#' plot_detection_history(detection_history(events, effort, by = "hour"))
plot_detection_history <- function(history, label = NULL, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  numbers <- py_call("bridge.plots.detection_history", py_history(history),
    label = py_class(label)
  )
  across <- as_table(numbers$x_ticks)
  upwards <- as_table(numbers$y_ticks)
  ggplot2::ggplot(as_table(numbers$cells), ggplot2::aes(.data$x, .data$y)) +
    ggplot2::geom_tile(ggplot2::aes(fill = .data$rate)) +
    ggplot2::scale_fill_gradientn(
      colours = plot_colours$shades, values = c(0, 0.15, 0.5, 1),
      limits = c(0, if (numbers$highest > 0) numbers$highest else 1)
    ) +
    ggplot2::scale_x_continuous(
      breaks = across$place, labels = across$label, limits = c(-0.5, numbers$columns - 0.5),
      expand = c(0, 0), oob = function(x, ...) x
    ) +
    ggplot2::scale_y_continuous(
      breaks = upwards$place, labels = upwards$label, limits = c(-0.5, numbers$rows - 0.5),
      expand = c(0, 0), oob = function(x, ...) x
    ) +
    ggplot2::labs(
      x = NULL, y = if (nzchar(numbers$y)) numbers$y, fill = "events\nan hour\n", title = title
    ) +
    plot_theme() +
    ggplot2::theme(
      legend.position = "right",
      panel.grid = ggplot2::element_blank(),
      panel.background = ggplot2::element_rect(fill = plot_colours$pale, colour = NA),
      axis.text.x = ggplot2::element_text(angle = 30, hjust = 1, vjust = 1)
    )
}

#' Draw activity curves
#'
#' Events an hour of effort, by the hour of the day or from sunrise; a line a label, with gaps
#' without effort.
#'
#' @param pattern What [activity_pattern()] returned.
#' @inheritParams plot_waveform
#' @return A ggplot2 object.
#' @family plots
#' @concept diel activity
#' @export
#' @examplesIf hearingai_available() && rlang::is_installed("ggplot2")
#' pattern <- data.frame(label = "wren", hour = c(4.5, 5.5), effort = 1, rate = c(7, 3))
#' plot_activity(pattern)
plot_activity <- function(pattern, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  numbers <- py_call("bridge.plots.activity", py_table(pattern, "label", "pattern"))
  labels <- as.character(unlist(numbers$labels))
  lines <- as_table(numbers$lines, list(label = labels))
  looks <- rep_len(plot_colours$curves, length(labels))
  types <- rep_len(
    rep(c("solid", "dashed", "dotdash", "dotted"), each = length(plot_colours$curves)),
    length(labels)
  )
  ggplot2::ggplot(lines, ggplot2::aes(.data$hour, .data$rate, colour = .data$label)) +
    ggplot2::geom_line(ggplot2::aes(linetype = .data$label), linewidth = 0.8, na.rm = TRUE) +
    ggplot2::geom_point(size = 1.5, na.rm = TRUE) +
    ggplot2::scale_x_continuous(breaks = seq(numbers$low, numbers$high, 3)) +
    ggplot2::coord_cartesian(xlim = c(numbers$low, numbers$high)) +
    ggplot2::expand_limits(y = 0) +
    ggplot2::scale_colour_manual(values = stats::setNames(looks, labels)) +
    ggplot2::scale_linetype_manual(values = stats::setNames(types, labels)) +
    ggplot2::labs(
      x = numbers$x, y = "events an hour", colour = NULL, linetype = NULL, title = title
    ) +
    plot_theme()
}

#' Draw an estimate of call density
#'
#' Of one estimate, the share of validated windows with the label in each bin of scores; of several
#' sites, the density of each; with their intervals.
#'
#' @param density What [estimate_density()] returned.
#' @inheritParams plot_waveform
#' @return A ggplot2 object.
#' @family plots
#' @export
#' @examplesIf hearingai_available() && rlang::is_installed("ggplot2")
#' scores <- data.frame(score = rep(c(0.1, 0.9), c(90, 10)))
#' validated <- data.frame(score = c(0.1, 0.1, 0.9), present = c(0, 0, 1))
#' plot_density(estimate_density(scores, validated, bins = 0.5))
plot_density <- function(density, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  if (!inherits(density, "hearingai_density")) {
    abort_argument("density", "what estimate_density() returned", density)
  }
  numbers <- py_call("bridge.plots.density", py_table(density$summary, character(), "density"),
    py_table(density$bins, character(), "density"),
    level = density$level, by = density$by
  )
  points <- as_table(numbers$points)
  ggplot2::ggplot(points, ggplot2::aes(.data$place, .data$value)) +
    ggplot2::geom_pointrange(
      ggplot2::aes(ymin = .data$lower, ymax = .data$upper),
      colour = plot_colours$training
    ) +
    ggplot2::scale_x_continuous(breaks = points$place, labels = points$label) +
    ggplot2::expand_limits(y = 0) +
    ggplot2::labs(
      x = if (nzchar(numbers$x)) numbers$x, y = numbers$y, title = title, subtitle = numbers$text
    ) +
    plot_theme() +
    ggplot2::theme(
      panel.grid.major.x = ggplot2::element_blank(),
      axis.text.x = ggplot2::element_text(angle = 30, hjust = 1, vjust = 1)
    )
}
