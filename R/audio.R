#' Describe a recording without decoding it
#'
#' @param path An audio file: wav, flac, ogg, opus, mp3, aiff and what else libsndfile reads.
#' @return A list with `sample_rate` (Hz), `channels`, `samples` (per channel), `duration`
#'   (seconds), `format` and `subtype`. A file that is missing, a directory, empty, truncated or not
#'   audio is an error of class `hearingai_error`.
#' @family audio
#' @export
#' @examplesIf hearingai_available()
#' path <- tempfile(fileext = ".wav")
#' write_audio(path, sin(seq_len(8000) / 10), sample_rate = 16000)
#' audio_info(path)$duration
audio_info <- function(path) {
  py_call("audio_info", py_path(path))
}

#' Read a recording, or a part of it
#'
#' @inheritParams audio_info
#' @param sample_rate Rate in Hz to resample to; `NULL` keeps the file's own.
#' @param mono Average the channels into one.
#' @param start Where to begin, in seconds.
#' @param duration How much to read, in seconds; `NULL` reads to the end.
#' @return A list with `waveform`, numbers in -1...1 (a vector, or a matrix of channels by samples
#'   with `mono = FALSE`), and `sample_rate`.
#' @family audio
#' @export
#' @examplesIf hearingai_available()
#' path <- tempfile(fileext = ".flac")
#' write_audio(path, sin(seq_len(44100) / 10), sample_rate = 44100)
#' str(read_audio(path, sample_rate = 16000))
read_audio <- function(path, sample_rate = NULL, mono = TRUE, start = 0, duration = NULL) {
  sound <- py_call("read_audio", py_path(path),
    sample_rate = py_int(sample_rate), mono = py_flag(mono),
    start = py_number(start), duration = py_number(duration)
  )
  waveform <- sound[[1]]
  list(
    waveform = if (isFALSE(mono)) waveform else as.vector(waveform), sample_rate = sound[[2]]
  )
}

#' Write a waveform to a file
#'
#' The file appears under its name only when it is complete.
#'
#' @param path The file; its ending (.wav, .flac, .ogg, .mp3) chooses the format.
#' @param waveform Numbers in -1...1 (beyond that is clipped): a vector, or a matrix of channels by
#'   samples.
#' @param sample_rate Rate in Hz.
#' @param subtype The encoding, such as `"PCM_16"`, `"PCM_24"` or `"FLOAT"`; `NULL` takes the
#'   format's usual one.
#' @return `path`, invisibly.
#' @family audio
#' @export
#' @examplesIf hearingai_available()
#' write_audio(tempfile(fileext = ".wav"), sin(seq_len(8000) / 10), sample_rate = 16000)
write_audio <- function(path, waveform, sample_rate, subtype = NULL) {
  py_call("write_audio", py_path(path), py_waveform(waveform), py_int(sample_rate),
    subtype = py_string(subtype)
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
  keep_vector(
    py_call("resample", py_waveform(waveform), py_int(from_rate), py_int(to_rate)), waveform
  )
}

#' Bring a waveform to an exact length
#'
#' A shorter waveform is followed by zeros; of a longer one, a stretch is kept.
#'
#' @inheritParams write_audio
#' @param samples The wanted length.
#' @param crop Which stretch of a longer waveform to keep: its `"start"`, or the `"loudest"`, that
#'   of the most energy.
#' @return A waveform of that length.
#' @family audio
#' @export
#' @examplesIf hearingai_available()
#' fit_length(c(0, 0.1, 2, 3, 0.1), 2, crop = "loudest")
fit_length <- function(waveform, samples, crop = "start") {
  fitted <- py_call("fit_length", py_waveform(waveform), py_int(samples), crop = py_string(crop))
  keep_vector(fitted, waveform)
}

keep_vector <- function(value, like) {
  if (is.matrix(like)) value else as.vector(value)
}
