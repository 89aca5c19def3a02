#' Draw a training history
#'
#' Loss and accuracy against the epoch, training beside validation.
#'
#' @param history A history table: `epoch`, `loss`, `accuracy` and, where there was validation,
#'   `val_loss` and `val_accuracy`. Or a trained classifier: then the epoch whose weights early
#'   stopping restored is marked.
#' @inheritParams plot_waveform
#' @return A ggplot2 object.
#' @family plots
#' @concept learning curve
#' @concept loss
#' @export
#' @examplesIf rlang::is_installed("ggplot2")
#' history <- data.frame(
#'   epoch = 1:3, loss = c(3, 1.2, 0.7), accuracy = c(0.2, 0.6, 0.8),
#'   val_loss = c(2.5, 1.3, 0.9), val_accuracy = c(0.3, 0.6, 0.7)
#' )
#' plot_history(history)
plot_history <- function(history, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  best <- facts <- NULL
  if (inherits(history, "hearingai_classifier")) {
    facts <- classifier_info(history)
    best <- facts$best_epoch
    history <- facts$history
    if (!nrow(history)) {
      cli::cli_abort("{.arg history} is untrained: there is nothing to draw.",
        class = "hearingai_error"
      )
    }
  }
  measures <- c("loss", if ("val_map" %in% names(history)) "map" else "accuracy")
  of_labels <- measures[[2]] == "map" || isTRUE(facts$multi_label)
  check_table(history, c("epoch", "loss", if (!of_labels) "accuracy"))
  column <- c(measures, paste0("val_", measures))
  parts <- lapply(intersect(column, names(history)), function(name) {
    data.frame(
      epoch = history$epoch,
      measure = factor(sub("val_", "", name), measures, sub("map", "mAP", measures)),
      set = factor(if (grepl("^val_", name)) "validation" else "training"),
      value = history[[name]]
    )
  })
  data <- do.call(rbind, parts)
  data <- data[!is.na(data$value), ]
  marked <- data[(data$epoch - min(data$epoch)) %% (1 + nrow(history) %/% 25) == 0, ]
  pair <- c("training", "validation")
  ggplot2::ggplot(data, ggplot2::aes(
    .data$epoch, .data$value,
    colour = .data$set, linetype = .data$set, shape = .data$set
  )) +
    (if (nrow(history) > 1) ggplot2::geom_line(linewidth = 0.7)) +
    ggplot2::geom_point(data = marked, size = 2) +
    best_epoch_line(best) +
    ggplot2::facet_wrap("measure", scales = "free_y", strip.position = "left") +
    ggplot2::scale_x_continuous(breaks = whole_breaks) +
    ggplot2::scale_colour_manual(values = stats::setNames(unlist(plot_colours[pair]), pair)) +
    ggplot2::scale_linetype_manual(values = c(training = "solid", validation = "dashed")) +
    ggplot2::scale_shape_manual(values = c(training = 16, validation = 17)) +
    ggplot2::labs(
      x = "epoch", y = NULL, colour = NULL, linetype = NULL, shape = NULL, title = title
    ) +
    plot_theme() +
    ggplot2::theme(
      strip.placement = "outside",
      strip.text = ggplot2::element_text(size = ggplot2::rel(1)),
      legend.key.width = ggplot2::unit(2.5, "lines")
    )
}

