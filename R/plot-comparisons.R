#' Draw a ROC or a precision-recall curve
#'
#' The ROC curve is the true positive rate against the false positive rate over all thresholds, the
#' precision-recall curve the precision against the recall. A dashed line shows guessing; the area
#' under the curve is below the title.
#'
#' @param truth The true label of each clip.
#' @param score The score of the target for each clip, such as its probability.
#' @param target The label to detect; every other label counts as "not the target".
#' @param kind `"roc"` or `"pr"`.
#' @param threshold A score to mark, such as [choose_threshold()] gives; a clip that reaches it is
#'   predicted as the target.
#' @inheritParams plot_waveform
#' @return A ggplot2 object.
#' @seealso [score_curve()]
#' @family plots
#' @concept ROC
#' @concept AUC
#' @concept precision-recall curve
#' @export
#' @examplesIf hearingai_available() && rlang::is_installed("ggplot2")
#' truth <- c("go", "no", "go", "no")
#' plot_curve(truth, c(0.9, 0.6, 0.5, 0.2), "go", threshold = 0.5)
plot_curve <- function(truth, score, target, kind = "roc", threshold = NULL, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  numbers <- py_call("bridge.plots.curve",
    py_classes(truth), py_waveform(score),
    target = py_class(target), kind = py_string(kind), threshold = py_number(threshold)
  )
  curve <- as_table(numbers$curve)
  mark <- as_table(numbers$mark)
  keys <- c("guessing", if (nrow(mark)) numbers$text)
  colours <- c(plot_colours$faint, plot_colours$validation)[seq_along(keys)]
  draw <- if (kind == "pr") {
    ggplot2::geom_step(colour = plot_colours$training, linewidth = 0.8, direction = "vh")
  } else {
    ggplot2::geom_path(colour = plot_colours$training, linewidth = 0.8)
  }
  ggplot2::ggplot(curve, ggplot2::aes(.data$x, .data$y)) +
    ggplot2::geom_line(
      ggplot2::aes(colour = "guessing"),
      data = as_table(numbers$chance), linetype = "dashed"
    ) +
    draw +
    (if (nrow(mark)) {
      ggplot2::geom_point(ggplot2::aes(colour = numbers$text), data = mark, size = 3.5)
    }) +
    ggplot2::scale_colour_manual(
      values = stats::setNames(colours, keys), limits = keys,
      guide = ggplot2::guide_legend(override.aes = list(
        linetype = c("dashed", "blank")[seq_along(keys)], shape = c(NA, 16)[seq_along(keys)]
      ))
    ) +
    ggplot2::coord_equal(xlim = c(0, 1), ylim = c(0, 1)) +
    ggplot2::labs(
      x = numbers$x, y = numbers$y, colour = NULL, title = title, subtitle = numbers$area_text
    ) +
    plot_theme()
}

