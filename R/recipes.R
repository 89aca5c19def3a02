#' Recipes: named, complete configurations
#'
#' A recipe defines the clip format, the front end, the network and its training.
#'
#' @return `list_recipes()` returns a tibble with one row per recipe: `name`, `network`,
#'   `optimizer`, `epochs`, `batch_size`, `sample_rate` (Hz) and `duration` (seconds), both `NA`
#'   for embeddings and where a body decides them, and `description`. `get_recipe()` returns one
#'   recipe, to be given to [fit()][fit.hearingai_classifier], [cross_validate()], [tune()] or
#'   [create_classifier()].
#' @family classifier
#' @concept hyperparameters
#' @concept model zoo
#' @export
#' @examplesIf hearingai_available()
#' list_recipes()
#' get_recipe("speech-commands")
#' get_recipe("words", network = "bc_resnet", network_options = list(width = 3))
#' get_recipe("head", body = "speech-embedding", network_options = list(hidden = 0))
#' get_recipe("audio-gate", network = "linear_tagger", epochs = 5)
#' get_recipe("speech-commands-small", network = "sound_cnn", frontend = LogMel())
#'
#' dense <- network() |> layer("Flatten") |> layer("Dense", 2, activation = "softmax")
#' get_recipe("speech-commands", network = dense)
list_recipes <- function() {
  as_table(py_call("list_recipes"))
}

#' @rdname list_recipes
#' @param name Name of a recipe, or a recipe.
#' @param ... What should differ, by name: `network` (the name of one, or your own, see
#'   [network()]), `network_options`, `frontend` (such as [LogMel()], or a list of front ends, one
#'   after the other), `body` (in place of a front end, see [get_body()]), `augment`, `optimizer`,
#'   `optimizer_options`, `decay` (which weights an optimizer with `weight_decay` lets decay:
#'   `"all"`, or `"matrices"`, which leaves out biases and the scales of normalisations),
#'   `label_smoothing` (share of each target that is spread over all classes), `loss`
#'   (`"cross-entropy"`, or `"focal"`, which counts clips that are answered right already for less),
#'   `sampling` (see [fit()][fit.hearingai_classifier]), `copies` (augmented copies of each clip
#'   whose embeddings, or whose teacher's answers, are computed once), `multi_label` (what is
#'   otherwise where clips have any number of labels, by name), `schedule`, `schedule_options`,
#'   `patience`, `monitor`, `batch_size`, `epochs`, `validation`, `sample_rate`, `duration`,
#'   `channels`, `crop`, `place`, `frames`. Options are lists of named values, and replace the
#'   recipe's; with another network, optimizer or schedule they start empty.
#' @export
get_recipe <- function(name, ...) {
  given <- list(...)
  if (!is.null(given[["network"]])) given[["network"]] <- kept_network(given[["network"]])
  changes <- py_named(given, recipe_settings(), "get_recipe")
  if (inherits(name, "hearingai_recipe") && !length(changes)) {
    return(name)
  }
  py <- py_call("get_recipe", py_recipe(name, arg = "name"), !!!changes)
  new_recipe(py, name, given)
}

new_recipe <- function(py, name, given = list()) {
  handle <- rlang::exec("new_handle", py, "get_recipe", name, !!!given)
  new_object("hearingai_recipe", handle = handle, name = py$name)
}

# The recipe that fit() is given by its name.
named_recipe <- function(object, call = rlang::caller_env()) {
  new_recipe(py_call("get_recipe", py_recipe(object, call, "object"), .call = call), object)
}

# How each setting of a recipe is converted; NULL is a valid value of `patience`.
recipe_settings <- function() {
  list(
    network = py_architecture, network_options = py_options, frontend = py_frontends,
    body = py_body,
    augment = function(x, arg, call) {
      do.call(reticulate::tuple, if (is.null(x)) list() else py_augment(x, arg, call))
    },
    optimizer = py_string,
    optimizer_options = function(x, arg, call) py_options(x, arg, call, exact = TRUE),
    schedule = py_string,
    schedule_options = function(x, arg, call) py_options(x, arg, call, exact = TRUE),
    patience = function(x, arg, call) py_none(py_int(x, arg, call)), monitor = py_string,
    batch_size = py_int, epochs = py_int, validation = py_number, sample_rate = py_int,
    duration = py_number, channels = py_int, crop = py_string, place = py_string, frames = py_int,
    decay = py_string, label_smoothing = py_number, copies = py_int, loss = py_string,
    sampling = py_string,
    multi_label = function(x, arg, call) {
      if (isTRUE(x) || isFALSE(x)) x else py_options(x, arg, call, exact = TRUE)
    }
  )
}

#' @export
format.hearingai_recipe <- function(x, ...) {
  py <- x$py
  clip <- if (!is.null(py$body)) {
    if (is.null(py$duration)) {
      "as its body takes them"
    } else {
      paste(py$duration, "s, as its body hears")
    }
  } else if (is.null(py$sample_rate)) {
    paste(py$frames, "x 128 embeddings")
  } else {
    sound_state(py$duration, py$sample_rate, py$channels)
  }
  changes <- vapply(py$augment, augmentation_state, character(1))
  told <- c(
    if (!identical(py$loss, "cross-entropy")) paste("loss", py$loss),
    if (!identical(py$sampling, "shuffled")) paste("sampling", py$sampling),
    if (py$copies > 0) paste("copies", py$copies)
  )
  stops <- if (!is.null(py$patience)) {
    paste0(", stops ", count_text(py$patience, "epoch"), " after the best")
  }
  c(
    sprintf("<recipe %s: %s>", x$name, py$description),
    paste0("  source     ", py$source),
    paste0("  clip       ", clip),
    if (!is.null(py$body)) paste0("  body       ", name_of_body(py$body)),
    paste0("  network    ", py$network_name, options_state(py$network_options)),
    if (length(changes)) paste0("  augment    ", toString(changes)),
    paste0(
      "  training   ", py$optimizer, ", ", if (!is.null(stops)) "up to ", py$epochs, " epochs",
      stops, ", batches of ", py$batch_size, paste0(", ", told, recycle0 = TRUE, collapse = "")
    )
  )
}

#' @rdname list_recipes
#' @param x A recipe.
#' @export
glance.hearingai_recipe <- function(x, ...) {
  py <- x$py
  tibble::tibble(
    name = x$name, network = py$network_name, optimizer = py$optimizer, epochs = py$epochs,
    batch_size = py$batch_size, sample_rate = or_na(py$sample_rate, NA_integer_),
    duration = or_na(py$duration), description = py$description
  )
}

name_of_body <- function(body) if (is.character(body)) body else body$name

options_state <- function(options) {
  if (!length(options)) {
    return("")
  }
  values <- vapply(options, function(v) paste(unlist(v), collapse = " to "), character(1))
  sprintf(" (%s)", toString(paste(names(values), values)))
}

augmentation_state <- function(entry) {
  if (inherits(entry, "python.builtin.object")) {
    return(sub(".*\\.", "", class(entry)[[1]]))
  }
  entry[[1]]
}
