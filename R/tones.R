#' Make pure tones, and find the tones of a sound
#'
#' `two_tone()` makes the base case of an audio front end: its image must show a line at each
#' frequency and nothing else. `find_tones()` finds the highest peaks of a sound's spectrum; the
#' whole sound is one frame, so a bin is `sample_rate / samples` wide, and a pure tone is found to a
#' fraction of a bin where the next one is 8 bins or more away.
#'
#' @param frequencies The tones' frequencies, Hz, each below half the sample rate.
#' @param duration Length, seconds.
#' @param sample_rate Hz.
#' @param amplitudes The tones' amplitudes, a number each, 1 or less in all; `NULL` gives every tone
#'   the same share of 1.
#' @return `two_tone()` returns a waveform, a vector. `find_tones()` returns frequencies in Hz,
#'   ascending; fewer than `n` where there are no more peaks within 60 dB of the highest, none in
#'   silence.
#' @references The two-tone base case of the Hearing AI system.
#' @family plots
#' @export
#' @examplesIf hearingai_available()
#' find_tones(two_tone(), sample_rate = 22050)
two_tone <- function(frequencies = c(440, 2000), duration = 1, sample_rate = 22050,
                     amplitudes = NULL) {
  check_finite_array(frequencies)
  if (!is.null(amplitudes)) check_finite_array(amplitudes)
  as.vector(py_call("two_tone",
    frequencies = as.list(frequencies), duration = py_number(duration),
    sample_rate = py_number(sample_rate), amplitudes = if (!is.null(amplitudes)) as.list(amplitudes)
  ))
}

#' @rdname two_tone
#' @param waveform A sound that brings its rate, see [as_sound()]; or a numeric vector of samples,
#'   or a matrix (channels × samples), whose channels are averaged.
#' @param n How many tones to find, at most.
#' @export
find_tones <- function(waveform, sample_rate = NULL, n = 2) {
  as.vector(py_call("find_tones", py_heard(waveform),
    sample_rate = py_number(sample_rate), n = py_int(n)
  ))
}
