#' Build, save and open a classifier
#'
#' A classifier is one Keras model from waveforms to the probabilities of labels. Sample rate, clip
#' length, front end and labels travel with the weights; the file that `save_classifier()` writes
#' opens in R and in Python.
#'
#' @param recipe Name of a recipe, see [list_recipes()], or a recipe, see [get_recipe()].
#' @param labels The classes, at least two.
#' @param seed A whole number that decides the initial weights; `NULL` draws one from R's random
#'   numbers, so that [set.seed()] decides it.
#' @param target The label that is looked for, of two; `NULL` takes the one not called `"other"`.
#' @return `create_classifier()` and `load_classifier()` return a classifier (class
#'   `hearingai_classifier`; its `py` element is the Keras model). `save_classifier()` returns
#'   `path`, invisibly. `fingerprint()` returns the SHA-256 of the weights: equal fingerprints are
#'   equal models. `classifier_info()` returns a list of what the classifier is and how it came to
#'   be.
#' @family classifier
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' classifier
#' path <- save_classifier(classifier, tempfile(fileext = ".keras"))
#' identical(fingerprint(load_classifier(path)), fingerprint(classifier))
create_classifier <- function(recipe, labels, seed = NULL, target = NULL) {
  new_classifier(py_call("create_classifier", py_recipe(recipe), py_strings(labels),
    seed = py_seed(seed), target = py_string(target)
  ))
}

#' @rdname create_classifier
#' @param classifier A classifier.
#' @param path The file, ending in `.keras`.
#' @param overwrite Replace a file of that name.
#' @export
save_classifier <- function(classifier, path, overwrite = FALSE) {
  py_call("save_classifier", py_classifier(classifier), py_path(path),
    overwrite = py_flag(overwrite)
  )
  invisible(path)
}

#' @rdname create_classifier
#' @export
load_classifier <- function(path) {
  new_classifier(py_call("load_classifier", py_path(path)))
}

#' @rdname create_classifier
#' @export
fingerprint <- function(classifier) {
  py_classifier(classifier)$fingerprint()
}

#' @rdname create_classifier
#' @export
classifier_info <- function(classifier) {
  facts <- py_call("classifier_info", py_classifier(classifier))
  facts$labels <- classifier$labels
  facts$history <- training_history(classifier)
  facts
}

#' The training history of a classifier
#'
#' @param classifier A classifier.
#' @return A tibble with one row per epoch: `epoch` (from 1), `loss`, `accuracy`, `seconds` and,
#'   where there were validation clips, `val_loss` and `val_accuracy`. [plot_history()] draws it.
#' @family classifier
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' training_history(fit("speech-commands-small", clips, epochs = 1, seed = 1))
training_history <- function(classifier) {
  as_table(py_call("training_history", py_classifier(classifier)))
}

new_classifier <- function(py) {
  structure(list(py = py, labels = as.character(py$labels)), class = "hearingai_classifier")
}

py_classifier <- function(classifier, call = rlang::caller_env()) {
  if (!inherits(classifier, "hearingai_classifier")) {
    abort_argument("classifier", "a classifier", classifier, call)
  }
  if (reticulate::py_is_null_xptr(classifier$py)) {
    cli::cli_abort(c(
      "The classifier was left behind in another R session.",
      i = "Keep classifiers with {.fn save_classifier} and open them with {.fn load_classifier}."
    ), class = "hearingai_error", call = call)
  }
  classifier$py
}

#' @export
print.hearingai_classifier <- function(x, ...) {
  if (reticulate::py_is_null_xptr(x$py)) {
    cli::cat_line("<classifier left behind in another R session: save_classifier() keeps one>")
    return(invisible(x))
  }
  print_classifier(classifier_info(x), clip_state(x))
  invisible(x)
}

print_classifier <- function(facts, clip) {
  shown <- cli::ansi_collapse(facts$labels, trunc = 8, last = ", ")
  recipe <- if (is.null(facts$recipe)) "of its own making" else facts$recipe
  cli::cat_line("<classifier ", recipe, ": ", length(facts$labels), " labels>")
  cli::cat_line("  labels      ", shown)
  cli::cat_line("  clip        ", clip)
  cli::cat_line("  parameters  ", format(facts$parameters, big.mark = ","))
  cli::cat_line("  state       ", training_state(facts))
}

# What a clip is to a classifier, in words.
clip_state <- function(x) {
  if (x$py$hears_embeddings) {
    return(sprintf("%s embeddings", paste(unlist(x$py$clip_shape), collapse = " x ")))
  }
  sound_state(x$py$duration, x$py$sample_rate, x$py$channels)
}

sound_state <- function(duration, sample_rate, channels) {
  several <- if (channels == 2) " in stereo" else sprintf(" of %d channels", channels)
  if (channels == 1) several <- ""
  paste0(duration, " s", several, " at ", sample_rate, " Hz")
}

training_state <- function(facts) {
  if (is.null(facts$seed)) {
    return("untrained")
  }
  clips <- if (is.null(facts$n_train)) "a generator" else sprintf("%d clips", facts$n_train)
  epochs <- if (facts$epochs == 1) "epoch" else "epochs"
  state <- sprintf("trained for %d %s on %s", facts$epochs, epochs, clips)
  ends <- c("interrupted", "collapsed")
  paste(c(state, ends[c(isTRUE(facts$interrupted), isTRUE(facts$collapsed))]), collapse = ", ")
}

validation_state <- function(facts) {
  if (is.null(facts$n_validation)) {
    return("none")
  }
  by <- switch(facts$split_by,
    split = "marked by the table",
    validation = "given apart",
    clip = "drawn at random",
    sprintf("split off by %s", facts$split_by)
  )
  sprintf("%d clips, %s", facts$n_validation, by)
}

#' @export
summary.hearingai_classifier <- function(object, ...) {
  facts <- classifier_info(object)
  structure(facts, class = "hearingai_summary", clip = clip_state(object))
}

#' @export
print.hearingai_summary <- function(x, ...) {
  print_classifier(x, attr(x, "clip"))
  if (!is.null(x$target)) {
    at <- if (is.null(x$threshold)) "" else sprintf(", best F1 from %.3f on", x$threshold)
    cli::cat_line("  target      ", x$target, at)
  }
  if (!is.null(x$seed)) {
    cli::cat_line("  validation  ", validation_state(x))
    cli::cat_line("  seed        ", x$seed, if (isTRUE(x$deterministic)) ", deterministic")
    if (!is.null(x$precision)) cli::cat_line("  precision   ", x$precision)
    versions <- x$versions[names(x$versions) != "backend"]
    cli::cat_line("  libraries   ", paste(names(versions), versions, collapse = ", "))
  }
  cli::cat_line("  fingerprint ", x$fingerprint)
  if (nrow(x$history)) print(x$history, ...)
  invisible(x)
}
