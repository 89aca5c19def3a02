#' Recipes: the named, complete set-ups
#'
#' A recipe says what a clip is, what the network sees and how it is trained.
#'
#' @return `list_recipes()` returns a tibble with one row per recipe: `name`, `network`,
#'   `optimizer`, `epochs`, `batch_size`, `sample_rate` (Hz) and `duration` (seconds), both `NA`
#'   where embeddings are heard, and `description`. `get_recipe()` returns one recipe, to be given
#'   to [fit()][fit.hearingai_classifier], [cross_validate()], [tune()] or [create_classifier()].
#' @family classifier
#' @export
#' @examplesIf hearingai_available()
#' list_recipes()
#' get_recipe("speech-commands")
#' get_recipe("audio-gate", network = "linear_tagger", epochs = 5)
#' get_recipe("speech-commands-small", network = "sound_cnn", frontend = LogMel())
list_recipes <- function() {
  as_table(py_call("list_recipes"))
}

#' @rdname list_recipes
#' @param name Name of a recipe, or a recipe.
#' @param ... What should differ, by name: `network`, `network_options`, `frontend` (such as
#'   [LogMel()], or a list of front ends, one after the other), `augment`, `optimizer`,
#'   `optimizer_options`, `schedule`, `schedule_options`, `patience`, `monitor`, `batch_size`,
#'   `epochs`, `validation`, `sample_rate`, `duration`, `channels`, `crop`, `place`, `frames`.
#'   Options are lists of named values, and replace the recipe's; with another network or optimizer
#'   they start empty.
#' @export
get_recipe <- function(name, ...) {
  changes <- py_named(list(...), recipe_settings(), "get_recipe")
  if (inherits(name, "hearingai_recipe") && !length(changes)) {
    return(name)
  }
  py <- py_call("get_recipe", py_recipe(name, arg = "name"), !!!changes)
  structure(list(name = py$name, py = py), class = "hearingai_recipe")
}

# How each setting of a recipe crosses; NULL is a value of its own for `patience`.
recipe_settings <- function() {
  list(
    network = py_string, network_options = py_options, frontend = py_frontends,
    augment = function(x, arg, call) do.call(reticulate::tuple, py_augment(x, arg, call)),
    optimizer = py_string,
    optimizer_options = function(x, arg, call) py_options(x, arg, call, exact = TRUE),
    schedule = py_string,
    schedule_options = function(x, arg, call) py_options(x, arg, call, exact = TRUE),
    patience = function(x, arg, call) py_none(py_int(x, arg, call)), monitor = py_string,
    batch_size = py_int, epochs = py_int, validation = py_number, sample_rate = py_int,
    duration = py_number, channels = py_int, crop = py_string, place = py_string, frames = py_int
  )
}

#' @export
print.hearingai_recipe <- function(x, ...) {
  py <- x$py
  cli::cat_line(cli::format_inline("<recipe {x$name}: {py$description}>"))
  cli::cat_line("  source     ", py$source)
  clip <- if (is.null(py$sample_rate)) {
    paste(py$frames, "x 128 embeddings")
  } else {
    sound_state(py$duration, py$sample_rate, py$channels)
  }
  cli::cat_line("  clip       ", clip)
  cli::cat_line("  network    ", py$network, options_state(py$network_options))
  changes <- vapply(py$augment, augmentation_state, character(1))
  if (length(changes)) cli::cat_line("  augment    ", toString(changes))
  stops <- if (!is.null(py$patience)) sprintf(", stops %d epochs after the best", py$patience)
  cli::cat_line(
    "  training   ", py$optimizer, ", ", if (is.null(stops)) "" else "up to ", py$epochs, " epochs",
    stops, ", batches of ", py$batch_size
  )
  invisible(x)
}

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

py_recipe <- function(recipe, call = rlang::caller_env(), arg = "recipe") {
  if (inherits(recipe, "hearingai_recipe")) {
    return(recipe$py)
  }
  wanted <- if (arg == "name") "one string" else "the name of a recipe"
  py_string(recipe, arg, call, wanted)
}
