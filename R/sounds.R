#' A sound of another package, with its sample rate
#'
#' Wherever this package takes a sound, it takes those of other packages as they are: `Wave` and
#' `WaveMC` of tuneR, what seewave returns (`Wave`, one column of samples, `ts`, `audioSample`,
#' `Sample`), and what `av::read_audio_bin()` reads. They bring their own sample rate, which is used
#' and, where another is named as well, is an error. `as_sound()` does the same for numbers that
#' do not know what they are: it says their rate, their depth, and that a matrix is one sound.
#'
#' Numbers of R's type integer are 16-bit samples everywhere, other numbers are of full scale 1.
#'
#' @param x A sound: an object of those packages; what [read_audio()] returns; or numbers: a
#'   vector, or a matrix of channels by samples or, where it has more rows than columns, of samples
#'   by channels.
#' @param sample_rate Rate in Hz; `NULL` where `x` has its own, or where it is not known.
#' @param bits Depth of whole numbers: 8, 16, 24 or 32. 8-bit samples without negative ones have
#'   their zero at 128, as wav files do. `NULL` takes that of the object; integers are 16-bit then,
#'   and other numbers of full scale 1.
#' @param ... For methods of other packages.
#' @return A list of class `hearingai_sound`: `waveform`, numbers in -1...1 (a vector, or a matrix
#'   of channels by samples), and `sample_rate`, Hz, or `NULL`.
#' @family audio
#' @export
#' @examplesIf hearingai_available()
#' as_sound(c(0L, 16384L, -32768L), sample_rate = 8000)
#' as_sound(c(0, 2^22, -2^23), sample_rate = 8000, bits = 24)$waveform
#' # One column a channel, as many packages have it
#' as_sound(cbind(left = sin(1:8000 / 10), right = cos(1:8000 / 10)), sample_rate = 8000)
as_sound <- function(x, sample_rate = NULL, bits = NULL, ...) {
  UseMethod("as_sound")
}

#' @export
as_sound.default <- function(x, sample_rate = NULL, bits = NULL, ...) {
  if (is_rated_list(x)) {
    return(as_sound.hearingai_sound(x, sample_rate))
  }
  abort_argument("x", "a sound: numbers, or an object of tuneR, seewave or av", x)
}

#' @export
as_sound.hearingai_sound <- function(x, sample_rate = NULL, bits = NULL, ...) {
  check_unused(...)
  new_sound(x[["waveform"]], x[["sample_rate"]], sample_rate)
}

#' @export
as_sound.numeric <- function(x, sample_rate = NULL, bits = NULL, ...) {
  check_unused(...)
  if (length(dim(x)) > 2) abort_argument("x", "a vector, or a matrix of channels by samples", x)
  if (is_av(x)) {
    return(of_av(x, sample_rate))
  }
  refuse_na(x, "x")
  own <- if (is_rated(x)) stats::frequency(x)
  x <- if (length(dim(x)) < 2) as.vector(x) else matrix(x, nrow(x))
  if (is.matrix(x) && nrow(x) > ncol(x)) x <- t(x)
  if (is.matrix(x) && nrow(x) == 1) x <- as.vector(x)
  if (is.integer(x) && is.null(bits)) bits <- 16
  new_sound(of_full_scale(x, bits, "x"), own, sample_rate)
}

#' @export
as_sound.integer <- as_sound.numeric

#' @export
as_sound.matrix <- as_sound.numeric

#' @export
as_sound.ts <- as_sound.numeric

#' @export
as_sound.Wave <- function(x, sample_rate = NULL, bits = NULL, ...) {
  check_unused(...)
  stereo <- length(x@right) > 0
  of_wave(x, if (stereo) rbind(x@left, x@right) else x@left, sample_rate, bits)
}

#' @export
as_sound.WaveMC <- function(x, sample_rate = NULL, bits = NULL, ...) {
  check_unused(...)
  channels <- unname(t(x@.Data))
  dimnames(channels) <- NULL
  of_wave(x, if (nrow(channels) == 1) as.vector(channels) else channels, sample_rate, bits)
}

# Of the package audio: a vector, or a row a channel.
#' @export
as_sound.audioSample <- function(x, sample_rate = NULL, bits = NULL, ...) {
  samples <- if (length(dim(x)) < 2) as.vector(unclass(x)) else matrix(unclass(x), nrow(x))
  new_sound(samples, attr(x, "rate", exact = TRUE), sample_rate)
}

