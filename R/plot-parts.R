# What all plots share: the colours, the theme, and the checks of what is to be drawn.

# Pairs also differ in lightness, line type or outline, for eyes that see no hue.
plot_colours <- list(
  ink = "#222222", faint = "#767676", pale = "#E6E6E6",
  training = "#0072B2", validation = "#D55E00",
  right = "#9ECAE1", wrong = "#6A3D9A", outline = "#2F1A4A",
  none = "#FFFFFF", curves = c("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#222222", "#56B4E9"),
  # white to dark blue, faster at first, since a rate of 5 % should not look like none
  shades = c("#FFFFFF", "#9ECAE1", "#2171B5", "#08306B")
)

max_samples <- 50000 # a channel longer than this is drawn as its envelope
block_width <- 0.06 # of an alluvial diagram's blocks, beside flows 1 - 0.06 wide

plot_theme <- function() {
  ggplot2::theme_minimal() +
    ggplot2::theme(
      legend.position = "bottom",
      panel.grid.minor = ggplot2::element_blank(),
      axis.text = ggplot2::element_text(colour = plot_colours$ink),
      plot.background = ggplot2::element_rect(fill = "white", colour = NA)
    )
}

# Size of the text beside n labels, in points
label_points <- function(n) max(6.5, min(10, 300 / n))

plain_number <- function(x) format(x, trim = TRUE, scientific = FALSE, drop0trailing = TRUE)

whole_breaks <- function(limits) {
  breaks <- unique(round(pretty(limits)))
  breaks[breaks >= limits[1] & breaks <= limits[2]]
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

# All samples, or the extremes of each stretch where there are too many
waveform_envelope <- function(samples) {
  n <- length(samples)
  if (n <= max_samples) {
    return(data.frame(sample = seq_len(n) - 1, amplitude = samples))
  }
  size <- ceiling(n / (max_samples / 2))
  blocks <- ceiling(n / size)
  filled <- matrix(c(samples, rep(samples[n], blocks * size - n)), nrow = size)
  extremes <- apply(filled, 2, range)
  data.frame(sample = rep((seq_len(blocks) - 1) * size, each = 2), amplitude = as.vector(extremes))
}

# A confusion table with every pair of labels once, as factors with one order of levels
complete_counts <- function(confusion, call = rlang::caller_env()) {
  check_table(confusion, c("truth", "predicted", "n"), call = call)
  n <- confusion$n
  if (anyNA(confusion$truth) || anyNA(confusion$predicted)) {
    abort_argument("confusion", "without missing labels", call = call)
  }
  if (!is.numeric(n) || !all(is.finite(n)) || any(n < 0) || sum(n) == 0) {
    abort_argument("confusion$n", "counts of clips: 0 or more, not all 0", n, call = call)
  }
  order_of <- function(x) if (is.factor(x)) levels(x) else unique(as.character(x))
  labels <- union(order_of(confusion$truth), order_of(confusion$predicted))
  sides <- list(
    predicted = factor(confusion$predicted, labels),
    truth = factor(confusion$truth, labels)
  )
  counts <- tapply(n, sides, sum, default = 0)
  pairs <- expand.grid(predicted = factor(labels, labels), truth = factor(labels, labels))
  data.frame(truth = pairs$truth, predicted = pairs$predicted, n = as.vector(counts))
}

# Where the blocks of an alluvial diagram lie (the first on top), and where their labels fit: as
# near as can be, yet apart, which is isotonic regression once the wanted distances are taken off
block_labels <- function(side, n) {
  sizes <- tapply(n, side, sum, default = 0)
  sizes <- sizes[sizes > 0]
  total <- sum(sizes)
  middle <- cumsum(sizes) - sizes / 2
  labels <- length(sizes)
  # a line of text, in a picture 5 inches high, or a fifth of an inch a label where that is more
  line <- 1.2 * label_points(labels) / max(230, 11.3 * labels)
  apart <- total * min(line, 1 / labels)
  steps <- apart * seq_along(sizes)
  place <- stats::isoreg(middle - steps)$yf
  place <- pmin(pmax(place, apart / 2 - steps[1]), total - apart / 2 - max(steps)) + steps
  data.frame(label = names(sizes), middle = total - middle, place = total - place)
}

leader_lines <- function(blocks, x, outwards) {
  ggplot2::geom_segment(
    ggplot2::aes(x = x, xend = x + outwards, y = .data$middle, yend = .data$place),
    data = blocks, inherit.aes = FALSE, colour = plot_colours$faint, linewidth = 0.3
  )
}

# Axes that carry the labels, and the look of right, wrong and hidden flows
alluvial_scales <- function(left, right) {
  answers <- c("right", "wrong")
  list(
    ggplot2::scale_x_continuous(
      breaks = 1:2, labels = c("truth", "predicted"), position = "top", expand = c(0, 0)
    ),
    ggplot2::scale_y_continuous(
      breaks = left$place, labels = left$label, expand = c(0.01, 0),
      sec.axis = ggplot2::sec_axis(~., breaks = right$place, labels = right$label)
    ),
    ggplot2::scale_fill_manual(
      values = unlist(plot_colours[answers]), limits = answers, na.value = "transparent"
    ),
    ggplot2::scale_colour_manual(
      values = c(right = "white", wrong = plot_colours$outline),
      limits = answers, na.value = "transparent"
    ),
    ggplot2::scale_linetype_manual(
      values = c(right = "solid", wrong = "dashed"), limits = answers, na.value = "blank"
    ),
    plot_theme(),
    ggplot2::theme(
      panel.grid = ggplot2::element_blank(),
      axis.text.y = ggplot2::element_text(size = label_points(nrow(left))),
      axis.text.y.right = ggplot2::element_text(size = label_points(nrow(right)))
    )
  )
}

check_finite_array <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (!is.numeric(x) || length(x) == 0) {
    abort_argument(arg, "numbers", x, call = call)
  }
  if (!all(is.finite(x))) {
    abort_argument(arg, "finite: neither missing nor infinite", call = call)
  }
}

check_positive_number <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (!is.numeric(x) || length(x) != 1 || !is.finite(x) || x <= 0) {
    abort_argument(arg, "one positive number", x, call = call)
  }
}

check_table <- function(x, columns, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (!is.data.frame(x) || !all(columns %in% names(x)) || nrow(x) == 0) {
    came <- if (is.data.frame(x)) {
      "Received {nrow(x)} row{?s} of {.field {names(x)}}."
    } else {
      "Received {.cls {class(x)}}."
    }
    cli::cli_abort(
      c("{.arg {arg}} must be a table with rows and the columns {.field {columns}}.", x = came),
      call = call, class = "hearingai_error"
    )
  }
}