#' Draw the result of a tuning
#'
#' A metric against each setting, a point a trial. Learning rates, and other numbers that span a
#' factor of 50 or more, have a logarithmic axis; text and logicals stand side by side. The best
#' trial is marked in every panel.
#'
#' @param table What [tune()] returned: `trial`, the settings, the metrics.
#' @param metric The column to draw upwards. The highest is the best; of `"loss"`, `"parameters"`,
#'   `"epochs"` and `"seconds"` the lowest.
#' @param x Names of the settings to draw; `NULL` takes all that differ between trials.
#' @inheritParams plot_waveform
#' @return A ggplot2 object.
#' @family plots
#' @export
#' @examplesIf hearingai_available() && rlang::is_installed("ggplot2")
#' plot_tuning(data.frame(
#'   trial = 1:4, learning_rate = c(0.1, 0.01, 0.001, 0.0001), accuracy = c(0.5, 0.8, 0.7, 0.4)
#' ))
plot_tuning <- function(table, metric = "accuracy", x = NULL, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  numbers <- py_call("bridge.plots.tuning",
    py_table(table, c("trial", py_string(metric)), "table"),
    metric = metric, x = py_strings(x)
  )
  points <- as_table(numbers$points)
  ticks <- as_table(numbers$ticks)
  keys <- c("trial", numbers$best_text)
  points$key <- factor(ifelse(points$best, keys[[2]], keys[[1]]), keys)
  ggplot2::ggplot(points[order(points$best), ], ggplot2::aes(.data$place, .data$value)) +
    ggplot2::geom_blank(
      ggplot2::aes(.data$place),
      data = as_table(numbers$limits), inherit.aes = FALSE
    ) +
    ggplot2::geom_point(
      ggplot2::aes(colour = .data$key, shape = .data$key, alpha = .data$key, size = .data$key)
    ) +
    ggplot2::scale_colour_manual(
      values = stats::setNames(c(plot_colours$training, plot_colours$validation), keys)
    ) +
    ggplot2::scale_shape_manual(values = stats::setNames(c(16, 18), keys)) +
    ggplot2::scale_alpha_manual(values = stats::setNames(c(0.6, 1), keys)) +
    ggplot2::scale_size_manual(values = stats::setNames(c(2.5, 4.5), keys)) +
    ggplot2::facet_wrap("panel",
      scales = "free_x", ncol = min(length(numbers$panels), 3), strip.position = "bottom",
      labeller = ggplot2::as_labeller(function(panel) unlist(numbers$panels)[as.integer(panel)])
    ) +
    ggplot2::scale_x_continuous(breaks = ticks$place, labels = ticks$label, expand = c(0, 0)) +
    ggplot2::labs(
      x = NULL, y = metric, colour = NULL, shape = NULL, alpha = NULL, size = NULL, title = title
    ) +
    plot_theme() +
    ggplot2::theme(
      strip.placement = "outside",
      strip.text = ggplot2::element_text(size = ggplot2::rel(1)),
      axis.text.x = if (numbers$slanted) ggplot2::element_text(angle = 30, hjust = 1)
    )
}

#' Draw the folds of a cross-validation
#'
#' Each fold's metric, with their mean ± standard deviation.
#'
#' @param result What [cross_validate()] returned, or its table of folds: `fold` and metrics.
#' @param metric The column to draw.
#' @inheritParams plot_waveform
#' @return A ggplot2 object.
#' @family plots
#' @export
#' @examplesIf hearingai_available() && rlang::is_installed("ggplot2")
#' plot_folds(data.frame(fold = 1:5, accuracy = c(0.78, 0.84, 0.8, 0.75, 0.82)))
plot_folds <- function(result, metric = "accuracy", title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  folds <- if (inherits(result, "hearingai_cv")) result$folds else result
  numbers <- py_call("bridge.plots.folds",
    py_table(folds, c("fold", py_string(metric)), "result"),
    metric = metric
  )
  data <- as_table(numbers$folds)
  data$fold <- factor(data$fold, unique(data$fold))
  keys <- c("fold", numbers$text)
  ggplot2::ggplot(data, ggplot2::aes(.data$fold, .data$value)) +
    (if (!is.null(numbers$low)) {
      ggplot2::annotate("rect",
        xmin = -Inf, xmax = Inf, ymin = numbers$low, ymax = numbers$high,
        fill = plot_colours$training, alpha = 0.12
      )
    }) +
    ggplot2::geom_hline(
      ggplot2::aes(yintercept = .data$mean, colour = keys[[2]]),
      data = data.frame(mean = numbers$mean), linetype = "dashed"
    ) +
    ggplot2::geom_point(ggplot2::aes(colour = "fold"), size = 3) +
    ggplot2::scale_colour_manual(
      values = stats::setNames(c(plot_colours$training, plot_colours$validation), keys),
      limits = keys,
      guide = ggplot2::guide_legend(
        override.aes = list(linetype = c("blank", "dashed"), shape = c(16, NA))
      )
    ) +
    ggplot2::labs(x = "fold", y = metric, colour = NULL, title = title) +
    plot_theme() +
    ggplot2::theme(panel.grid.major.x = ggplot2::element_blank())
}
