#' Build, save and open a classifier
#'
#' A classifier is one Keras model from waveforms to the probabilities of labels. Sample rate, clip
#' length, front end and labels are saved with the weights; the file that `save_classifier()` writes
#' opens in R and in Python. [saveRDS()] and workspaces save a classifier too, for R only: the
#' weights are in the object, and its Python object is created again on first use, also in a
#' parallel worker. Changes made through the `py` element, other than by
#' [fit()][fit.hearingai_classifier], are saved by `save_classifier()` only.
#'
#' @param recipe Name of a recipe, see [list_recipes()], or a recipe, see [get_recipe()]; `NULL` for
#'   a classifier of the `network` given.
#' @param labels The classes, at least two.
#' @param seed A whole number that seeds the initial weights; `NULL` draws one from R's random
#'   numbers, so that [set.seed()] makes it reproducible.
#' @param target The positive class, of two labels; `NULL` takes the second, unless it alone is of
#'   the rest (`other`, `background`, `silence`, `unknown`).
#' @param body A body or its name, see [get_body()], for a recipe with one, such as `head`; `NULL`
#'   takes the recipe's. In `load_classifier()` the one that the classifier was trained with; `NULL`
#'   looks for it where it was.
#' @param duration Length that every recording is fitted to, seconds; `NULL` takes the recipe's, or
#'   the body's.
#' @param frontend Front end in place of the recipe's, such as [LogMel()], or a list of front ends,
#'   one after the other.
#' @param network Network in place of the recipe's: the name of one, see [networks], or your own,
#'   see [network()]. Without a recipe it is given, and hears one second, or what `duration` says,
#'   by the `frontend` or the `body`; with neither it takes AudioSet embeddings.
#' @param sample_rate Rate that every recording is converted to, Hz; `NULL` takes the recipe's, or
#'   without a recipe the front end's, else 16000.
#' @param multi_label Whether a clip may have any number of the labels, also none; each then has a
#'   probability by itself, and a single label will do.
#' @return `create_classifier()` and `load_classifier()` return a classifier (class
#'   `hearingai_classifier`; its `py` element is the Keras model). `save_classifier()` returns
#'   `path`, invisibly. `fingerprint()` returns the SHA-256 of the weights, whatever the
#'   labels and the clips. `classifier_info()` returns a list that describes the classifier and
#'   its training.
#' @family classifier
#' @concept save a model
#' @concept load a model
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' classifier
#' path <- save_classifier(classifier, tempfile(fileext = ".keras"))
#' identical(fingerprint(load_classifier(path)), fingerprint(classifier))
create_classifier <- function(recipe = NULL, labels = c(), seed = NULL, target = NULL, body = NULL,
                              duration = NULL, frontend = NULL, network = NULL,
                              sample_rate = NULL, multi_label = FALSE) {
  new_classifier(py_call("create_classifier",
    recipe = py_recipe(recipe), labels = py_strings(labels), seed = py_seed(seed),
    target = py_string(target), body = py_body(body), duration = py_number(duration),
    frontend = if (!is.null(frontend)) py_frontends(frontend),
    network = py_architecture(network), sample_rate = py_int(sample_rate),
    multi_label = py_flag(multi_label)
  ))
}

#' @rdname create_classifier
#' @param classifier A classifier.
#' @param path The file, ending in `.keras`; also at `s3://`, `gs://` or `az://`. In
#'   `load_classifier()` also at `https://`, or `"hf://owner/name"`, a
#'   repository of the Hugging Face Hub, see [push_to_hub()], or a classifier that [readRDS()]
#'   brought and whose body is no longer where it was.
#' @param overwrite Replace a file of that name.
#' @export
save_classifier <- function(classifier, path, overwrite = FALSE) {
  py_call("save_classifier", py_network(classifier), py_path(path),
    overwrite = py_flag(overwrite)
  )
  invisible(path)
}

#' @rdname create_classifier
#' @export
load_classifier <- function(path, body = NULL) {
  if (inherits(path, "hearingai_classifier")) {
    return(new_classifier(unpack(handle_of(path)$args[[1]], body)))
  }
  new_classifier(py_call("load_classifier", py_path(path), body = py_body_itself(body)))
}

#' @rdname create_classifier
#' @export
fingerprint <- function(classifier) {
  py_classifier(classifier)$fingerprint()
}

#' @rdname create_classifier
#' @export
classifier_info <- function(classifier) {
  facts <- py_call("classifier_info", py_network(classifier))
  facts$labels <- classifier$labels
  facts$history <- training_history(classifier)
  facts$thresholds <- unlist(facts$thresholds)
  facts
}

