#' Predict the label of recordings
#'
#' A recording of any format, rate, depth and channel count is converted to what the classifier was
#' trained on; a shorter one is padded with silence, of a longer one a stretch is heard.
#'
#' @param object A classifier.
#' @param recordings Paths; a data frame with a column `fname`; or sound itself: a matrix of clips
#'   by
#'   samples, or a list of numeric vectors, in -1...1.
#' @param sample_rate Rate of the sound, Hz, where `recordings` is sound; `NULL` means the
#'   classifier's own. Files know theirs.
#' @param batch_size Recordings a step.
#' @param on_error `"report"` answers a file that cannot be read with its reason in `.error`;
#'   `"raise"` stops at the first.
#' @param progress Show a progress bar; `NULL` shows one in an interactive session.
#' @param ... Not used.
#' @return A tibble with a row a recording, in order: `fname`, `.pred_class` (a factor with the
#'   classifier's labels as levels), `.pred_<label>` for each label, and `.error` (`NA` where all
#'   went
#'   well).
#' @family classifier
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' classifier <- fit("speech-commands-small", clips, epochs = 1, seed = 1)
#' predict(classifier, head(clips, 3))
predict.hearingai_classifier <- function(object, recordings, sample_rate = NULL, batch_size = 64,
                                         on_error = "report", progress = NULL, ...) {
  rlang::check_dots_empty()
  answer <- py_call("predict", py_classifier(object), py_recordings(recordings),
    sample_rate = py_int(sample_rate), batch_size = py_int(batch_size),
    on_error = py_string(on_error),
    progress = py_progress(progress)
  )
  r_predictions(as_table(answer), object$labels)
}

#' Measure a classifier on labelled clips
#'
#' Warns where clips were heard in training, since the numbers then flatter the classifier; where
#' classes of the table are unknown to it; and where recordings cannot be read.
#'
#' @param x A classifier.
#' @param clips A table with at least `fname` and `class`.
#' @inheritParams predict.hearingai_classifier
#' @return A list of class `hearingai_evaluation`: `accuracy`, `loss` (mean cross-entropy, in nats),
#'   `n` (clips counted), `per_class` (tibble `label`, `precision`, `recall`, `f1`, `n`),
#'   `confusion`
#'   (tibble `truth`, `predicted`, `n`), `predictions` (what `predict()` returns, with the true
#'   `class`), `errors`, `n_seen` (clips heard in training) and `left_out` (classes not counted).
#' @family classifier
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' classifier <- fit("speech-commands-small", clips, epochs = 1, seed = 1)
#' evaluate(classifier, clips[clips$split == "test", ])
evaluate.hearingai_classifier <- function(x, clips, batch_size = 64, on_error = "report",
                                          progress = NULL, ...) {
  rlang::check_dots_empty()
  result <- py_call("bridge.evaluate", py_classifier(x), py_table(clips),
    batch_size = py_int(batch_size), on_error = py_string(on_error),
    progress = py_progress(progress)
  )
  labels <- list(label = x$labels, truth = x$labels, predicted = x$labels)
  for (name in c("per_class", "confusion", "errors")) {
    result[[name]] <- as_table(result[[name]], labels)
  }
  result$predictions <- r_predictions(as_table(result$predictions), x$labels)
  result$left_out <- as.character(unlist(result$left_out))
  structure(result, class = "hearingai_evaluation")
}

#' @export
print.hearingai_evaluation <- function(x, ...) {
  cli::cat_line(sprintf(
    "<accuracy %.4f, loss %.4f on %d clips%s%s>", x$accuracy, x$loss, x$n,
    if (x$n_seen) sprintf(", %d of them heard in training", x$n_seen) else "",
    if (nrow(x$errors)) sprintf(", %d more could not be read", nrow(x$errors)) else ""
  ))
  print(x$per_class, ...)
  invisible(x)
}

#' Count what was taken for what
#'
#' @param truth,predicted True and predicted labels, one a clip: character vectors or factors.
#' @param labels The labels in the order wanted; `NULL` takes the levels of `truth`, or what occurs,
#'   sorted.
#' @return `confusion()` returns a tibble with a row a pair of labels: `truth`, `predicted`, `n`;
#'   [plot_confusion()] and [plot_alluvial()] draw it. `class_report()` returns a tibble with a row
#'   a label: `label`, `precision`, `recall`, `f1`, `n`.
#' @family classifier
#' @export
#' @examplesIf hearingai_available()
#' confusion(c("no", "no", "yes"), c("no", "yes", "yes"))
#' class_report(c("no", "no", "yes"), c("no", "yes", "yes"))
confusion <- function(truth, predicted, labels = NULL) {
  if (is.null(labels) && is.factor(truth)) labels <- levels(truth)
  value <- py_call("confusion", py_strings(truth), py_strings(predicted),
    labels = py_strings(labels)
  )
  known <- unique(as_table(value)$truth)
  as_table(value, list(truth = known, predicted = known))
}

#' @rdname confusion
#' @export
class_report <- function(truth, predicted, labels = NULL) {
  if (is.null(labels) && is.factor(truth)) labels <- levels(truth)
  value <- py_call("class_report", py_strings(truth), py_strings(predicted),
    labels = py_strings(labels)
  )
  as_table(value, list(label = as_table(value)$label))
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
  predictions$.error <- table$error
  predictions
}

py_recordings <- function(recordings, call = rlang::caller_env()) {
  if (is.data.frame(recordings)) {
    fname <- intersect("fname", names(recordings))
    return(py_table(recordings[fname], "fname", "recordings", call))
  }
  if (is.character(recordings)) {
    return(lapply(py_strings(recordings, "recordings", call), path.expand))
  }
  if (is.numeric(recordings)) {
    return(py_waveform(recordings, "recordings", call))
  }
  if (is.list(recordings)) {
    names <- sprintf("recordings[[%d]]", seq_along(recordings))
    return(unname(Map(function(x, name) py_waveform(x, name, call), recordings, names)))
  }
  abort_argument("recordings", "paths, a data frame or sound", recordings, call)
}