#' Draw a confusion table
#'
#' Each row's rates as shades, with the counts up to 20 labels. Many labels need a large picture.
#'
#' @param confusion A confusion table: `truth`, `predicted`, `n`; or predictions: `class` and
#'   `pred_class` (or `.pred_class`), a row for each clip, or with their count `n`. Factors keep the
#'   order of their levels, text the order of the table.
#' @inheritParams plot_waveform
#' @return A ggplot2 object.
#' @family plots
#' @concept confusion matrix
#' @concept heat map
#' @export
#' @examplesIf rlang::is_installed("ggplot2")
#' confusion <- data.frame(
#'   truth = c("go", "go", "no", "no"), predicted = c("go", "no", "go", "no"), n = c(40, 9, 3, 50)
#' )
#' plot_confusion(confusion)
plot_confusion <- function(confusion, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  data <- complete_counts(confusion)
  if (inherits(confusion, "hearingai_confusion")) { # complete when made: what lacks was filtered
    there <- data$truth %in% confusion$truth & data$predicted %in% confusion$predicted
    data <- droplevels(data[there, ])
  }
  labels <- union(levels(data$truth), levels(data$predicted))
  data$rate <- data$n / pmax(stats::ave(data$n, data$truth, FUN = sum), 1)
  plot <- ggplot2::ggplot(data, ggplot2::aes(.data$predicted, .data$truth)) +
    ggplot2::geom_tile(ggplot2::aes(fill = .data$rate), colour = plot_colours$pale) +
    ggplot2::scale_fill_gradientn(
      colours = plot_colours$shades, values = c(0, 0.15, 0.5, 1), limits = c(0, 1)
    ) +
    ggplot2::scale_x_discrete(expand = c(0, 0)) +
    ggplot2::scale_y_discrete(expand = c(0, 0), limits = rev) +
    ggplot2::coord_equal() +
    ggplot2::labs(
      x = "predicted", y = "truth", fill = "share of\nthe row\n", title = title
    ) +
    plot_theme() +
    ggplot2::theme(
      legend.position = "right",
      panel.grid = ggplot2::element_blank(),
      axis.text = ggplot2::element_text(size = label_points(length(labels))),
      axis.text.x = ggplot2::element_text(angle = 45, hjust = 1, vjust = 1)
    )
  if (length(labels) > 20) {
    return(plot)
  }
  data$text <- plain_number(data$n)
  pale <- ifelse(data$n > 0, plot_colours$ink, plot_colours$faint)
  data$colour <- ifelse(data$rate > 0.4, "#FFFFFF", pale)
  # as large as fits a cell of a picture 7 inches wide
  points <- min(9, 500 / length(labels) / max(nchar(data$text), 2))
  plot + ggplot2::geom_text(
    ggplot2::aes(label = .data$text, colour = .data$colour),
    data = data, size = points / ggplot2::.pt
  ) + ggplot2::scale_colour_identity()
}

# A confusion table with every pair of labels once, as factors with one order of levels
complete_counts <- function(confusion, call = rlang::caller_env()) {
  confusion <- as_counts(confusion)
  check_table(confusion, c("truth", "predicted", "n"), call = call)
  n <- confusion$n
  if (anyNA(confusion$truth) || anyNA(confusion$predicted)) {
    abort_argument("confusion", "without missing labels", call = call)
  }
  if (!is.numeric(n) || !all(is.finite(n)) || any(n < 0) || sum(n) == 0) {
    abort_argument("confusion$n", "counts of clips: 0 or more, not all 0", n, call = call)
  }
  labels <- union(labels_of(confusion$truth), labels_of(confusion$predicted))
  sides <- list(
    predicted = factor(confusion$predicted, labels),
    truth = factor(confusion$truth, labels)
  )
  counts <- tapply(n, sides, sum, default = if (is.integer(n)) 0L else 0)
  pairs <- expand.grid(predicted = factor(labels, labels), truth = factor(labels, labels))
  data.frame(truth = pairs$truth, predicted = pairs$predicted, n = as.vector(counts))
}

# Factors keep the order of their levels, text the order of the table.
labels_of <- function(x) if (is.factor(x)) levels(x) else unique(as.character(x))

# Predictions beside their classes, as the tutorial joins them, as a confusion table
as_counts <- function(table) {
  predicted <- intersect(c("pred_class", ".pred_class"), names(table))
  if (!is.data.frame(table) || !"class" %in% names(table) || !length(predicted)) {
    return(table)
  }
  counted <- intersect(c("n", "count", "Freq"), names(table))
  n <- if (length(counted)) table[[counted[[1]]]] else rep(1, nrow(table))
  data.frame(truth = table$class, predicted = table[[predicted[[1]]]], n = n)
}

# A line at the epoch whose weights a classifier has, named below the plot
best_epoch_line <- function(epoch) {
  if (!is.null(epoch)) {
    list(
      ggplot2::geom_vline(xintercept = epoch, colour = plot_colours$faint, linetype = "dotted"),
      ggplot2::labs(caption = sprintf("dotted: best epoch, %d", epoch))
    )
  }
}
