#' Describe recordings without decoding them
#'
#' @param path An audio file: wav, flac, ogg, opus, mp3, aiff and what else libsndfile reads, and
#'   with the extra `av` of [install_hearingai()] what ffmpeg does, such as m4a, wma and the sound
#'   of films; or several, a folder (with all below it), a vector, list or factor, or a data frame
#'   with a column `fname`. Wherever recordings are taken they may be addresses: `s3://`, `gs://`,
#'   `az://`, `hf://datasets/`, `http://` and `https://` (extras `s3`, `gcs`, `azure`, `hub` and
#'   `remote`); that of a folder ends in `/`.
#' @param partial Read what is there of recordings that are truncated or damaged; a warning names
#'   them, and says how much is there. Otherwise they cannot be read.
#' @param on_error Of several files, `"report"` gives the reason why one cannot be read in `.error`;
#'   `"raise"` stops at the first.
#' @return A tibble with a row per file: `fname`, `sample_rate` (Hz), `channels`, `samples` (per
#'   channel), `duration` (seconds), `format`, `subtype`, and `.error` (`NA` where all went well);
#'   with `partial`, `samples` and `duration` are `NA` where only decoding tells them. A single file
#'   that is missing, empty, truncated or not audio is an error of class `hearingai_error`.
#' @family audio
#' @concept sample rate
#' @concept wav
#' @concept mp3
#' @export
#' @examplesIf hearingai_available()
#' path <- tempfile(fileext = ".wav")
#' write_audio(sin(seq_len(8000) / 10), path, sample_rate = 16000)
#' audio_info(path)$duration
#' audio_info(c(path, path))
audio_info <- function(path, partial = FALSE, on_error = "report") {
  if (is_one_path(path) && !is_folder(path)) on_error <- "raise"
  answer <- as_table(py_call("audio_info", py_several(path),
    partial = py_flag(partial), on_error = py_string(on_error)
  ))
  names(answer)[names(answer) == "error"] <- ".error"
  for (name in c("samples", "duration")) answer[[name]] <- as.numeric(answer[[name]])
  for (name in c("sample_rate", "channels")) answer[[name]] <- as.integer(answer[[name]])
  for (name in c("format", "subtype")) answer[[name]] <- as.character(answer[[name]])
  answer
}

#' Read recordings, or parts of them
#'
#' @inheritParams audio_info
#' @param path An audio file; or several, a vector, list or factor of them (and of folders), or a
#'   data frame with a column `fname`, such as that of [audio_info()] (and `start` and `end`, in
#'   seconds, for parts).
#' @param sample_rate Rate in Hz to resample to; `NULL` keeps the file's own.
#' @param mono Average the channels into one.
#' @param start Where to begin, in seconds.
#' @param duration How much to read, in seconds; `NULL` reads to the end.
#' @param channels How many channels to return, as by [fit_channels()]; overrides `mono`.
#' @return Of one file a sound as [as_sound()] returns it, a list with `waveform`, numbers in -1...1
#'   (a vector, or a matrix of channels by samples with `mono = FALSE` or 2 `channels` or more), and
#'   `sample_rate`; it goes wherever a sound goes. Of several files a tibble with a row each:
#'   `fname`, `waveform` (a list), `sample_rate` and `.error` (`NA` where all went well).
#' @family audio
#' @concept wav
#' @concept mp3
#' @concept flac
#' @concept ogg
#' @concept decoding
#' @export
#' @examplesIf hearingai_available()
#' path <- tempfile(fileext = ".flac")
#' write_audio(sin(seq_len(44100) / 10), path, sample_rate = 44100)
#' read_audio(path, sample_rate = 16000)
#' read_audio(c(path, path), sample_rate = 16000)
read_audio <- function(path, sample_rate = NULL, mono = TRUE, start = 0, duration = NULL,
                       channels = NULL, partial = FALSE, on_error = "report") {
  one <- is_one_path(path)
  sounds <- py_call("bridge.read_audio", if (one) py_path(path) else py_several(path),
    sample_rate = py_int(sample_rate), mono = py_flag(mono),
    start = py_number(start), duration = py_number(duration), channels = py_int(channels),
    partial = py_flag(partial), on_error = py_string(on_error)
  )
  waveforms <- lapply(sounds$waveforms, function(x) if (!is.null(x)) plain_vector(x))
  table <- as_table(sounds$table)
  if (one) {
    return(new_sound(waveforms[[1]], table$sample_rate[[1]], NULL))
  }
  tibble::tibble(
    fname = table$fname, waveform = waveforms, sample_rate = as.integer(table$sample_rate),
    .error = as.character(table$error)
  )
}

