#' Describe a recording without decoding it
#'
#' @param path An audio file: wav, flac, ogg, opus, mp3, aiff and what else libsndfile reads.
#' @param partial Read what is there of recordings that are truncated or damaged; a warning names
#'   them, and says how much is there. Otherwise they cannot be read.
#' @return A list with `sample_rate` (Hz), `channels`, `samples` (per channel), `duration`
#'   (seconds), `format` and `subtype`; with `partial`, `samples` and `duration` are `NA` where only
#'   decoding tells them. A file that is missing, a directory, empty, truncated or not audio is an
#'   error of class `hearingai_error`.
#' @family audio
#' @export
#' @examplesIf hearingai_available()
#' path <- tempfile(fileext = ".wav")
#' write_audio(sin(seq_len(8000) / 10), path, sample_rate = 16000)
#' audio_info(path)$duration
audio_info <- function(path, partial = FALSE) {
  info <- py_call("audio_info", py_path(path), partial = py_flag(partial))
  lapply(info, function(value) if (is.null(value)) NA_real_ else value)
}

#' Read a recording, or a part of it
#'
#' @inheritParams audio_info
#' @param sample_rate Rate in Hz to resample to; `NULL` keeps the file's own.
#' @param mono Average the channels into one.
#' @param start Where to begin, in seconds.
#' @param duration How much to read, in seconds; `NULL` reads to the end.
#' @param channels How many channels to return, as by [fit_channels()]; overrides `mono`.
#' @return A list with `waveform`, numbers in -1...1 (a vector, or a matrix of channels by samples
#'   with `mono = FALSE` or 2 `channels` or more), and `sample_rate`.
#' @family audio
#' @export
#' @examplesIf hearingai_available()
#' path <- tempfile(fileext = ".flac")
#' write_audio(sin(seq_len(44100) / 10), path, sample_rate = 44100)
#' str(read_audio(path, sample_rate = 16000))
read_audio <- function(path, sample_rate = NULL, mono = TRUE, start = 0, duration = NULL,
                       channels = NULL, partial = FALSE) {
  sound <- py_call("read_audio", py_path(path),
    sample_rate = py_int(sample_rate), mono = py_flag(mono),
    start = py_number(start), duration = py_number(duration), channels = py_int(channels),
    partial = py_flag(partial)
  )
  list(waveform = plain_vector(sound[[1]]), sample_rate = sound[[2]])
}

#' Write a waveform to a file
#'
#' The file appears under its name only when it is complete.
#'
#' @param path The file; its ending (.wav, .flac, .ogg, .opus, .mp3) chooses the format.
#' @param waveform Numbers in -1...1 (beyond that is clipped): a vector, or a matrix of channels by
#'   samples.
#' @param sample_rate Rate in Hz.
#' @param subtype The encoding, such as `"PCM_16"`, `"PCM_24"` or `"FLOAT"`; `NULL` takes the
#'   format's usual one.
#' @return `path`, invisibly.
#' @family audio
#' @export
#' @examplesIf hearingai_available()
#' write_audio(sin(seq_len(8000) / 10), tempfile(fileext = ".wav"), sample_rate = 16000)
write_audio <- function(path, waveform, sample_rate, subtype = NULL) {
  py_call("write_audio", py_path(path), py_samples(waveform),
    sample_rate = py_int(sample_rate), subtype = py_string(subtype)
  )
  invisible(path)
}

#' Resample a waveform
#'
#' @inheritParams write_audio
#' @param from_rate Rate of the waveform, Hz.
#' @param to_rate The wanted rate, Hz.
#' @return The waveform with `samples * to_rate / from_rate` samples, rounded.
#' @family audio
#' @export
#' @examplesIf hearingai_available()
#' length(resample(sin(seq_len(44100) / 10), 44100, 16000))
resample <- function(waveform, from_rate, to_rate) {
  changed <- py_call("resample", py_samples(waveform), py_number(from_rate),
    to_rate = py_number(to_rate)
  )
  keep_vector(changed, waveform)
}

#' Bring a waveform to a number of channels
#'
#' As many channels as wanted stay as they are; otherwise they are averaged into one, and that one
#' is repeated.
#'
#' @inheritParams write_audio
#' @param channels The wanted number.
#' @return A vector for one channel, else a matrix of channels by samples.
#' @family audio
#' @export
#' @examplesIf hearingai_available()
#' fit_channels(c(0.5, 1), 2)
#' fit_channels(rbind(c(0.5, 1), c(0, 0.5)), 1)
fit_channels <- function(waveform, channels) {
  plain_vector(py_call("fit_channels", py_samples(waveform), py_int(channels)))
}

#' Bring a waveform to an exact length
#'
#' A shorter waveform is padded, a longer one is cropped.
#'
#' @inheritParams write_audio
#' @param samples The wanted length.
#' @param crop Which part of a longer waveform to keep: its `"start"`, its `"end"`, the
#'   `"loudest"`, that of the most energy, or a `"random"` one.
#' @param pad What to pad a shorter one with: `"zero"` for silence, or `"loop"` to repeat the sound.
#' @param place Where a shorter one lies within the padding: at the `"start"`, at the `"end"` or at
#'   a `"random"` place.
#' @param seed A whole number, or several, that seed the random choices; `NULL` draws one from R's
#'   random numbers if a choice is random.
#' @return A waveform of that length.
#' @family audio
#' @export
#' @examplesIf hearingai_available()
#' fit_length(c(0, 0.1, 2, 3, 0.1), 2, crop = "loudest")
#' fit_length(c(1, 2), 5, pad = "loop")
fit_length <- function(waveform, samples, crop = "start", pad = "zero", place = "start",
                       seed = NULL) {
  if (is.null(seed) && "random" %in% c(crop, place)) seed <- py_seed(NULL)
  fitted <- py_call("fit_length", py_samples(waveform), py_int(samples),
    crop = py_string(crop), pad = py_string(pad), place = py_string(place), seed = py_ints(seed)
  )
  keep_vector(fitted, waveform)
}

keep_vector <- function(value, like) {
  if (is.matrix(like)) value else as.vector(value)
}

plain_vector <- function(value) {
  if (is.matrix(value)) value else as.vector(value)
}
