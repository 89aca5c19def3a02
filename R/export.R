#' Export a classifier for other programs
#'
#' Writes a classifier as a SavedModel, an ONNX or a LiteRT file: waveforms (or embeddings) go in,
#' probabilities come out. The front end is part of the file, and so are labels, sample rate and
#' clip length, in a JSON document, `hearingai.json`.
#'
#' The input `clips` is float32 of any number of clips, clips by samples or clips by channels by
#' samples; LiteRT files take one clip at a time. The output `probabilities` has one column per
#' label.
#'
#' The file is run before it takes its place: where a probability differs by more than `tolerance`
#' from the classifier's, it is thrown away. In int8 every answer changes a little; thrown away is
#' what moves more than a twentieth of the probability to other labels, in the mean. A warning tells
#' where it costs more than a point of accuracy.
#'
#' ONNX needs the Python packages onnx, onnxruntime and tf2onnx, LiteRT needs ai-edge-litert.
#'
#' @param classifier A classifier.
#' @param path Where to: a name that ends in `.onnx` or `.tflite`, or a folder for a SavedModel.
#' @param format `"saved_model"`, `"onnx"` or `"litert"`; `NULL` goes by the ending.
#' @param int8 Compute the network's products in whole numbers of 8 bits (LiteRT only): a quarter of
#'   the size of its weights. The front end stays in float32.
#' @param clips Recordings to verify it on, anything that [predict()][predict.hearingai_classifier]
#'   takes; of a table with the column `class` the accuracy is measured too. Of many, 256 are drawn
#'   evenly. `NULL` makes noise up. int8 needs some hundred real ones: they decide its scales.
#' @param verify Whether to run it.
#' @param tolerance By how much a probability may differ from the classifier's, without `int8`.
#'   Clips of near silence may need more, as some networks enlarge its rounding.
#' @param overwrite Replace what lies at the path.
#' @inheritParams predict.hearingai_classifier
#' @return A list of class `hearingai_export`: `path`, `format`, `int8`, `bytes`, `n` (clips it was
#'   run on), `max_difference` (the largest difference of a probability), `agreement` (share of the
#'   clips with the same most probable label), `milliseconds` (of one clip on one core),
#'   `accuracy` and `accuracy_before`, the classifier's own on the same clips. What was not measured
#'   is `NULL`.
#' @seealso [load_exported()]
#' @family classifier
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("audio-gate", c("other", "speech"), seed = 1)
#' export(classifier, tempfile("speech"))
export <- function(classifier, path, format = NULL, int8 = FALSE, clips = NULL, verify = TRUE,
                   tolerance = 1e-4, overwrite = FALSE, progress = NULL) {
  heard <- if (is.data.frame(clips)) py_table(clips, "fname") else clips
  if (!is.null(clips) && !is.data.frame(clips)) heard <- py_recordings(clips)
  result <- py_call("bridge.export", py_classifier(classifier), py_path(path),
    format = py_string(format), int8 = py_flag(int8), clips = heard, verify = py_flag(verify),
    tolerance = py_number(tolerance), overwrite = py_flag(overwrite),
    progress = py_progress(progress)
  )
  structure(result, class = "hearingai_export")
}

#' @export
print.hearingai_export <- function(x, ...) {
  kind <- if (x$int8) paste(x$format, "in int8") else x$format
  cli::cat_line(sprintf("<%s, %.2f MB> %s", kind, x$bytes / 1e6, x$path))
  if (x$n > 0) {
    cli::cat_line(sprintf(
      "  on %d clips  the same label for %.1f %%, probabilities within %.1g",
      x$n, 100 * x$agreement, x$max_difference
    ))
    cli::cat_line(sprintf("  a clip       %.2f ms on one core", x$milliseconds))
  }
  if (!is.null(x$accuracy)) {
    cli::cat_line(sprintf(
      "  accuracy     %.4f, the classifier's %.4f", x$accuracy, x$accuracy_before
    ))
  }
  invisible(x)
}

#' Open an exported classifier
#'
#' ONNX files need the Python package onnxruntime, LiteRT files ai-edge-litert, SavedModels
#' TensorFlow; none needs Keras. `predict()` and `evaluate()` take an exported classifier as they
#' take any other.
#'
#' @param path A file or folder that [export()] wrote.
#' @param threads Cores to compute on; `NULL` leaves it to the runtime. TensorFlow has one setting
#'   for all that it does, and keeps to it.
#' @return An object of class `hearingai_exported`, with its `labels`.
#' @family classifier
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("audio-gate", c("other", "speech"), seed = 1)
#' exported <- load_exported(export(classifier, tempfile("speech"))$path)
#' exported
#' predict(exported, array(128, c(1, 10, 128)))
load_exported <- function(path, threads = NULL) {
  py <- py_call("load_exported", py_path(path), threads = py_int(threads))
  structure(list(py = py, labels = as.character(unlist(py$labels))), class = "hearingai_exported")
}

#' @rdname load_exported
#' @inheritParams predict.hearingai_classifier
#' @param object,x An exported classifier.
#' @export
predict.hearingai_exported <- function(object, recordings, sample_rate = NULL, batch_size = 64,
                                       device = "auto", on_error = "report", progress = NULL,
                                       ...) {
  predict.hearingai_classifier(
    object, recordings, sample_rate, batch_size, device, on_error, progress, ...
  )
}

#' @rdname load_exported
#' @inheritParams evaluate.hearingai_classifier
#' @export
evaluate.hearingai_exported <- function(x, clips, batch_size = 64, device = "auto",
                                        on_error = "report", progress = NULL, ...) {
  evaluate.hearingai_classifier(x, clips, batch_size, device, on_error, progress, ...)
}

#' @export
print.hearingai_exported <- function(x, ...) {
  if (reticulate::py_is_null_xptr(x$py)) {
    cli::cat_line("<exported classifier left behind in another R session>")
    return(invisible(x))
  }
  facts <- x$py$description
  kind <- if (facts$int8) paste(x$py$format, "in int8") else x$py$format
  clip <- sprintf("%s embeddings", paste(unlist(x$py$clip_shape), collapse = " x "))
  if (!x$py$hears_embeddings) {
    clip <- sound_state(x$py$duration, x$py$sample_rate, x$py$channels)
  }
  cli::cat_line("<exported classifier ", kind, ": ", length(x$labels), " labels>")
  cli::cat_line("  labels      ", cli::ansi_collapse(x$labels, trunc = 8, last = ", "))
  cli::cat_line("  clip        ", clip)
  cli::cat_line("  file        ", x$py$path)
  invisible(x)
}

# What answers: a classifier, or an exported one.
py_answering <- function(classifier, call = rlang::caller_env()) {
  if (!inherits(classifier, "hearingai_exported")) {
    return(py_classifier(classifier, call))
  }
  if (reticulate::py_is_null_xptr(classifier$py)) {
    cli::cli_abort(c(
      "The exported classifier was left behind in another R session.",
      i = "Open its file again with {.fn load_exported}."
    ), class = "hearingai_error", call = call)
  }
  classifier$py
}
