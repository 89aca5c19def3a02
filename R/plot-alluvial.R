#' Draw an alluvial diagram of true and predicted labels
#'
#' Shows how the clips of each true label were predicted. Right predictions are light blue flows,
#' wrong ones purple with a dashed outline. Flows of few clips are hidden: their place in the blocks
#' stays empty, and a line below gives the number of their clips. Many labels need a tall figure: a
#' fifth of an inch for each.
#'
#' @param min_n The smallest flow shown, in clips.
#' @inheritParams plot_confusion
#' @return A ggplot2 object.
#' @family plots
#' @concept confusion matrix
#' @concept Sankey diagram
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

block_width <- 0.06 # of an alluvial diagram's blocks, beside flows 1 - 0.06 wide

# The positions of an alluvial diagram's blocks (the first on top) and of their labels: as near as
# possible without overlap, by isotonic regression after subtracting the least distances
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
