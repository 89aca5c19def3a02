#' Export a classifier for other programs
#'
#' Writes a classifier as a SavedModel, an ONNX or a LiteRT file, from waveforms (or embeddings) to
#' probabilities. The front end is part of the file, and so are labels, sample rate and clip length,
#' in a JSON document, `hearingai.json`. For small devices it writes the network in whole numbers of
#' 8 bits, or C sources.
#'
#' The two formats for small devices take the classifiers of the recipe `words`, and others with a
#' [LogMel()] and a small convolutional network. `"int8"` is a LiteRT file of the network wholly in
#' int8, from images to logits; the front end is computed in float before it, as `hearingai.json`
#' describes it in numbers, and probabilities after it. `"c"` is a folder of C99 sources that need
#' no other library: the network as an array, the front end, the network's operations by reference,
#' an example, and a header with rate, window, mel bands, scales and memory (`hearingai.h` says how
#' to use them, also with TensorFlow Lite Micro). That folder has the int8 file too,
#' `network.tflite`, to compare with. Exporting needs no compiler. `arena` is computed: the
#' network's values that live at one time, packed.
#'
#' A body stands in the file where both are ONNX. Otherwise, or where its licence is unknown or
#' forbids to copy its weights, the file holds the head alone and names the body; [load_exported()]
#' finds it, and runs both. Put the body's file beside it to take it elsewhere. [open_body()] takes
#' a `licence`.
#'
#' The input `clips` is float32 of any number of clips, clips by samples or clips by channels by
#' samples; LiteRT files take one clip at a time. The output `probabilities` has one column per
#' label; the output `embedding`, which networks without a head lack, is what [embed()] gives.
#'
#' The file is run before it takes its name: where a probability, or a value of an embedding
#' relative to the largest, differs by more than `tolerance` from the classifier's, it is an error.
#' In int8 all probabilities change a little: it is an error where on average more than a twentieth
#' of the probability moves to other labels, or embeddings change by more than a fifth. A warning
#' tells where int8 costs more than a percentage point of accuracy.
#'
#' ONNX needs the Python packages onnx, onnxruntime and tf2onnx, LiteRT needs ai-edge-litert.
#'
#' @param classifier A classifier.
#' @param path The file, ending in `.onnx` or `.tflite`, or a folder for a SavedModel or C sources.
#' @param format `"saved_model"`, `"onnx"`, `"litert"`, `"int8"` or `"c"`; `NULL` is one of the
#'   first three, by the ending.
#' @param int8 Compute the products of a LiteRT file's network in whole numbers of 8 bits: a quarter
#'   of the size of its weights. The file still takes waveforms, and its front end and all else stay
#'   in float32. The formats `"int8"` and `"c"` are in int8 anyway.
#' @param clips Recordings to verify it on, anything that [predict()][predict.hearingai_classifier]
#'   takes; for a table with the column `class` the accuracy is measured too. Of many, 256 are
#'   chosen at even distances. `NULL` uses noise. All in int8 needs some hundred real recordings,
#'   which determine its scales.
#' @param verify Whether to run the file and compare.
#' @param tolerance Largest difference of a probability from the classifier's, without `int8`.
#'   Clips of near silence may need more, since some networks amplify rounding errors there.
#' @param overwrite Replace an existing file or folder.
#' @inheritParams predict.hearingai_classifier
#' @return A list of class `hearingai_export`: `path`, `format`, `int8`, `bytes` (of C sources those
#'   of the network compiled into a program), `arena` (bytes of memory that the C code computes the
#'   network in; `NULL` for other formats), `body` (the name of the body that it needs and does not
#'   hold; `NULL` for none), `n` (clips it was run on),
#'   `max_difference` (the largest difference of a probability), `agreement` (share of the clips
#'   with the same most probable label), `milliseconds` (of one clip on one core), `accuracy` and
#'   `accuracy_before`, the classifier's own on the same clips. What was not measured is `NULL`.
#' @seealso [load_exported()]
#' @family classifier
#' @concept ONNX
#' @concept LiteRT
#' @concept TensorFlow Lite
#' @concept SavedModel
#' @concept deployment
#' @concept microcontroller
#' @concept TinyML
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("audio-gate", c("other", "speech"), seed = 1)
#' export(classifier, tempfile("speech"))
export <- function(classifier, path, format = NULL, int8 = FALSE, clips = NULL, verify = TRUE,
                   tolerance = 1e-4, overwrite = FALSE, progress = NULL) {
  heard <- if (is.data.frame(clips)) py_table(clips, "fname") else clips
  if (!is.null(clips) && !is.data.frame(clips)) heard <- py_recordings(clips)
  result <- py_call("bridge.export", py_network(classifier), py_path(path),
    format = py_string(format), int8 = py_flag(int8), clips = heard, verify = py_flag(verify),
    tolerance = py_number(tolerance), overwrite = py_flag(overwrite),
    progress = py_progress(progress)
  )
  as_object(result, "hearingai_export")
}