# Of the package sound: a list with a row a channel.
#' @export
as_sound.Sample <- function(x, sample_rate = NULL, bits = NULL, ...) {
  samples <- x$sound
  if (is.matrix(samples) && nrow(samples) == 1) samples <- as.vector(samples)
  new_sound(samples, x$rate, sample_rate)
}

#' @export
format.hearingai_sound <- function(x, ...) {
  samples <- x$waveform
  channels <- if (is.matrix(samples)) nrow(samples) else 1
  n <- length(samples) / channels
  of <- if (channels > 1) sprintf("%d channels of ", channels) else ""
  if (is.null(x$sample_rate)) {
    return(sprintf("<sound: %s%d samples of an unknown rate>", of, n))
  }
  rate <- format(x$sample_rate, scientific = FALSE)
  sprintf("<sound: %s%s at %s Hz>", of, spoken_time(n / x$sample_rate), rate)
}

#' @rdname plot_waveform
#' @param x A sound, see [as_sound()].
#' @param ... Passed on to `plot_waveform()`.
#' @export
plot.hearingai_sound <- function(x, ...) {
  plot_waveform(x, ...)
}

# A sound whose own rate and the named one are the same, or of which one is known.
new_sound <- function(waveform, own, named, call = rlang::caller_env()) {
  named <- py_int(named, "sample_rate", call)
  if (!is.null(own) && !is.null(named) && own != named) {
    wanted <- sprintf("that of the sound, %s Hz, or left out", format(own, scientific = FALSE))
    abort_argument("sample_rate", wanted, named, call)
  }
  rate <- if (is.null(own)) named else whole(as.numeric(own))
  as_object(list(waveform = waveform, sample_rate = rate), "hearingai_sound")
}

# tuneR's samples: whole numbers of its depth where they are PCM, else of full scale 1. Its Wave()
# says PCM of any numbers, so that those in -1...1 that are not whole are no PCM.
of_wave <- function(x, samples, sample_rate, bits, call = rlang::caller_env()) {
  pcm <- !isFALSE(attr(x, "pcm", exact = TRUE)) # a slot that old objects lack
  peak <- max(abs(samples), 0)
  fractions <- peak <= 1 && any(samples != round(samples))
  if (is.null(bits) && pcm && !fractions) bits <- x@bit
  storage.mode(samples) <- "double"
  new_sound(of_full_scale(samples, bits, "x", call), x@samp.rate, sample_rate, call)
}

# av's samples: 32-bit, one channel after the other; the lowest one is R's NA.
of_av <- function(x, sample_rate, call = rlang::caller_env()) {
  channels <- attr(x, "channels", exact = TRUE)
  samples <- as.numeric(x)
  samples[is.na(samples)] <- -2^31
  if (isTRUE(channels > 1)) samples <- matrix(samples, nrow = channels)
  new_sound(samples / 2^31, attr(x, "sample_rate", exact = TRUE), sample_rate, call)
}

of_full_scale <- function(x, bits, arg, call = rlang::caller_env()) {
  if (is.null(bits)) {
    return(x)
  }
  if (!rlang::is_scalar_integerish(bits) || !bits %in% c(8, 16, 24, 32)) {
    abort_argument("bits", "8, 16, 24 or 32", bits, call)
  }
  refuse_na(x, arg, call)
  full <- 2^(bits - 1)
  x <- if (bits == 8 && !any(x < 0)) x - 128 else x
  if (any(x < -full | x > full)) {
    abort_argument(arg, sprintf("samples of %d bits, from %.0f to %.0f", bits, -full, full - 1),
      max(abs(x)), call
    )
  }
  x / full
}

is_av <- function(x) is.integer(x) && !is.null(attr(x, "sample_rate", exact = TRUE))

# A time series in seconds, as seewave's; others have a frequency of months or days.
is_rated <- function(x) stats::is.ts(x) && stats::frequency(x) >= 1000

is_rated_list <- function(x) {
  is.list(x) && !is.data.frame(x) && setequal(names(x), c("waveform", "sample_rate"))
}

# A sound that brings its rate, or `NULL` where it is none: numbers, paths and all else.
own_sound <- function(x) {
  kinds <- c("hearingai_sound", "Wave", "WaveMC", "audioSample", "Sample")
  if (inherits(x, kinds) || is_av(x) || is_rated(x) || is_rated_list(x)) as_sound(x)
}
