#' Draw the output of a gate
#'
#' The sound before and after, the probability of the target, shaded where the gate is open, and the
#' gain. Of several channels the mean is drawn; gains below -80 dB are drawn as -80 dB.
#'
#' @param gated What [gate()] returned.
#' @param start Where to begin, seconds.
#' @param end Where to end, seconds; `NULL` is the end of the sound. Half an hour at most.
#' @param title Text above the plot.
#' @return A ggplot2 object.
#' @family plots
#' @export
#' @examplesIf hearingai_available() && rlang::is_installed("ggplot2")
#' classifier <- create_classifier("gate", c("unwanted", "wanted"), seed = 1)
#' plot_gate(gate(classifier, stats::rnorm(16000, sd = 0.1)))
plot_gate <- function(gated, start = 0, end = NULL, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  numbers <- py_call("bridge.plots.gate", py_gated(gated),
    start = py_number(start), end = py_number(end)
  )
  panels <- c("amplitude", "probability", "gain (dB)")
  on <- function(table, panel, line) {
    data.frame(table, panel = factor(panels[panel], panels), line = rep(line, nrow(table)))
  }
  track <- as_table(numbers$track)
  lines <- rbind(
    on(as_table(numbers$before), 1, "before"), on(as_table(numbers$after), 1, "after"),
    on(data.frame(time = track$time, value = track$probability), 2, "probability"),
    on(as_table(numbers$gain), 3, "gain")
  )
  lines$line <- factor(lines$line, unique(lines$line))
  levels <- data.frame(
    value = c(numbers$threshold, numbers$low), line = c("threshold", "low"),
    panel = factor(panels[2], panels)
  )
  spans <- as_table(numbers$spans)
  spans$panel <- rep(factor(panels[2], panels), nrow(spans))
  ends <- data.frame(
    value = c(0, 1, numbers$floor, 0), panel = factor(panels[c(2, 2, 3, 3)], panels),
    time = numbers$start
  )
  colours <- c(
    before = plot_colours$faint, after = plot_colours$training,
    threshold = plot_colours$validation, low = plot_colours$validation
  )
  same <- c(probability = plot_colours$training, gain = plot_colours$training)
  types <- c(
    before = "solid", after = "solid", threshold = "dashed", low = "dotted",
    probability = "solid", gain = "solid"
  )
  ggplot2::ggplot(lines, ggplot2::aes(.data$time, .data$value)) +
    ggplot2::geom_rect(
      ggplot2::aes(xmin = .data$start, xmax = .data$end, ymin = 0, ymax = 1),
      data = spans, inherit.aes = FALSE, fill = plot_colours$pale
    ) +
    ggplot2::geom_blank(data = ends) +
    ggplot2::geom_line(
      ggplot2::aes(colour = .data$line, linetype = .data$line),
      linewidth = 0.3
    ) +
    ggplot2::geom_hline(
      ggplot2::aes(yintercept = .data$value, colour = .data$line, linetype = .data$line),
      data = levels
    ) +
    ggplot2::facet_wrap("panel", ncol = 1, scales = "free_y", strip.position = "left") +
    ggplot2::scale_colour_manual(values = c(colours, same), breaks = names(colours)) +
    ggplot2::scale_linetype_manual(values = types, breaks = names(colours)) +
    ggplot2::scale_x_continuous(expand = c(0, 0)) +
    ggplot2::labs(x = "time (s)", y = NULL, colour = NULL, linetype = NULL, title = title) +
    plot_theme() +
    ggplot2::theme(strip.placement = "outside", legend.key.width = ggplot2::unit(1.5, "lines"))
}
