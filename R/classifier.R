#' Build, save and open a classifier
#'
#' A classifier is one Keras model from waveforms to the probabilities of labels. Sample rate, clip
#' length, front end and labels travel with the weights; the file that `save_classifier()` writes
#' opens in R and in Python.
#'
#' @param recipe Name of a recipe, see [list_recipes()].
#' @param labels The classes, at least two.
#' @param seed A whole number that decides the initial weights; `NULL` draws one from R's random
#'   numbers, so that [set.seed()] decides it.
#' @return `create_classifier()` and `load_classifier()` return a classifier (class
#'   `hearingai_classifier`; its `py` element is the Keras model). `save_classifier()` returns `path`,
#'   invisibly. `fingerprint()` returns the SHA-256 of the weights: equal fingerprints are equal
#'   models. `describe()` returns a list of what the classifier is and how it came to be.
#' @family classifier
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' classifier
#' path <- save_classifier(classifier, tempfile(fileext = ".keras"))
#' identical(fingerprint(load_classifier(path)), fingerprint(classifier))
create_classifier <- function(recipe, labels, seed = NULL) {
  new_classifier(py_call("create_classifier", py_recipe(recipe), py_strings(labels),
    seed = py_seed(seed)
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
describe <- function(classifier) {
  facts <- py_call("describe", py_classifier(classifier))
  facts$labels <- unlist(facts$labels)
  facts$history <- training_history(classifier)
  facts
}

#' The training history of a classifier
#'
#' @param classifier A classifier.
#' @return A tibble with a row an epoch: `epoch` (from 1), `loss`, `accuracy`, `seconds` and, where
#'   there were validation clips, `val_loss` and `val_accuracy`. [plot_history()] draws it.
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
    cli::cli_abort("{.arg classifier} must be a classifier, not
      {.obj_type_friendly {classifier}}.", class = "hearingai_error", call = call)
  }
  if (reticulate::py_is_null_xptr(classifier$py)) {
    cli::cli_abort(c(
      "{.arg classifier} was left behind in another R session.",
      i = "Keep classifiers with {.fn save_classifier} and open them with {.fn load_classifier}."
    ), class = "hearingai_error", call = call)
  }
  classifier$py
}

#' @export
print.hearingai_classifier <- function(x, ...) {
  facts <- py_call("describe", py_classifier(x))
  shown <- cli::ansi_collapse(x$labels, trunc = 8, last = ", ")
  state <- if (facts$epochs > 0) {
    cli::format_inline("trained for {facts$epochs} epoch{?s} on {facts$n_train} clips")
  } else {
    "untrained"
  }
  cli::cat_line(cli::format_inline("<classifier {facts$recipe}: {length(x$labels)} labels>"))
  cli::cat_line("  labels      ", shown)
  cli::cat_line("  clip        ", facts$duration, " s at ", facts$sample_rate, " Hz")
  cli::cat_line("  parameters  ", format(facts$parameters, big.mark = ","))
  cli::cat_line("  state       ", state)
  invisible(x)
}

#' @export
summary.hearingai_classifier <- function(object, ...) {
  describe(object)
}
