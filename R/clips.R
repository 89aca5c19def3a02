#' The Speech Commands data set
#'
#' @param path The folder that holds the word folders, or is to hold them.
#' @param version Version of the archive to download, `"0.01"` (30 words) or `"0.02"` (35).
#' @param download Fetch the archive (about 1.4 GB) if the folder has no words yet. A broken
#'   download
#'   is taken up where it stopped; its checksum is verified.
#' @param words Keep these classes only.
#' @return A tibble with one row per clip: `fname`, `class` (a factor), `class_id` (from 0),
#'   `speaker` and `split` (`"train"`, `"validation"` or `"test"`, by the data set's own rule, which
#'   keeps every speaker on one side).
#' @references Warden, P. (2018). Speech Commands: A Dataset for Limited-Vocabulary Speech
#'   Recognition. \url{https://arxiv.org/abs/1804.03209}
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' made <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' folder <- dirname(dirname(made$fname[1]))
#' speech_commands(folder, words = "yes")
speech_commands <- function(path, version = "0.01", download = FALSE, words = NULL) {
  as_clips(py_call("speech_commands", py_path(path),
    version = py_string(version), download = py_flag(download), words = py_strings(words)
  ))
}

#' The background noise of a Speech Commands folder
#'
#' @inheritParams speech_commands
#' @return A tibble with one row per recording: `fname`, `duration` (seconds) and `sample_rate`
#'   (Hz).
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' made <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' background_noise(dirname(dirname(made$fname[1])))
background_noise <- function(path) {
  as_table(py_call("background_noise", py_path(path)))
}

#' A folder of class folders
#'
#' Any audio format; unreadable or empty files are named in a warning and left out.
#'
#' @param path The folder whose subfolders are named after the classes.
#' @return A tibble with one row per clip: `fname`, `class` (a factor) and `class_id` (from 0).
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' folder <- tempfile()
#' for (class in c("high", "low")) {
#'   dir.create(file.path(folder, class), recursive = TRUE)
#'   write_audio(file.path(folder, class, "a.wav"), sin(seq_len(8000) / 10), 16000)
#' }
#' audio_folder(folder)
audio_folder <- function(path) {
  as_clips(py_call("audio_folder", py_path(path)))
}

#' Synthesise a data set of spoken words
#'
#' Makes words with eSpeak NG, without data or network, in the layout of Speech Commands: many
#' English voices, pitches, speeds, gains and backgrounds. The result is cached; equal arguments
#' give equal files.
#'
#' @param words The words.
#' @param n Clips a word.
#' @param seed A whole number that decides everything that is drawn.
#' @param path Where to write the folder; `NULL` uses the user's cache.
#' @param sample_rate Rate of the clips, Hz.
#' @return A tibble as [speech_commands()] returns it.
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' spoken_words(c("no", "yes"), n = 20, seed = 1)
spoken_words <- function(words = c("yes", "no", "up", "down", "left", "right"), n = 60, seed = 0,
                         path = NULL, sample_rate = 16000) {
  as_clips(py_call("spoken_words", py_strings(words),
    n = py_int(n), seed = py_int(seed), path = py_path(path), sample_rate = py_int(sample_rate)
  ))
}

#' Open a data set, whatever its kind
#'
#' @param path A folder in a known layout, a folder of class folders, or a CSV with the columns
#'   `fname` and `class`.
#' @param kind `"speech-commands"`, `"urbansound8k"`, `"esc50"` (ESC-10 too), `"fsdd"`,
#'   `"audioset-embeddings"`, `"turkey"`, `"folder"` or `"csv"`; `NULL` recognises it by what it
#'   holds.
#' @param words Keep these classes only.
#' @param target The label or labels to tell from the others, see [audioset_embeddings()]; for
#'   `"audioset-embeddings"` only.
#' @return The table of clips, a tibble.
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' made <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' load_clips(dirname(dirname(made$fname[1])), words = "yes")
load_clips <- function(path, kind = NULL, words = NULL, target = NULL) {
  as_clips(py_call("load_clips", py_path(path),
    kind = py_string(kind), words = py_strings(words), target = py_target(target)
  ))
}

#' Read a table of clips from a CSV file
#'
#' @param path A CSV file with at least the columns `fname` and `class`; relative paths in it start
#'   from its folder.
#' @return The table of clips, a tibble.
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' path <- tempfile(fileext = ".csv")
#' write.csv(data.frame(fname = c("a.wav", "b.wav"), class = c("no", "yes")), path)
#' read_clips(path)
read_clips <- function(path) {
  as_clips(py_call("read_clips", py_path(path)))
}

#' Build a table of clips
#'
#' @param fname Paths of the recordings.
#' @param class The class of each.
#' @param ... Further columns, such as `speaker`, `fold` or `split`.
#' @return A tibble with `fname`, `class` (a factor with sorted levels), `class_id` (from 0) and the
#'   further columns.
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' clip_table(c("a.wav", "b.wav"), c("yes", "no"), speaker = c("ann", "bob"))
clip_table <- function(fname, class, ...) {
  columns <- tibble::tibble(fname = fname, class = class, ...)
  as_clips(py_call("tables.clip_table.check_clips", py_table(columns)), like = columns)
}

#' Split a table of clips
#'
#' No group (speaker) straddles two splits and the classes stay balanced.
#'
#' @param clips A table of clips.
#' @param fractions A named vector of shares, scaled to sum to 1; `NULL` means
#'   `c(train = 0.7, validation = 0.3)`.
#' @param by The column whose values are kept together. `NULL` deals single clips, and warns where
#'   the table names speakers or folds, since the numbers then flatter the model.
#' @param seed A whole number that decides the order of groups of one size.
#' @return The table with its `split` column set.
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' clips <- clip_table(
#'   fname = sprintf("%d.wav", 1:8), class = rep(c("yes", "no"), 4),
#'   speaker = rep(c("ann", "bob", "cy", "di"), each = 2)
#' )
#' split_clips(clips, c(train = 0.75, test = 0.25), seed = 1)
split_clips <- function(clips, fractions = NULL, by = "speaker", seed = 0) {
  if (!is.null(fractions)) {
    if (!is.numeric(fractions) || !rlang::is_named(fractions)) {
      abort_argument("fractions", "a named vector such as c(train = 0.7, test = 0.3)", fractions)
    }
    refuse_na(fractions, "fractions")
    fractions <- as.list(fractions)
  }
  table <- py_call("split_clips", py_table(clips),
    fractions = fractions, by = py_none(py_string(by)), seed = py_int(seed)
  )
  as_clips(table, like = clips)
}

#' Split a table of clips by its folds
#'
#' One fold to test on, the one before it to validate on, the others to train on.
#'
#' @param clips A table of clips.
#' @param fold The fold to test on.
#' @param by The column of the folds.
#' @return The table with its `split` column set.
#' @family clips
#' @seealso [cross_validate()], which does it for every fold.
#' @export
#' @examplesIf hearingai_available()
#' clips <- clip_table(sprintf("%d.wav", 1:3), c("a", "b", "a"), fold = 1:3)
#' fold_split(clips, 3)
fold_split <- function(clips, fold, by = "fold") {
  table <- py_call("fold_split", py_table(clips), py_name(fold), by = py_string(by))
  as_clips(table, like = clips)
}
