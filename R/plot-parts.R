# What all plots share: the colours, the theme, and the size of labels.

# Pairs also differ in lightness, line type or outline, for eyes that see no hue.
plot_colours <- list(
  ink = "#222222", faint = "#767676", pale = "#E6E6E6",
  training = "#0072B2", validation = "#D55E00",
  right = "#9ECAE1", wrong = "#6A3D9A", outline = "#2F1A4A",
  none = "#FFFFFF", curves = c("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#222222", "#56B4E9"),
  # white to dark blue, faster at first, since a rate of 5 % should not look like none
  shades = c("#FFFFFF", "#9ECAE1", "#2171B5", "#08306B")
)

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
