#' Draw a sound and the image of it that a network takes
#'
#' `plot_panels()` draws a sound three times, side by side: the waveform, the Fourier spectrogram in
#' the frames of the front end, and the network's input. Both images show decibels below their
#' loudest value, down to -80; a front end whose values are no levels (MFCC, scaled images) is shown
#' as it is, from its lowest value to its highest, without a legend. Of several channels of an image
#' the first is drawn.
#'
#' `plot_bands()` draws a sound as log-mel with few, enough and too many bands. Too few blur the
#' spectrum; too many leave bands without a bin of the spectrum, dark stripes for any sound. Each
#' title gives the number of empty bands.
#'
#' `plot_augmented()` draws the image of a clip before and after each augmentation. Each is applied
#' to the original clip, whatever its probability. All images have one scale, so that a louder clip
#' looks louder.
#'
#' @param sound A recording's path, an object of another package, see [as_sound()], or a waveform: a
#'   vector, or a matrix (channels × samples), whose
#'   channels are averaged. Half an hour at most. `plot_bands()` draws [two_tone()] for `NULL`.
#' @param sample_rate Of a waveform, its rate in Hz; of a file, the rate to read it at. `NULL` takes
#'   the front end's for a file, 22,050 Hz where there is none.
#' @param frontend The front end, such as [LogMel()], or a classifier, whose front end is taken; the
#'   sound is brought to its rate. `NULL` takes the log-mel of the Hearing AI system. `plot_bands()`
#'   needs a [LogMel()], whose other settings it uses.
#' @param tones How many tones to find with [find_tones()] and to mark in both images.
#' @param title Text above the plot.
#' @return A ggplot2 object.
#' @references The base case, the dog bark and the choice of 150 bands of the Hearing AI system.
#' @family plots
#' @export
#' @examplesIf hearingai_available() && rlang::is_installed("ggplot2")
#' plot_panels(two_tone(), sample_rate = 22050, tones = 2)
#' plot_bands(n_mels = c(10, 150))
#' plot_augmented(two_tone(), c("time_shift", "spec_augment"), sample_rate = 22050)
plot_panels <- function(sound, sample_rate = NULL, frontend = NULL, tones = NULL, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  draw_panels(py_call("bridge.plots.panels", py_sound(sound),
    sample_rate = py_int(sample_rate), frontend = py_frontend(frontend), tones = py_int(tones)
  ), title)
}

#' @rdname plot_panels
#' @param n_mels Numbers of mel bands, one a panel.
#' @export
plot_bands <- function(n_mels = c(10, 150, 1000), sample_rate = 22050, sound = NULL,
                       frontend = NULL, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  check_finite_array(n_mels)
  draw_panels(py_call("bridge.plots.bands",
    n_mels = as.list(n_mels), sample_rate = py_int(sample_rate), sound = py_sound(sound),
    frontend = py_frontend(frontend)
  ), title)
}

#' @rdname plot_panels
#' @param augment What to show: names, pairs `list(name, list(options))`, or augmentations such as
#'   [TimeShift()]; one or a list. Those that mix clips cannot be shown on one clip.
#' @param seed A whole number that seeds the augmentations; `NULL` draws one from R's random
#'   numbers.
#' @export
plot_augmented <- function(sound, augment, sample_rate = NULL, frontend = NULL, seed = NULL,
                           title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  draw_panels(py_call("bridge.plots.augmented", py_sound(sound), py_augment(augment),
    sample_rate = py_int(sample_rate), frontend = py_frontend(frontend), seed = py_seed(seed)
  ), title)
}

# The panels that the core computed: each has a section of the one axis that they share, so that one
# list of ticks is enough.
draw_panels <- function(numbers, title) {
  ticks <- as_table(numbers$ticks)
  legend <- ggplot2::guide_colourbar(barwidth = ggplot2::unit(12, "lines"))
  plot <- ggplot2::ggplot(as_table(numbers$limits), ggplot2::aes(y = .data$place)) +
    ggplot2::geom_blank() +
    draw_waves(as_table(numbers$waves)) +
    lapply(numbers$images, draw_image) +
    draw_marks(as_table(numbers$marks)) +
    ggplot2::facet_wrap("panel",
      scales = "free", ncol = min(length(numbers$panels), 4),
      labeller = ggplot2::as_labeller(function(panel) unlist(numbers$panels)[as.integer(panel)])
    ) +
    ggplot2::scale_y_continuous(breaks = ticks$place, labels = ticks$label, expand = c(0, 0)) +
    ggplot2::scale_x_continuous(expand = c(0, 0)) +
    ggplot2::scale_fill_viridis_c(
      option = "magma", limits = c(numbers$low, numbers$high),
      guide = if (nzchar(numbers$unit)) legend else "none"
    ) +
    ggplot2::labs(x = "time (s)", y = NULL, fill = numbers$unit, title = title) +
    plot_theme() +
    ggplot2::theme(
      panel.grid.major.x = ggplot2::element_blank(),
      axis.ticks = ggplot2::element_line(colour = plot_colours$faint),
      legend.title = ggplot2::element_text(vjust = 0.9)
    )
  plot
}

draw_waves <- function(waves) {
  if (nrow(waves)) {
    ggplot2::geom_line(
      ggplot2::aes(.data$time, .data$place),
      data = waves, colour = plot_colours$training, linewidth = 0.3
    )
  }
}

draw_image <- function(image) {
  ggplot2::geom_raster(
    ggplot2::aes(.data$time, .data$place, fill = .data$value),
    data = cbind(as_table(image$cells), panel = image$panel)
  )
}

draw_marks <- function(marks) {
  if (!nrow(marks)) {
    return(NULL)
  }
  list(
    ggplot2::geom_point(
      ggplot2::aes(.data$time, .data$place),
      data = marks, shape = 18, colour = "white", size = 3
    ),
    ggplot2::geom_label(
      ggplot2::aes(.data$time, .data$place,
        label = .data$label, vjust = ifelse(.data$below, 1.2, -0.2)
      ),
      data = marks[nzchar(marks$label), ], hjust = 1.15, size = 3, colour = "white",
      fill = "#00000099", label.size = 0, label.r = ggplot2::unit(0, "lines"),
      label.padding = ggplot2::unit(0.12, "lines")
    )
  )
}
