#' Mix clips into a background at known times
#'
#' Makes a long recording whose events are known, to evaluate a detector. The background's
#' recordings follow each other, cross-faded over half a second, and repeat where they are too
#' short. Each clip is scaled to its signal-to-noise ratio: its power where it is active (frames of
#' 20 ms within 20 dB of its loudest) over that of the background under it. Over digital silence it
#' keeps its own level. The sound is written as it is made: hours cost no more memory than a clip.
#'
#' @param background A sound that brings its rate, see [as_sound()]; paths of recordings, or a table
#'   with `fname`, such as [background_noise()] gives, and `start` and `end` (seconds) where only a
#'   part is meant.
#' @param clips A table of clips: `fname`, `class` and, for parts of recordings, `start` and `end`.
#' @param path The file to write; its ending chooses the format. Mono.
#' @param snr_db Signal-to-noise ratio, dB; of several, one is drawn for each clip.
#' @param times Start of each clip of the table, seconds; `NULL` draws them: one clip in every
#'   `every` seconds, each clip of the table once before any is repeated.
#' @param every Seconds in which one clip is placed at random.
#' @param duration Length of the recording, seconds; `NULL` takes the background once.
#' @param level_db RMS level that each recording of the background is scaled to, dBFS, such as -50;
#'   `NULL` leaves it as it is.
#' @param sample_rate Rate of the recording, Hz.
#' @param subtype The encoding, see [write_audio()].
#' @param seed A whole number that seeds the random choices; `NULL` draws one from R's random
#'   numbers.
#' @param overwrite Replace `path`, which may be none of the recordings that are mixed.
#' @param partial Read what is there of recordings that are truncated or damaged; a warning names
#'   them, and says how much is there. Otherwise they cannot be read. That holds
#'   for the clips; the background must be whole.
#' @param progress Show a progress bar: `TRUE`, `FALSE`, or `NULL` for interactive sessions only; or
#'   a function of `done`, `total` and `text`.
#' @param polyphony How many clips are placed, each at random, in every `every` seconds; so many may
#'   sound at once. Times that are given may overlap as they like.
#' @return The truth, as [detection_metrics()] takes it: a tibble with `fname` (that is `path`),
#'   `start` and `end` (seconds, of the part where the clip is active), `label`, `snr_db` (infinite
#'   over digital silence), `gain_db` (the clip's gain), `clip` (its file) and `at` (where the clip
#'   starts), one row per clip, in the order of `at`.
#' @family audio
#' @concept signal-to-noise ratio
#' @concept mixing
#' @export
#' @examplesIf hearingai_available()
#' noise <- tempfile(fileext = ".wav")
#' write_audio(stats::rnorm(48000, sd = 0.01), noise, 16000)
#' clips <- spoken_words(c("no", "yes"), n = 2, seed = 1)
#' path <- tempfile(fileext = ".flac")
#' lay_clips(noise, clips, path, every = 5, duration = 20, seed = 1)
lay_clips <- function(background, clips, path, snr_db = 10, times = NULL, every = 4,
                      duration = NULL, level_db = NULL, sample_rate = 16000, subtype = NULL,
                      seed = NULL, overwrite = FALSE, partial = FALSE, progress = NULL,
                      polyphony = 1) {
  as_events(py_call("lay_clips", py_background(background), py_table(clips),
    path = py_path(path), snr_db = py_numbers(snr_db), times = py_numbers(times),
    every = py_number(every), polyphony = py_int(polyphony), duration = py_number(duration),
    level_db = py_number(level_db), sample_rate = py_int(sample_rate),
    subtype = py_string(subtype), seed = py_seed(seed), overwrite = py_flag(overwrite),
    partial = py_flag(partial), progress = py_progress(progress)
  ))
}
