#' Predict the label of recordings
#'
#' A recording of any format, rate, depth and channel count is converted to what the classifier was
#' trained on; a shorter one is padded with silence, of a longer one a stretch is heard.
#'
#' @param object A classifier, or an exported one, see [load_exported()].
#' @param recordings Paths; a data frame with a column `fname` (and `start` and `end`, in seconds,
#'   for parts); or sound itself: a matrix of clips by samples, an array of clips by channels by
#'   samples, or a list of numeric vectors (or matrices of channels by samples), in -1...1. A
#'   classifier of embeddings takes a table of embeddings (see [turkey()]), their files, or an array
#'   of clips by frames by 128, values 0...255.
#' @param sample_rate Rate of the sound, Hz, where `recordings` is sound; `NULL` means the
#'   classifier's own. Files know theirs.
#' @param batch_size Recordings a step; others are read meanwhile.
#' @param device `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one. Exported ONNX and LiteRT
#'   files run on the CPU.
#' @param on_error `"report"` answers a file that cannot be read with its reason in `.error`;
#'   `"raise"` stops at the first.
#' @param progress Show a progress bar; `NULL` shows one in an interactive session.
#' @param ... Not used.
#' @return A tibble with one row per recording (one row per clip of a file of embeddings), in order:
#'   `fname`, `.pred_class` (a factor with the classifier's labels as levels), `.pred_<label>` for
#'   each label, and `.error` (`NA` where all went well).
#' @family classifier
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' classifier <- fit("speech-commands-small", clips, epochs = 1, seed = 1)
#' predict(classifier, head(clips, 3))
predict.hearingai_classifier <- function(object, recordings, sample_rate = NULL, batch_size = 64,
                                         device = "auto", on_error = "report", progress = NULL,
                                         ...) {
  rlang::check_dots_empty()
  answer <- py_call("predict", py_answering(object), py_recordings(recordings),
    sample_rate = py_int(sample_rate), batch_size = py_int(batch_size),
    device = py_string(device), on_error = py_string(on_error), progress = py_progress(progress)
  )
  r_predictions(as_table(answer), object$labels)
}

r_predictions <- function(table, labels) {
  predictions <- tibble::tibble(
    fname = table$fname, .pred_class = factor(table$label, levels = labels)
  )
  if ("class" %in% names(table)) {
    predictions <- tibble::add_column(predictions,
      class = factor(table$class, levels = labels), .before = ".pred_class"
    )
  }
  for (label in labels) {
    predictions[[paste0(".pred_", label)]] <- table[[paste0("prob_", label)]]
  }
  predictions$.error <- as.character(table$error)
  predictions
}

py_recordings <- function(recordings, call = rlang::caller_env(), arg = "recordings") {
  if (is.data.frame(recordings) || is.character(recordings)) {
    return(py_files(recordings, arg, call))
  }
  if (is.numeric(recordings)) {
    return(py_waveform(recordings, arg, call))
  }
  if (is.list(recordings)) {
    names <- sprintf("%s[[%d]]", arg, seq_along(recordings))
    return(unname(Map(function(x, name) py_waveform(x, name, call), recordings, names)))
  }
  abort_argument(arg, "paths, a data frame or sound", recordings, call)
}

# Paths, or a table of them that needs no classes.
py_files <- function(files, arg, call = rlang::caller_env()) {
  if (is.character(files)) {
    return(lapply(py_strings(files, arg, call), path.expand))
  }
  known <- intersect(c("fname", "record", "start", "end"), names(files))
  py_table(files[known], "fname", arg, call)
}