#' @export
format.hearingai_export <- function(x, ...) {
  c(
    sprintf("<%s, %s> %s", kind_of(x$format, x$int8), size_text(x$bytes), x$path),
    if (!is.null(x$arena)) paste0("  arena        ", size_text(x$arena)),
    if (!is.null(x$body)) paste0("  body         ", x$body, ", which it does not hold"),
    if (x$n > 0) {
      c(
        sprintf(
          "  on %d clips  the same label for %.1f %%, probabilities within %.1g",
          x$n, 100 * x$agreement, x$max_difference
        ),
        sprintf("  a clip       %.2f ms on one core", x$milliseconds)
      )
    },
    if (!is.null(x$accuracy)) {
      sprintf("  accuracy     %.4f, the classifier's %.4f", x$accuracy, x$accuracy_before)
    }
  )
}

kind_of <- function(format, int8) {
  if (int8 && format == "litert") "litert in int8" else format
}

#' @rdname export
#' @param x What `export()` returned.
#' @param ... Not used.
#' @export
glance.hearingai_export <- function(x, ...) {
  check_unused(...)
  tibble::tibble(
    path = x$path, format = x$format, int8 = x$int8, bytes = x$bytes,
    arena = or_na(x$arena, NA_integer_), n = x$n,
    agreement = or_na(x$agreement), max_difference = or_na(x$max_difference),
    milliseconds = or_na(x$milliseconds), accuracy = or_na(x$accuracy),
    accuracy_before = or_na(x$accuracy_before)
  )
}

#' Open an exported classifier
#'
#' ONNX files need the Python package onnxruntime, LiteRT files ai-edge-litert, SavedModels
#' TensorFlow; none needs Keras or a backend of it. What uses a classifier takes an exported one
#' too: `predict()`, `evaluate()`, [embed()], [annotate()], [Stream()], [listen()], [gate()],
#' [Gate()] and [explore()].
#'
#' @param path A file or folder that [export()] wrote.
#' @param threads Cores to compute on; `NULL` leaves it to the runtime. TensorFlow has one setting
#'   for the whole session, which cannot be changed once it has computed.
#' @param body The body of a file that holds a head alone, see [get_body()]; `NULL` looks for it
#'   beside the file, and where it was.
#' @inheritParams predict.hearingai_classifier
#' @param object,x An exported classifier.
#' @return An object of class `hearingai_exported`, with its `labels`. [saveRDS()] keeps the whole
#'   file in it, so that it works in another session too.
#' @family classifier
#' @concept ONNX
#' @concept LiteRT
#' @concept TensorFlow Lite
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("audio-gate", c("other", "speech"), seed = 1)
#' exported <- load_exported(export(classifier, tempfile("speech"))$path)
#' exported
#' predict(exported, array(128, c(1, 10, 128)))
load_exported <- function(path, threads = NULL, body = NULL) {
  py <- py_call("load_exported", py_path(path),
    threads = py_int(threads), body = py_body_itself(body)
  )
  bytes <- py_call("bridge.pack_file", py_path(path))
  folder <- dir.exists(path)
  if (!is.null(py$body)) body <- new_body(py$body, "reopen_body", py$body$description())
  handle <- new_handle(py, "unpack_exported", bytes, basename(path), folder, threads, body)
  new_object("hearingai_exported", handle = handle, labels = as.character(unlist(py$labels)))
}

# The file anew, in a temporary folder of this session.
unpack_exported <- function(bytes, name, folder, threads, body = NULL) {
  path <- file.path(tempfile("exported"), name)
  py_call("bridge.unpack_file", bytes, path, folder = folder)
  py_call("load_exported", path, threads = py_int(threads), body = py_body_itself(body))
}

#' @rdname load_exported
#' @inheritParams evaluate.hearingai_classifier
#' @export
evaluate.hearingai_exported <- evaluate.hearingai_classifier

#' @rdname ensemble
#' @inheritParams evaluate.hearingai_classifier
#' @export
evaluate.hearingai_ensemble <- evaluate.hearingai_classifier

#' @export
format.hearingai_exported <- function(x, ...) {
  kind <- kind_of(x$py$format, x$py$description$int8)
  c(
    sprintf("<exported classifier %s: %d labels>", kind, length(x$labels)),
    paste0("  labels      ", labels_state(x$labels)),
    paste0("  clip        ", clip_state(x)),
    sprintf("  body        %s", bodies_state(x$py)),
    paste0("  file        ", x$py$path)
  )
}
