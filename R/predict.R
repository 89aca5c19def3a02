#' Predict the label of recordings
#'
#' A recording of any format, rate, depth and channel count is converted to the classifier's clip
#' format; a shorter one is padded with silence, of a longer one a part is used (the recipe's
#' `crop`).
#'
#' @param object A classifier, or an exported one, see [load_exported()].
#' @param recordings Paths or folders (with all below them), a vector, list or factor; a data frame
#'   with a column `fname` (and `start` and `end`, in seconds, for parts); or sound itself: a matrix
#'   of clips by samples, an array of clips by channels by samples, or a list of numeric vectors (or
#'   matrices of channels by samples), in -1...1, integers being 16-bit samples; or a sound of
#'   another package or a list of them, see [as_sound()]. A classifier of embeddings takes a table
#'   of embeddings (see [turkey()]), their files, or an array of clips by frames by 128, values
#'   0...255. Or a generator, see [data_generator()], whose images the network takes as they are.
#' @param type What to return: `NULL` for all, `"class"`, `"prob"` or `"raw"`, see below.
#' @param sample_rate Rate of the sound, Hz, where `recordings` is sound; `NULL` means that
#'   of the object, else the classifier's own. Files know theirs.
#' @param batch_size Recordings a batch; the next ones are read meanwhile.
#' @param device `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one. Exported ONNX and LiteRT
#'   files run on the CPU.
#' @param runtime What computes the network of a classifier: `NULL` or `"keras"`; `"onnx"` (needs
#'   the Python packages onnx, onnxruntime and tf2onnx) or `"litert"` (ai-edge-litert), whose
#'   answers are the same within 1e-5; or `"auto"`, the fastest of those that are installed, as
#'   measured once and noted in the cache: of fewer than 5,000 clips it stays with Keras, and a run
#'   in a folder is to name one. The front end stays that of Keras.
#' @param on_error `"report"` returns the reason in `.error` for a file that cannot be read;
#'   `"raise"` stops at the first.
#' @param partial Read what is there of recordings that are truncated or damaged; a warning names
#'   them, and says how much is there. Otherwise they cannot be read.
#' @param progress Show a progress bar; `NULL` shows one in an interactive session.
#' @param steps Batches to take of a generator, which begins anew after its last clip; a fraction,
#'   such as that of `nrow(clips) / 32 + 1`, is cut off, and less than one is one. `NULL` takes each
#'   clip once.
#' @param out,workers,shard,engine,address,gpus_per_worker A run in a folder, see [annotate()].
#' @param unknown Tell which recordings are like none that the classifier was taught, by
#'   [learn_novelty()].
#' @param ... Not used.
#' @return A tibble with one row per recording (one row per clip of a file of embeddings), in order:
#'   `fname` (`NA` for sound, and for a generator that shuffles), `.pred_class` (a factor with the
#'   classifier's labels as levels, or of the type that `class` had in training: logical, numbers, a
#'   factor of another order), `.pred_<label>` for each label (`.pred_class_` for a label `class`),
#'   and `.error` (`NA` where all went well). A classifier that gives a clip any number of labels
#'   has `.pred_labels` in the place of `.pred_class`: a list column of character vectors, the
#'   labels whose probability reaches their threshold. With `partial = TRUE` also `.note`, what is
#'   missing of a recording that was read in part; with `unknown = TRUE` also `.novelty`: where that
#'   is above 1, or the probability is below the threshold that [choose_thresholds()] chose, the
#'   class is `unknown`, and there are no labels. With a `type`, only a part of it: of `"class"` a
#'   tibble with `.pred_class` or `.pred_labels`, of `"prob"` one with `.pred_<label>`, of `"raw"` a
#'   matrix of the probabilities with a column a label. These have no column for errors: a warning
#'   names the recordings that could not be read, and their rows are `NA`. Where none could be read,
#'   there is a warning in any case.
#' @family classifier
#' @concept inference
#' @concept classification
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' classifier <- fit("speech-commands-small", clips, epochs = 1, seed = 1)
#' predict(classifier, head(clips, 3))
predict.hearingai_classifier <- function(object, recordings, type = NULL, sample_rate = NULL,
                                         batch_size = 64, device = "auto", runtime = NULL,
                                         on_error = "report", partial = FALSE, progress = NULL,
                                         steps = NULL, unknown = FALSE, out = NULL, workers = NULL,
                                         shard = NULL,
                                         engine = "processes", address = NULL,
                                         gpus_per_worker = 0, ...) {
  check_unused(...)
  type <- check_type(type)
  answer <- py_call("predict", py_classifier(object), py_recordings(recordings),
    sample_rate = py_int(sample_rate), batch_size = py_int(batch_size),
    device = py_string(device), runtime = py_string(runtime),
    on_error = py_string(on_error), partial = py_flag(partial),
    progress = py_progress(progress), steps = py_number(steps), unknown = py_flag(unknown),
    !!!py_run(out, workers, shard, engine, address, gpus_per_worker)
  )
  predictions <- r_predictions(as_table(answer), object$labels, classes_of(object))
  predictions_of(type, predictions, object$labels)
}

#' @rdname load_exported
#' @export
predict.hearingai_exported <- predict.hearingai_classifier

#' @rdname ensemble
#' @export
predict.hearingai_ensemble <- predict.hearingai_classifier

check_type <- function(type, call = rlang::caller_env()) {
  if (!is.null(type) && !(rlang::is_string(type) && type %in% c("class", "prob", "raw"))) {
    abort_argument("type", "NULL, \"class\", \"prob\" or \"raw\"", type, call)
  }
  type
}

predictions_of <- function(type, predictions, labels, call = rlang::caller_env()) {
  if (is.null(type)) {
    return(predictions)
  }
  warn_unread(predictions, call)
  if (type == "class") {
    return(predictions[intersect(c(".pred_class", ".pred_labels"), names(predictions))])
  }
  columns <- rlang::set_names(prob_columns(labels), labels)
  if (type == "prob") {
    return(predictions[names(predictions) %in% columns])
  }
  labels <- labels[order(match(columns, names(predictions)))]
  matrix(
    unlist(predictions[columns[labels]], use.names = FALSE),
    ncol = length(labels), dimnames = list(NULL, labels)
  )
}

warn_unread <- function(predictions, call) {
  unread <- predictions[!is.na(predictions$.error), ]
  if (nrow(unread) && nrow(unread) < nrow(predictions)) { # the core warns where none could be read
    first <- sprintf("The first: %s: %s", unread$fname[[1]], unread$.error[[1]])
    cli::cli_warn(c(
      "{nrow(unread)} recording{?s} could not be read, and {?is/are} NA.",
      x = cli_verbatim(first)
    ), class = "hearingai_warning", call = call)
  }
}
