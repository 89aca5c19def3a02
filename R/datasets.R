#' UrbanSound8K
#'
#' 8,732 city sounds of at most 4 s, 10 classes, 10 folds. Slices of one recording are in one fold,
#' so a split by fold or by source does not leak. The licence forbids an automatic download: get it
#' from <https://urbansounddataset.weebly.com/urbansound8k.html> and give the folder.
#'
#' @param path The folder that holds `metadata/UrbanSound8K.csv` and `audio/fold1` ...
#'   `audio/fold10`, or the folder that holds it as `UrbanSound8K`.
#' @return A tibble with one row per clip: `fname`, `class` (a factor), `class_id` (from 0), `fold`
#'   (1 to 10), `source` (the Freesound number of the recording, as text), `salience` (1 foreground,
#'   2 background), `source_start` and `source_end` (seconds, where the clip lay in that recording).
#'   Malformed rows and files that cannot be read are left out with a warning.
#' @references Salamon, J., Jacoby, C. and Bello, J. P. (2014). A Dataset and Taxonomy for Urban
#'   Sound Research. ACM Multimedia.
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' # One slice in the layout of the corpus.
#' folder <- tempfile()
#' for (part in c("metadata", "audio/fold1")) dir.create(file.path(folder, part), recursive = TRUE)
#' write_audio(numeric(8000), file.path(folder, "audio/fold1/7061-6-0-0.wav"), 8000)
#' slices <- data.frame(
#'   slice_file_name = "7061-6-0-0.wav", fsID = 7061, start = 0, end = 1, salience = 1, fold = 1,
#'   classID = 6, class = "gun_shot"
#' )
#' write.csv(slices, file.path(folder, "metadata/UrbanSound8K.csv"), row.names = FALSE)
#' urbansound8k(folder)
urbansound8k <- function(path) {
  as_clips(py_call("urbansound8k", py_path(path)))
}

#' ESC-50 and ESC-10
#'
#' Environmental sounds of 5 s in five folds: 2,000 clips in 50 classes, or 400 in 10. Clips of one
#' recording are in one fold. ESC-50 is at <https://github.com/karolpiczak/ESC-50>; ESC-10 has a
#' folder a class, such as `001 - Dog bark`.
#'
#' @param path The folder of the data set, or the one that holds it.
#' @param esc10 Keep the ten classes of ESC-10 only.
#' @return A tibble with one row per clip: `fname`, `class` (a factor), `class_id` (from 0), `fold`
#'   (1 to 5) and `source` (the Freesound number of the recording, as text). Malformed rows and
#'   files that cannot be read are left out with a warning.
#' @references Piczak, K. J. (2015). ESC: Dataset for Environmental Sound Classification. ACM
#'   Multimedia.
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' folder <- tempfile()
#' dir.create(file.path(folder, "002 - Rain"), recursive = TRUE)
#' write_audio(numeric(8000), file.path(folder, "002 - Rain", "3-1234-A.ogg"), 8000)
#' esc50(folder)
esc50 <- function(path, esc10 = FALSE) {
  as_clips(py_call("esc50", py_path(path), esc10 = py_flag(esc10)))
}

#' The Free Spoken Digit Dataset
#'
#' 3,000 clips, 10 digits, 6 speakers, 8 kHz. The split is the official one, with every speaker in
#' both parts: it measures accuracy on known speakers. `split_clips(clips)` splits by speaker, to
#' measure it on new ones.
#'
#' @param path The folder of the data set, its folder `recordings`, or the folder that holds it.
#' @return A tibble with one row per clip: `fname`, `class` (the digit, a factor), `class_id` (from
#'   0), `speaker`, `index` (which take it is) and `split` (`"test"` for the takes 0 to 4, else
#'   `"train"`). Files that are named otherwise or cannot be read are left out with a warning.
#' @references Jackson, Z. and contributors.
#'   \url{https://github.com/Jakobovski/free-spoken-digit-dataset}
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' folder <- tempfile()
#' dir.create(folder)
#' for (name in c("7_ann_4.wav", "7_ann_5.wav")) {
#'   write_audio(numeric(800), file.path(folder, name), 8000)
#' }
#' fsdd(folder)
fsdd <- function(path) {
  as_clips(py_call("fsdd", py_path(path)))
}

