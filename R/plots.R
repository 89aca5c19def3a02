#' Draw a waveform
#'
#' Amplitude against time, several channels below each other. Beyond 50,000 samples a channel, the
#' smallest and the largest value of each of 25,000 stretches are drawn: on paper that looks the
#' same, and a day of sound still fits.
#'
#' @param waveform A numeric vector of samples, or a matrix (channels × samples).
#' @param sample_rate In Hz.
#' @param title Text above the plot.
#' @return A ggplot2 object.
#' @family plots
#' @export
#' @examplesIf rlang::is_installed("ggplot2")
#' tone <- sin(2 * pi * 440 * seq(0, 0.05, by = 1 / 16000))
#' plot_waveform(tone, sample_rate = 16000)
plot_waveform <- function(waveform, sample_rate, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  check_finite_array(waveform)
  check_positive_number(sample_rate)
  channels <- if (length(dim(waveform)) < 2) matrix(waveform, nrow = 1) else waveform
  if (length(dim(channels)) != 2 || nrow(channels) > ncol(channels)) {
    abort_argument("waveform", "a vector of samples or a matrix (channels x samples)", waveform)
  }
  data <- do.call(rbind, lapply(seq_len(nrow(channels)), function(i) {
    data.frame(channel = i, waveform_envelope(channels[i, ]))
  }))
  data$time <- data$sample / sample_rate
  peak <- max(abs(data$amplitude))
  plot <- ggplot2::ggplot(data, ggplot2::aes(.data$time, .data$amplitude)) +
    ggplot2::geom_line(colour = plot_colours$training, linewidth = 0.3) +
    ggplot2::scale_x_continuous(expand = c(0, 0)) +
    ggplot2::expand_limits(y = c(-1, 1) * if (peak > 0) peak else 1) +
    ggplot2::labs(x = "time (s)", y = "amplitude", title = title) +
    plot_theme()
  if (nrow(channels) == 1) {
    return(plot)
  }
  named <- ggplot2::as_labeller(function(i) paste("channel", i))
  plot + ggplot2::facet_wrap("channel", ncol = 1, labeller = named)
}

#' Draw a log spectrogram
#'
#' Time across, frequency up, log power as colour. A frame sits at the middle of its window; the
#' bins run from 0 to half the sample rate.
#'
#' @param image A numeric matrix (frames × bins), or an array (frames × bins × 1) such as
#'   a log spectrogram layer returns for one clip.
#' @param sample_rate In Hz.
#' @param window_stride_ms Step from one window to the next, in milliseconds.
#' @param window_size_ms Length of a window, in milliseconds.
#' @inheritParams plot_waveform
#' @return A ggplot2 object.
#' @family plots
#' @export
#' @examplesIf rlang::is_installed("ggplot2")
#' rising <- outer(1:98, 1:257, function(frame, bin) -abs(bin - 2 * frame) / 20)
#' plot_spectrogram(rising)
plot_spectrogram <- function(image, sample_rate = 16000, window_stride_ms = 10,
                             window_size_ms = 30, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  check_finite_array(image)
  check_positive_number(sample_rate)
  check_positive_number(window_stride_ms)
  check_positive_number(window_size_ms)
  size <- dim(image)
  if (length(size) == 3 && size[3] == 1) {
    size <- size[1:2]
  }
  if (length(size) != 2 || any(size < 2)) {
    abort_argument("image", "a matrix (frames x bins) or an array (frames x bins x 1)", image)
  }
  time <- (window_size_ms / 2 + window_stride_ms * seq(0, size[1] - 1)) / 1000
  frequency <- seq(0, sample_rate / 2000, length.out = size[2])
  data <- expand.grid(time = time, frequency = frequency)
  data$power <- as.vector(image)
  ggplot2::ggplot(data, ggplot2::aes(.data$time, .data$frequency, fill = .data$power)) +
    ggplot2::geom_raster() +
    ggplot2::scale_fill_viridis_c(option = "magma") +
    ggplot2::coord_cartesian(expand = FALSE) +
    ggplot2::labs(x = "time (s)", y = "frequency (kHz)", fill = "log power", title = title) +
    plot_theme() +
    ggplot2::theme(legend.position = "right", panel.grid = ggplot2::element_blank())
}