# A folder of this machine, or an address that ends as one.
is_folder <- function(path) dir.exists(path) || grepl("^[A-Za-z0-9]+://.*/$", path)

is_one_path <- function(path) rlang::is_string(path)

# Several files; one is a list of one.
py_several <- function(path, arg = rlang::caller_arg(path), call = rlang::caller_env()) {
  force(arg)
  if (rlang::is_string(path)) {
    return(list(py_path(path, arg, call)))
  }
  if (!are_files(path)) {
    abort_argument(arg, "one path, several, or a data frame with a column fname", path, call)
  }
  py_files(path, arg, call)
}

#' Write a sound to a file
#'
#' The file appears under its name only when it is complete. What is beyond -1...1 is clipped, with
#' a warning that says so.
#'
#' @param waveform A sound that brings its rate, see [as_sound()]; or numbers in -1...1 or integers
#'   of 16 bits, a vector, or a matrix of channels by samples. The path may come first too.
#' @param path The file; its ending (.wav, .flac, .ogg, .opus, .mp3) chooses the format.
#' @param sample_rate Rate in Hz; `NULL` where the sound brings it.
#' @param subtype The encoding, such as `"PCM_16"`, `"PCM_24"` or `"FLOAT"`; `NULL` takes the
#'   format's usual one.
#' @param overwrite Replace `path`.
#' @return `path`, invisibly.
#' @family audio
#' @concept wav
#' @concept flac
#' @export
#' @examplesIf hearingai_available()
#' path <- tempfile(fileext = ".wav")
#' write_audio(sin(seq_len(8000) / 10), path, sample_rate = 16000)
#' write_audio(read_audio(path), path, overwrite = TRUE)
write_audio <- function(waveform, path, sample_rate = NULL, subtype = NULL, overwrite = FALSE) {
  if (is.character(waveform) && !is.character(path)) {
    sound <- path
    path <- waveform
    waveform <- sound
  }
  py_call("write_audio", py_heard(waveform), py_path(path),
    sample_rate = py_int(sample_rate), subtype = py_string(subtype), overwrite = py_flag(overwrite)
  )
  invisible(path)
}

#' Resample a waveform
#'
#' @inheritParams fit_channels
#' @param from_rate Rate of the waveform, Hz; `NULL` where it brings it.
#' @param to_rate The wanted rate, Hz.
#' @return The waveform with `samples * to_rate / from_rate` samples, rounded.
#' @family audio
#' @concept sample rate
#' @export
#' @examplesIf hearingai_available()
#' length(resample(sin(seq_len(44100) / 10), 44100, 16000))
resample <- function(waveform, from_rate = NULL, to_rate = NULL) {
  plain_vector(py_call("resample", py_heard(waveform),
    from_rate = py_number(from_rate), to_rate = py_number(to_rate)
  ))
}

#' Bring a waveform to a number of channels
#'
#' As many channels as wanted stay as they are; otherwise they are averaged into one, and that one
#' is repeated.
#'
#' @param waveform Sound: numbers in -1...1 or integers of 16 bits, a vector, or a matrix of
#'   channels by samples; or an object of another package, see [as_sound()].
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
#' @inheritParams fit_channels
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
  plain_vector(fitted)
}

plain_vector <- function(value) {
  if (is.matrix(value)) value else as.vector(value)
}
