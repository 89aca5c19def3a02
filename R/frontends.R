#' Log spectrogram front end
#'
#' The logarithm of the power spectrogram: frames wholly inside the signal, periodic Hann window,
#' Fourier transform of the next power of two, `log(|S|^2 + offset)`. One second at 16 kHz becomes
#' 98 frames of 257 bins.
#'
#' @param window_size_ms Length of a frame, milliseconds.
#' @param window_stride_ms Distance from frame to frame, milliseconds.
#' @param sample_rate Rate of the waveforms, Hz.
#' @param offset Added to the power before the logarithm, so that silence stays finite.
#' @return A function from waveforms (a vector, or a matrix of clips by samples) to images, an array
#'   of `[clips, frames, bins, 1]`.
#' @references The Speech Commands tutorial of Keras for R.
#' @family front ends
#' @concept STFT
#' @concept Fourier transform
#' @concept features
#' @export
#' @examplesIf hearingai_available()
#' front_end <- LogSpectrogram(window_size_ms = 30, window_stride_ms = 10)
#' dim(front_end(matrix(0, 2, 16000)))
LogSpectrogram <- function(window_size_ms = 30, window_stride_ms = 10, sample_rate = 16000,
                           offset = 0.01) {
  given <- mget(names(formals()))
  layer <- py_call("LogSpectrogram",
    window_size_ms = py_number(window_size_ms), window_stride_ms = py_number(window_stride_ms),
    sample_rate = py_int(sample_rate), offset = py_number(offset)
  )
  new_frontend(layer, "LogSpectrogram", windows_of(layer), given)
}

#' Log mel spectrogram front end
#'
#' The signal is cut into frames, each frame is weighted by a window, Fourier transformed, and
#' summed in mel bands, of which the logarithm is taken. Without padding one second at 16 kHz
#' becomes 97 frames of 64 bands.
#'
#' @param sample_rate Rate of the waveforms, Hz.
#' @param window_size_ms,window_stride_ms Length of the window and distance from frame to frame,
#'   milliseconds.
#' @param window_size,window_stride The same in samples; used instead where they are given.
#' @param fft_size Length of the Fourier transform, samples; `NULL` takes the next power of two that
#'   holds the window.
#' @param n_mels Number of mel bands.
#' @param fmin,fmax Lowest and highest frequency, Hz; `fmax = NULL` is half the sample rate.
#' @param scale The mel scale, `"htk"` or `"slaney"`, see [mel_filters()].
#' @param norm `"slaney"` for triangles of the same area, `NULL` for triangles of height 1.
#' @param power What is summed: 2 for the power spectrum, 1 for magnitudes.
#' @param window `"hann"` or `"hamming"`.
#' @param padding `"none"` for frames that lie wholly inside the signal; `"fft"` for frames of the
#'   window's length that do, filled up with zeros to `fft_size`; `"zero"` or `"reflect"` for frames
#'   centred on every stride, beyond the ends of the signal on zeros or its mirror image.
#' @param log `"natural"` for `log(x + offset)`; `"decibel"`, nothing below -100 dB.
#' @param offset Added before the natural logarithm, so that silence stays finite.
#' @param floor_db With decibels, the range kept below the maximum of the clip; `NULL` keeps all.
#' @param frames Number of frames to cut or pad to at the end; `NULL` leaves it as it is.
#' @param slopes `"hertz"` for triangles whose sides are straight over the frequency, `"mel"` for
#'   those whose sides are straight over the mel scale, as in HTK and TensorFlow.
#' @return A function from waveforms (a vector, a matrix of clips by samples, or an array of clips
#'   by channels by samples) to images, an array of `[clips, frames, n_mels, channels]`.
#' @references Davis, S. and Mermelstein, P. (1980). IEEE Transactions on Acoustics, Speech and
#'   Signal Processing 28.
#' @family front ends
#' @concept mel spectrogram
#' @concept features
#' @export
#' @examplesIf hearingai_available()
#' front_end <- LogMel(n_mels = 40)
#' front_end
#' dim(front_end(matrix(0, 2, 16000)))
LogMel <- function(sample_rate = 16000, window_size_ms = 25, window_stride_ms = 10,
                   window_size = NULL, window_stride = NULL, fft_size = NULL, n_mels = 64,
                   fmin = 0, fmax = NULL, scale = "htk", norm = NULL, power = 2, window = "hann",
                   padding = "none", log = "natural", offset = 1e-8, floor_db = 80,
                   frames = NULL, slopes = "hertz") {
  given <- mget(names(formals()))
  settings <- py_named(given[names(mel_settings())], mel_settings(), "LogMel")
  layer <- py_call("LogMel", sample_rate = py_int(sample_rate), !!!settings)
  says <- sprintf("%d mel bands, %s", layer$n_mels, windows_of(layer))
  new_frontend(layer, "LogMel", says, given)
}

