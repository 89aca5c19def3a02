#' Generate batches of spectrograms with tf.data
#'
#' Slices of the table are shuffled (buffer of 100), read, decoded and featurised in parallel inside
#' TensorFlow's graph, repeated endlessly, batched and prefetched. Training on the table itself with
#' [fit()][fit.hearingai_classifier] reads any format, decodes once and is faster; use this to
#' control the input pipeline yourself.
#'
#' @inheritParams LogSpectrogram
#' @param df A table of clips: 16-bit wav files of one rate. For another format the error names the
#'   file and the function that reads it.
#' @param batch_size Clips a batch.
#' @param shuffle Whether to draw the clips in random order, each from the next hundred as the
#'   tutorial does (shuffle a table that is sorted by class itself); else in the table's.
#' @param sample_rate Rate of the files, Hz.
#' @param duration Length of a clip, seconds; shorter ones are padded with zeros, longer ones cut.
#' @param labels The classes in the order of the one-hot columns; `NULL` takes that of the table's
#'   `class_id`, else that of the alphabet.
#' @param seed A whole number that seeds the order; `NULL` draws one from R's random numbers.
#' @param endless Whether to repeat endlessly; `FALSE` ends after one pass.
#' @return A generator, for [fit()][fit.hearingai_classifier],
#'   [evaluate()][evaluate.hearingai_classifier] and [predict()][predict.hearingai_classifier], each
#'   of which begins with its first batch.
#' @family front ends
#' @concept batches
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' generator <- data_generator(clips, batch_size = 32, seed = 1)
#' next_batch(generator)
#' head(generator, 2)
data_generator <- function(df, batch_size, shuffle = TRUE, window_size_ms = 30,
                           window_stride_ms = 10, sample_rate = 16000, duration = 1,
                           labels = NULL, seed = NULL, endless = TRUE) {
  seed <- py_seed(seed)
  if (is.null(labels)) labels <- in_order_of_ids(df)
  given <- mget(names(formals()))
  dataset <- py_call("data_generator", py_table(df, arg = "df"), py_int(batch_size),
    shuffle = py_flag(shuffle), window_size_ms = py_number(window_size_ms),
    window_stride_ms = py_number(window_stride_ms), sample_rate = py_int(sample_rate),
    duration = py_number(duration), labels = py_strings(labels), seed = seed,
    `repeat` = py_flag(endless)
  )
  handle <- rlang::exec("new_handle", dataset, "data_generator", !!!given)
  new_object("hearingai_generator", handle = handle)
}

# Classes by the numbers that a table gives them, if it gives each its own.
in_order_of_ids <- function(df) {
  if (!is.data.frame(df) || !is.numeric(df[["class_id"]])) {
    return(NULL)
  }
  if (!is.character(df[["class"]]) && !is.factor(df[["class"]])) {
    return(NULL)
  }
  pairs <- unique(data.frame(class = as.character(df$class), id = df$class_id))
  unclear <- vapply(pairs, function(x) anyNA(x) || anyDuplicated(x) > 0, logical(1))
  if (!any(unclear)) pairs$class[order(pairs$id)]
}

#' @rdname data_generator
#' @param generator What `data_generator()` returned.
#' @return `next_batch()` returns a list of two arrays: images `[batch, frames, bins, 1]` and
#'   one-hot classes `[batch, classes]`; `NULL` at the end of a generator that does not repeat.
#'   `head()` returns the same of the first clips of the first batch.
#' @export
next_batch <- function(generator) {
  if (!inherits(generator, "hearingai_generator")) {
    abort_argument("generator", "what data_generator() returned", generator)
  }
  new_batch(py_call("next_batch", generator$py))
}

#' @rdname data_generator
#' @param x A generator.
#' @param n How many clips; a negative number leaves out as many of the batch's last.
#' @param ... Not used.
#' @importFrom utils head
#' @export
head.hearingai_generator <- function(x, n = 6L, ...) {
  check_unused(...)
  batch <- py_call("bridge.first_batch", x$py)
  rows <- utils::head(seq_len(nrow(batch[[1]])), py_int(n))
  new_batch(list(batch[[1]][rows, , , , drop = FALSE], batch[[2]][rows, , drop = FALSE]))
}

new_batch <- function(arrays) {
  if (!is.null(arrays)) structure(arrays, class = "hearingai_batch")
}

#' @export
print.hearingai_batch <- function(x, ...) {
  utils::str(x, ...)
  invisible(x)
}

#' @importFrom utils str
#' @export
str.hearingai_batch <- function(object, ...) utils::str(unclass(object), ...)

#' @export
format.hearingai_generator <- function(x, ...) {
  sprintf(
    "<generator of log spectrograms: %d classes, %d batches a pass>", length(x$py$labels),
    x$py$steps_per_epoch
  )
}
