#' AudioSet's embeddings
#'
#' Lists clips of one to ten or more seconds, for each second of which AudioSet has an embedding of
#' 128 values. [read_embeddings()] reads these; the recipes `embedding-gru`,
#' `embedding-attention` and `audio-gate` are trained on them.
#'
#' @param path A folder with `*.tfrecord` files in it or one level down (`bal_train`, `eval`), or
#'   one such file. `class_labels_indices.csv` lies beside them or in a folder above.
#' @param target What the classes are. A label's name (`"Speech"`) or its id (`"/m/09x0r"`): that
#'   name and `"other"`. `NULL`: all labels of each clip, joined by `;`. Several names or ids (or a
#'   list of them): those of them that a clip has, joined by `;`, or `"other"`.
#' @return A tibble with one row per clip: `fname` (the tfrecord file), `class` (a factor),
#'   `class_id` (from 0), where clips may have several labels `labels`, `source` (the video),
#'   `video_start` and `video_end` (seconds, in the video), `record` (position in the file, from 0)
#'   `frames` (how many embeddings), and where `path` holds `eval` beside other folders `split`
#'   (`"test"` for the clips in `eval`, else `"train"`). Damaged and malformed records are left out
#'   with a warning; so are subfolders where `path` itself has tfrecord files.
#' @references Gemmeke, J. F. and others (2017). Audio Set: An ontology and human-labeled dataset
#'   for audio events. ICASSP. \url{https://research.google.com/audioset/download.html}
#' @family clips
#' @export
#' @examplesIf hearingai_available() && reticulate::py_module_available("tensorflow")
#' folder <- tempfile()
#' dir.create(folder)
#' # Two clips of two seconds, written as AudioSet writes them; the first has the label 0.
#' labels <- c("index,mid,display_name", "0,/m/01vfm,Turkey", "1,/m/09x0r,Speech")
#' writeLines(labels, file.path(folder, "class_labels_indices.csv"))
#' tf <- reticulate::import("tensorflow")
#' feature <- function(...) tf$train$Feature(...)
#' number <- function(x) feature(float_list = tf$train$FloatList(value = list(x)))
#' bytes <- function(code) {
#'   value <- list(reticulate::py_eval(code, convert = FALSE))
#'   feature(bytes_list = tf$train$BytesList(value = value))
#' }
#' writer <- tf$io$TFRecordWriter(file.path(folder, "a.tfrecord"))
#' for (label in 0:1) {
#'   context <- list(
#'     video_id = bytes("b'abc'"), start_time_seconds = number(30), end_time_seconds = number(32),
#'     labels = feature(int64_list = tf$train$Int64List(value = list(label)))
#'   )
#'   seconds <- tf$train$FeatureList(feature = list(bytes("bytes(128)"), bytes("bytes(128)")))
#'   clip <- tf$train$SequenceExample(
#'     context = tf$train$Features(feature = context),
#'     feature_lists = tf$train$FeatureLists(feature_list = list(audio_embedding = seconds))
#'   )
#'   writer$write(clip$SerializeToString())
#' }
#' writer$close()
#' audioset_embeddings(folder, target = "Turkey")
audioset_embeddings <- function(path, target = NULL) {
  as_clips(py_call("audioset_embeddings", py_path(path), target = py_target(target)))
}

#' The clips of "Don't call me turkey!"
#'
#' Lists the clips of the competition "Don't call me turkey!",
#' <https://www.kaggle.com/competitions/dont-call-me-turkey>: embeddings of up to ten seconds as
#' JSON records. [read_embeddings()] reads the embeddings themselves.
#'
#' @param path A file with a JSON list of records or with a record a line (`.json`, `.jsonl`), or a
#'   folder with `train.json`, and perhaps `test.json` and `validation.json`. A record has `vid_id`,
#'   `start_time_seconds_youtube_clip`, `end_time_seconds_youtube_clip`, `audio_embedding` (a list
#'   of frames of 128 numbers in 0...255) and `is_turkey`.
#' @return A tibble with one row per clip: `fname` (the JSON file), `class` (a factor, `"other"` or
#'   `"turkey"`), `class_id` (from 0), `source` (the video), `video_start` and `video_end` (seconds,
#'   in the video), `record` (position in the file, from 0), `frames` (how many embeddings), and
#'   where several files of a folder say `is_turkey` also `split`. Malformed records and those that
#'   do not say `is_turkey` are left out with a warning.
#' @references Kaggle (2018). Don't call me turkey!
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' second <- paste0("[", toString(rep(7, 128)), "]")
#' record <- paste0(
#'   '{"vid_id": "a", "start_time_seconds_youtube_clip": 30, ',
#'   '"end_time_seconds_youtube_clip": 32, "is_turkey": %d, "audio_embedding": [%s, %s]}'
#' )
#' path <- tempfile(fileext = ".jsonl")
#' writeLines(sprintf(record, 0:1, second, second), path)
#' clips <- turkey(path)
#' clips
#' dim(read_embeddings(clips)$embeddings)
turkey <- function(path) {
  as_clips(py_call("turkey", py_path(path)))
}

#' Read the embeddings that a table of clips lists
#'
#' @param clips A table with `fname` (a `.tfrecord`, `.json` or `.jsonl` file) and `record`
#'   (position in that file, from 0), as [audioset_embeddings()] and [turkey()] give it.
#' @param frames Frames of each clip: a shorter one is padded with zeros in front, of a longer one
#'   the first frames are used.
#' @param on_error `"report"` leaves a bad record out and lists it; `"raise"` stops at it.
#' @param progress Show a progress bar; `NULL` shows one in an interactive session.
#' @return A list with `embeddings`, an array of clips by frames by 128, values in 0...255; `good`,
#'   the rows of `clips` they belong to (from 1); and `errors`, a tibble `fname`, `error` of the
#'   others.
#' @family clips
#' @export
#' @inherit turkey examples
read_embeddings <- function(clips, frames = 10, on_error = "report", progress = FALSE) {
  answer <- py_call("read_embeddings", py_table(clips, c("fname", "record")),
    frames = py_int(frames), on_error = py_string(on_error), progress = py_progress(progress)
  )
  list(
    embeddings = answer[[1]], good = as.integer(answer[[2]]) + 1L, errors = as_table(answer[[3]])
  )
}