# How each setting of a mel spectrogram is converted; NULL is a valid value of `floor_db`.
mel_settings <- function() {
  list(
    window_size_ms = py_number, window_stride_ms = py_number, window_size = py_int,
    window_stride = py_int, fft_size = py_int, n_mels = py_int, fmin = py_number, fmax = py_number,
    scale = py_string, norm = py_string, power = py_number, window = py_string,
    padding = py_string, log = py_string, offset = py_number,
    floor_db = function(x, arg, call) py_none(py_number(x, arg, call)), frames = py_int,
    slopes = py_string
  )
}

#' Mel-frequency cepstral coefficients
#'
#' The cosine transform of the log mel bands. The first few coefficients describe the envelope of
#' the spectrum, the very first its loudness.
#'
#' @inheritParams LogMel
#' @param n_mfcc Number of coefficients, at most the number of mel bands.
#' @param lifter If not 0, coefficient `n` (counted from 1) is multiplied by
#'   `1 + lifter / 2 * sin(pi * n / lifter)`, which evens out their sizes.
#' @param ... The other arguments of [LogMel()], by name, with its defaults.
#' @return A function from waveforms to images as that of [LogMel()], an array of
#'   `[clips, frames, n_mfcc, channels]`.
#' @references Davis, S. and Mermelstein, P. (1980). IEEE Transactions on Acoustics, Speech and
#'   Signal Processing 28.
#' @family front ends
#' @concept MFCC
#' @concept cepstrum
#' @concept features
#' @export
#' @examplesIf hearingai_available()
#' front_end <- MFCC(n_mfcc = 13, n_mels = 40)
#' dim(front_end(matrix(0, 2, 16000)))
MFCC <- function(sample_rate = 16000, n_mfcc = 13, lifter = 0, ...) {
  settings <- py_named(list(...), mel_settings(), "MFCC")
  layer <- py_call("MFCC",
    sample_rate = py_int(sample_rate), n_mfcc = py_int(n_mfcc), lifter = py_int(lifter), !!!settings
  )
  says <- sprintf(
    "%d coefficients of %d mel bands, %s", layer$n_mfcc, layer$n_mels, windows_of(layer)
  )
  given <- list(sample_rate = sample_rate, n_mfcc = n_mfcc, lifter = lifter, ...)
  new_frontend(layer, "MFCC", says, given)
}

#' Differences in time
#'
#' How an image changes: its first, second ... difference as additional channels, from the
#' polynomials that fit neighbouring frames best (Savitzky and Golay).
#'
#' @param width Number of neighbouring frames, odd, 3 or more.
#' @param order The highest difference; below `width`.
#' @param axis `"time"`, or `"frequency"` for differences from bin to bin.
#' @return A function from images, an array of `[clips, frames, bins, channels]`, to images with
#'   `1 + order` times the channels: the image, then its first differences, and so on.
#' @references Furui, S. (1986). IEEE Transactions on Acoustics, Speech and Signal Processing 34.
#' @family front ends
#' @export
#' @examplesIf hearingai_available()
#' images <- array(stats::rnorm(2 * 98 * 40), c(2, 98, 40, 1))
#' dim(Deltas()(images))
Deltas <- function(width = 9, order = 2, axis = "time") {
  layer <- py_call("Deltas", width = py_int(width), order = py_int(order), axis = py_string(axis))
  says <- sprintf(
    "differences in %s up to order %d, over %d %s", axis, layer$order, layer$width,
    if (axis == "time") "frames" else "bins"
  )
  new_frontend(layer, "Deltas", says, mget(names(formals())), of = "images")
}