#' The Speech Commands data set
#'
#' The standard task of 12 classes, on which the small networks of the literature are compared, is
#' made of the ten words (down, go, left, no, off, on, right, stop, up, yes); of `unknown`, other
#' words drawn by chance; and of `silence`, stretches of a second of the recordings in
#' `_background_noise_`, at random places. In each split, both have a tenth as many clips as the ten
#' words together, as in TensorFlow's `input_data.py`. Everybody gets the same table.
#'
#' Unlike there, no recording of noise is in two splits: in the order of their names, the first
#' tests, the second validates and the others train. Published numbers have silence of all
#' recordings in all splits, which is easier. The `speaker` of a stretch is its recording, so that
#' `split_clips(by = "speaker")` keeps these apart too. In a part of the data set of which less than
#' a quarter is to train on, all recordings have their share.
#'
#' The archives `speech_commands_test_set_v0.01` and `v0.02`, with folders `_silence_` and
#' `_unknown_` beside the ten words, are opened by `task = 12` as well, all rows as `"test"`.
#'
#' @param path The folder of the word folders; with `download` it may be empty or new.
#' @param version Version of the archive to download, `"0.01"` (30 words) or `"0.02"` (35); `NULL`
#'   takes 0.02 for `task = 35`, else 0.01.
#' @param download Fetch the archive (about 1.4 GB) if the folder has no words yet. A broken
#'   download is resumed; its checksum is verified.
#' @param words Keep these classes only.
#' @param task A standard task in place of `words`: `12` classes; the `30` words of version 0.01; or
#'   the `35` of version 0.02.
#' @return A tibble with one row per clip: `fname`, `class` (a factor), `class_id` (from 0),
#'   `speaker` and `split` (`"train"`, `"validation"` or `"test"`, by the data set's own rule, which
#'   keeps every speaker on one side); for `task = 12` also `start` and `end` of the stretches of
#'   silence, in seconds, `NA` for other clips.
#' @references Warden, P. (2018). Speech Commands: A Dataset for Limited-Vocabulary Speech
#'   Recognition. \url{https://arxiv.org/abs/1804.03209}
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' made <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' folder <- dirname(dirname(made$fname[1]))
#' speech_commands(folder, words = "yes")
speech_commands <- function(path, version = NULL, download = FALSE, words = NULL, task = NULL) {
  as_clips(py_call("speech_commands", py_path(path),
    version = py_string(version), download = py_flag(download), words = py_strings(words),
    task = py_task(task)
  ))
}

#' List the background noise of a Speech Commands folder
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

#' Open a folder with one subfolder for each class
#'
#' Any audio format, in subfolders of any depth; links are followed. Folders `train`, `validation`
#' (or `val`) and `test` that hold the class folders are taken for a split, not for classes. What is
#' left out is counted in a warning, by reason: sound of other endings (such as .m4a), empty
#' folders, files that cannot be read, recordings beside the class folders; and the classes of which
#' nothing is left.
#'
#' @param path The folder whose subfolders are named after the classes.
#' @return A tibble with one row per clip: `fname`, `class` (a factor), `class_id` (from 0) and,
#'   where the folders tell it, `split`.
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' folder <- tempfile()
#' for (class in c("high", "low")) {
#'   dir.create(file.path(folder, class), recursive = TRUE)
#'   write_audio(sin(seq_len(8000) / 10), file.path(folder, class, "a.wav"), 16000)
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
#' @param seed A whole number that seeds all random choices; `NULL` takes that of the corpus in
#'   `path`, else draws one from R's random numbers: other words at each call, unless [set.seed()]
#'   was called.
#' @param path Where to write the folder; `NULL` uses the user's cache.
#' @param sample_rate Rate of the clips, Hz.
#' @return A tibble as [speech_commands()] returns it.
#' @family clips
#' @concept text to speech
#' @concept eSpeak
#' @export
#' @examplesIf hearingai_available()
#' spoken_words(c("no", "yes"), n = 20, seed = 1)
spoken_words <- function(words = c("yes", "no", "up", "down", "left", "right"), n = 60, seed = NULL,
                         path = NULL, sample_rate = 16000) {
  as_clips(py_call("spoken_words", py_strings(words),
    n = py_int(n), seed = if (is.null(seed) && holds_any(path)) NULL else py_seed(seed),
    path = py_path(path), sample_rate = py_int(sample_rate)
  ))
}

#' Open a data set, whatever its kind
#'
#' @param path A folder in a known layout, a folder of class folders, or a CSV with the columns
#'   `fname` and `class`.
#' @param kind `"speech-commands"`, `"urbansound8k"`, `"esc50"` (ESC-10 too), `"fsdd"`,
#'   `"audioset-embeddings"`, `"turkey"`, `"folder"` or `"csv"`; `NULL` recognises it by its
#'   files.
#' @param words Keep these classes only.
#' @param target The positive class or classes, see [audioset_embeddings()]; for
#'   `"audioset-embeddings"` only.
#' @param task A standard task, `12`, `30` or `35` classes, see [speech_commands()]; for
#'   `"speech-commands"` only.
#' @return The table of clips, a tibble.
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' made <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' load_clips(dirname(dirname(made$fname[1])), words = "yes")
load_clips <- function(path, kind = NULL, words = NULL, target = NULL, task = NULL) {
  as_clips(py_call("load_clips", py_path(path),
    kind = py_string(kind), words = py_strings(words), target = py_target(target),
    task = py_task(task)
  ))
}

holds_any <- function(path) {
  is.character(path) && length(list.files(path, all.files = TRUE, no.. = TRUE)) > 0
}