#' Draw the course of training
#'
#' Loss and accuracy against the epoch, training beside validation.
#'
#' @param history A history table: `epoch`, `loss`, `accuracy` and, where there was validation,
#'   `val_loss` and `val_accuracy`. Or a trained classifier: then the epoch whose weights early
#'   stopping brought back is marked.
#' @inheritParams plot_waveform
#' @return A ggplot2 object.
#' @family plots
#' @export
#' @examplesIf rlang::is_installed("ggplot2")
#' history <- data.frame(
#'   epoch = 1:3, loss = c(3, 1.2, 0.7), accuracy = c(0.2, 0.6, 0.8),
#'   val_loss = c(2.5, 1.3, 0.9), val_accuracy = c(0.3, 0.6, 0.7)
#' )
#' plot_history(history)
plot_history <- function(history, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  best <- NULL
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
  check_table(history, c("epoch", "loss", "accuracy"))
  column <- c("loss", "accuracy", "val_loss", "val_accuracy")
  parts <- lapply(intersect(column, names(history)), function(name) {
    data.frame(
      epoch = history$epoch,
      measure = factor(sub("val_", "", name), c("loss", "accuracy")),
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
#' @param confusion A confusion table: `truth`, `predicted`, `n`. Factors keep the order of their
#'   levels, text the order of the table.
#' @inheritParams plot_waveform
#' @return A ggplot2 object.
#' @family plots
#' @export
#' @examplesIf rlang::is_installed("ggplot2")
#' confusion <- data.frame(
#'   truth = c("go", "go", "no", "no"), predicted = c("go", "no", "go", "no"), n = c(40, 9, 3, 50)
#' )
#' plot_confusion(confusion)
plot_confusion <- function(confusion, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  data <- complete_counts(confusion)
  labels <- levels(data$truth)
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

#' Draw an alluvial diagram of true and predicted labels
#'
#' Where the clips of each true label went. Right answers flow in light blue, wrong ones in purple
#' with a dashed outline. Flows of few clips are hidden: their place in the blocks stays empty, and
#' a line below says how many clips they are. Many labels need a tall picture: a fifth of an inch
#' for each.
#'
#' @param min_n The smallest flow shown, in clips.
#' @inheritParams plot_confusion
#' @return A ggplot2 object.
#' @family plots
#' @export
#' @examplesIf rlang::is_installed(c("ggplot2", "ggalluvial"))
#' confusion <- data.frame(
#'   truth = c("go", "go", "no", "no"), predicted = c("go", "no", "go", "no"), n = c(40, 29, 3, 50)
#' )
#' plot_alluvial(confusion)
plot_alluvial <- function(confusion, min_n = 20, title = NULL) {
  rlang::check_installed(c("ggplot2", "ggalluvial"), "to draw alluvial diagrams.")
  if (!is.numeric(min_n) || length(min_n) != 1 || is.na(min_n) || min_n < 0) {
    abort_argument("min_n", "one number, 0 or more", min_n)
  }
  data <- complete_counts(confusion)
  data <- data[data$n > 0, ]
  shown <- data$n >= min_n
  right <- as.character(data$truth) == as.character(data$predicted)
  data$answer <- ifelse(!shown, NA, ifelse(right, "right", "wrong"))
  hidden <- c(min_n, sum(data$n[!shown]), sum(data$n))
  caption <- do.call(sprintf, c(
    "flows under %s clips hidden (%s of %s clips)", as.list(plain_number(hidden))
  ))
  left <- block_labels(data$truth, data$n)
  right <- block_labels(data$predicted, data$n)
  data <- data[order(data$answer), ] # the wrong ones on top
  data$flow <- seq_len(nrow(data))
  ends <- rbind(
    data.frame(data, side = 1, label = data$truth),
    data.frame(data, side = 2, label = data$predicted)
  )
  ggplot2::ggplot(ends, ggplot2::aes(
    .data$side, .data$n,
    stratum = .data$label, alluvium = .data$flow
  )) +
    ggalluvial::geom_alluvium(
      ggplot2::aes(fill = .data$answer, colour = .data$answer, linetype = .data$answer),
      width = block_width, alpha = 0.85, linewidth = 0.25
    ) +
    ggalluvial::geom_stratum(
      width = block_width, fill = plot_colours$faint, colour = "white", linewidth = 0.3
    ) +
    leader_lines(left, x = 1 - block_width / 2, outwards = -0.03) +
    leader_lines(right, x = 2 + block_width / 2, outwards = 0.03) +
    alluvial_scales(left, right) +
    ggplot2::labs(
      x = NULL, y = NULL, fill = NULL, colour = NULL, linetype = NULL, title = title,
      caption = if (min_n > 1) caption
    )
}