#' Zero mean and unit variance
#'
#' Scales images by the mean and variance that `adapt()` computes from the images of training clips;
#' before, it leaves them unchanged. [fit()][fit.hearingai_classifier] adapts the front end of a
#' recipe.
#'
#' @param epsilon Smallest standard deviation to divide by; values that deviate less count as
#'   constant and are only shifted to zero.
#' @param axis For what a mean and a variance are computed: each `"band"` of each channel, each
#'   `"channel"`, or `"all"` values together.
#' @return `Scaling()` returns a function from images, an array of `[clips, frames, bins, channels]`
#'   (or embeddings, `[clips, frames, features]`), to scaled ones.
#' @family front ends
#' @export
#' @examplesIf hearingai_available()
#' images <- LogMel(n_mels = 20)(matrix(rnorm(32000), 2))
#' scaling <- adapt(Scaling(), images)
#' range(apply(scaling(images), 3, mean))
Scaling <- function(epsilon = 1e-6, axis = "band") {
  layer <- py_call("Scaling", epsilon = py_number(epsilon), axis = py_string(axis))
  says <- paste("one mean and variance for", axis_of(axis))
  new_frontend(layer, "Scaling", says, mget(names(formals())), of = "images")
}

#' @rdname Scaling
#' @param front_end What `Scaling()` returned.
#' @param images The images of training clips, an array.
#' @param ... Not used. `adapt()` of anything but a front end is that of the package keras3, where
#'   it is loaded.
#' @return `adapt()` returns an adapted copy of `front_end`.
#' @export
adapt <- function(front_end, images, ...) {
  if (isNamespaceLoaded("keras3") && (missing(front_end) || !is_ours(front_end))) {
    other <- getExportedValue("keras3", "adapt")
    if (missing(front_end)) {
      return(other(...))
    }
    return(if (missing(images)) other(front_end, ...) else other(front_end, images, ...))
  }
  check_unused(...)
  layer <- if (inherits(front_end, "hearingai_frontend")) py_object(front_end)
  if (is.null(layer) || !reticulate::py_has_attr(layer, "adapt")) {
    abort_argument("front_end", "what Scaling() returned", front_end)
  }
  adapted <- unpack(pack(layer))
  py_call("bridge.adapt", adapted, py_waveform(images))
  frontend_of(new_handle(adapted, "unpack", pack(adapted)), attr(front_end, "title"), "images")
}

#' The mel filter bank
#'
#' Triangular filters whose corners are evenly spaced on the mel scale. They sum the bins of a
#' spectrum into mel bands. A warning names bands that are so narrow that they contain no bin.
#'
#' @inheritParams LogMel
#' @param scale `"slaney"`, even in hertz below 1000 Hz and logarithmic above, or `"htk"`,
#'   `2595 log10(1 + f / 700)`.
#' @param norm `"slaney"` gives all triangles the same area, `NULL` the height 1.
#' @return A matrix of `fft_size / 2 + 1` bins by `n_mels` bands.
#' @references Slaney, M. (1998). Auditory Toolbox.
#' @family front ends
#' @export
#' @examplesIf hearingai_available()
#' filters <- mel_filters(sample_rate = 16000, fft_size = 512, n_mels = 10)
#' matplot(filters, type = "l", lty = 1)
mel_filters <- function(sample_rate, fft_size, n_mels, fmin = 0, fmax = NULL, scale = "slaney",
                        norm = "slaney", slopes = "hertz") {
  py_call("mel_filters", py_int(sample_rate), py_int(fft_size),
    n_mels = py_int(n_mels), fmin = py_number(fmin), fmax = py_number(fmax),
    scale = py_string(scale), norm = py_none(py_string(norm)), slopes = py_string(slopes)
  )
}
