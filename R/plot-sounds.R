#' Draw a waveform
#'
#' Amplitude against time, several channels below each other. Beyond 50,000 samples a channel, the
#' minimum and the maximum of each of 25,000 sections are drawn: it looks the same, and a day of
#' sound can be drawn too.
#'
#' @param waveform A numeric vector of samples, or a matrix (channels × samples); or a sound that
#'   brings its rate, see [as_sound()].
#' @param sample_rate In Hz; `NULL` where the sound brings it.
#' @param title Text above the plot.
#' @return A ggplot2 object.
#' @family plots
#' @concept oscillogram
#' @export
#' @examplesIf rlang::is_installed("ggplot2")
#' tone <- sin(2 * pi * 440 * seq(0, 0.05, by = 1 / 16000))
#' plot_waveform(tone, sample_rate = 16000)
plot_waveform <- function(waveform, sample_rate = NULL, title = NULL) {
  rlang::check_installed("ggplot2", "to draw plots.")
  sound <- own_sound(waveform)
  if (!is.null(sound)) {
    waveform <- sound$waveform
    sample_rate <- new_sound(waveform, sound$sample_rate, sample_rate)$sample_rate
  }
  check_finite_array(waveform)
  waveform <- as_floats(waveform)
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
#' @concept sonogram
#' @concept STFT
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

max_samples <- 50000 # a channel longer than this is drawn as its envelope

# All samples, or the minimum and maximum of each section where there are too many
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
