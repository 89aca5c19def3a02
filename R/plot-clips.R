#' Draw how many clips there are of each class
#'
#' By split, where the table has a column `split`. A clip with several labels counts for each.
#'
#' @param clips A table of clips: `fname`, `class` (or `labels`).
#' @inheritParams plot_waveform
#' @return A ggplot2 object.
#' @family plots
#' @export
#' @examplesIf rlang::is_installed("ggplot2")
#' clips <- data.frame(fname = c("a.wav", "b.wav", "c.wav"), class = c("no", "yes", "no"))
#' plot_clips(clips)
plot_clips <- function(clips, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  truth <- truth_columns(clips)
  check_table(clips, truth)
  if (truth[[2]] == "labels") {
    rows <- rep(seq_len(nrow(clips)), lengths(clips$labels))
    classes <- factor(unlist(clips$labels))
    clips <- clips[rows, ]
    clips$class <- classes
  }
  known <- c("train", "validation", "test")
  split <- if ("split" %in% names(clips)) as.character(clips$split) else rep("all", nrow(clips))
  split[is.na(split)] <- "none"
  data <- data.frame(class = clips$class, split = factor(split, union(known, unique(split))))
  data <- droplevels(data)
  colours <- stats::setNames(
    rep_len(plot_colours$curves, nlevels(data$split)), levels(data$split)
  )
  ggplot2::ggplot(data, ggplot2::aes(y = .data$class, fill = .data$split)) +
    ggplot2::geom_bar(width = 0.7, position = ggplot2::position_stack(reverse = TRUE)) +
    ggplot2::scale_fill_manual(values = colours) +
    ggplot2::scale_y_discrete(limits = rev) +
    ggplot2::scale_x_continuous(expand = ggplot2::expansion(c(0, 0.04)), breaks = whole_breaks) +
    ggplot2::labs(x = "clips", y = NULL, fill = NULL, title = title) +
    plot_theme() +
    ggplot2::theme(
      panel.grid.major.y = ggplot2::element_blank(),
      axis.text.y = ggplot2::element_text(size = label_points(length(unique(data$class)))),
      legend.position = if (nlevels(data$split) > 1) "bottom" else "none"
    )
}