#' The training history of a classifier
#'
#' @param classifier A classifier.
#' @return A tibble with one row per epoch: `epoch` (from 1), `loss`, `accuracy`, `seconds` and,
#'   where there were validation clips, `val_loss` and `val_accuracy`. [plot_history()] draws it.
#' @family classifier
#' @concept learning curve
#' @concept loss
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' training_history(fit("speech-commands-small", clips, epochs = 1, seed = 1))
training_history <- function(classifier) {
  history <- as_table(py_call("training_history", py_network(classifier)))
  as_kind(history, "hearingai_history")
}

# The weights are stored beside the model, so that saveRDS() and workspaces contain both.
new_classifier <- function(py) {
  new_object("hearingai_classifier",
    handle = new_handle(py, "unpack", pack(py)), labels = as.character(py$labels)
  )
}

# Stores the weights that training in place has changed.
keep_weights <- function(classifier) {
  keep_by(handle_of(classifier), "unpack", pack(classifier$py))
}

#' @export
format.hearingai_classifier <- function(x, ...) {
  absent <- tryCatch(
    {
      x$py
      NULL
    },
    hearingai_error = conditionMessage
  )
  if (!is.null(absent)) {
    return(c(
      sprintf("<classifier that cannot be opened here: %d labels>", length(x$labels)),
      paste0("  labels      ", labels_state(x$labels)),
      paste0("  because     ", cli::ansi_strip(absent))
    ))
  }
  classifier_lines(classifier_info(x), clip_state(x))
}

classifier_lines <- function(facts, clip) {
  recipe <- if (is.null(facts$recipe)) "of its own making" else facts$recipe
  c(
    sprintf(
      "<classifier %s: %d labels%s>", recipe, length(facts$labels),
      if (isTRUE(facts$multi_label)) ", any number a clip" else ""
    ),
    paste0("  labels      ", labels_state(facts$labels)),
    paste0("  clip        ", clip),
    if (!is.null(facts$body)) paste0("  body        ", licence_state(facts$body)),
    paste0("  network     ", facts$network),
    paste0("  parameters  ", format(facts$parameters, big.mark = ",")),
    if (length(facts$compiled)) paste0("  compiled    ", compiled_state(facts$compiled)),
    paste0("  state       ", training_state(facts))
  )
}

licence_state <- function(body) sprintf("%s, licence %s", body$name, body$licence)

# The bodies of a classifier of the core, of members too, and those that an exported file holds.
bodies_state <- function(py) {
  if (reticulate::py_has_attr(py, "classifiers")) {
    return(unique(unlist(lapply(py$classifiers, bodies_state))))
  }
  body <- if (reticulate::py_has_attr(py, "description")) py$description$body else py$body
  if (!is.null(body)) licence_state(body)
}

labels_state <- function(labels) cli::ansi_collapse(labels, trunc = 8, last = ", ")

thresholds_state <- function(x) labels_state(sprintf("%s %.3g", names(x), x))

# The clip format of a classifier, as text.
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
  clips <- if (is.null(facts$n_train)) "a generator" else count_text(facts$n_train, "clip")
  state <- sprintf("trained for %s on %s", count_text(facts$epochs, "epoch"), clips)
  ends <- c("interrupted", "collapsed")
  paste(c(state, ends[c(isTRUE(facts$interrupted), isTRUE(facts$collapsed))]), collapse = ", ")
}

# What compile() set: names, and of what was made the classes.
compiled_state <- function(settings) {
  named <- function(x) if (is.list(x)) x$class_name else x
  rate <- settings$learning_rate
  parts <- c(
    if (!is.null(settings$optimizer)) settings$optimizer,
    if (!is.null(rate)) sprintf("learning rate %s", plain_number(rate)),
    if (!is.null(settings$loss)) named(settings$loss),
    vapply(as.list(settings$metrics), named, "")
  )
  paste(parts, collapse = ", ")
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
  paste0(count_text(facts$n_validation, "clip"), ", ", by)
}

#' @export
summary.hearingai_classifier <- function(object, ...) {
  facts <- classifier_info(object)
  facts$clip <- clip_state(object)
  as_object(facts, "hearingai_summary")
}

#' @export
format.hearingai_summary <- function(x, ...) {
  at <- if (is.null(x$threshold)) "" else sprintf(", best F1 from %.3f on", x$threshold)
  trained <- if (!is.null(x$seed)) {
    versions <- x$versions[names(x$versions) != "backend"]
    c(
      paste0("  validation  ", validation_state(x)),
      paste0("  seed        ", x$seed, if (isTRUE(x$deterministic)) ", deterministic"),
      if (!is.null(x$precision)) paste0("  precision   ", x$precision),
      paste0("  libraries   ", paste(names(versions), versions, collapse = ", "))
    )
  }
  c(
    classifier_lines(x, x$clip),
    if (!is.null(x$target)) paste0("  target      ", x$target, at),
    if (!is.null(x$calibration)) paste0("  calibrated  by ", x$calibration$method),
    if (!is.null(x$thresholds)) paste0("  thresholds  ", thresholds_state(x$thresholds)),
    trained,
    paste0("  fingerprint ", x$fingerprint)
  )
}
