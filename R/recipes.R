#' Recipes: the named, complete set-ups
#'
#' A recipe says what a clip is, what the network sees and how it is trained.
#'
#' @return `list_recipes()` returns a tibble with a row a recipe: `name`, `network`, `optimizer`,
#'   `epochs`, `batch_size`, `sample_rate` (Hz), `duration` (seconds) and `description`.
#'   `get_recipe()` returns one recipe, to be given to [fit()][fit.hearingai_classifier] or
#'   [create_classifier()].
#' @family classifier
#' @export
#' @examplesIf hearingai_available()
#' list_recipes()
#' get_recipe("speech-commands")
list_recipes <- function() {
  as_table(py_call("list_recipes"))
}

#' @rdname list_recipes
#' @param name Name of a recipe.
#' @export
get_recipe <- function(name) {
  if (inherits(name, "hearingai_recipe")) {
    return(name)
  }
  name <- py_string(name)
  structure(list(name = name, py = py_call("get_recipe", name)), class = "hearingai_recipe")
}

#' @export
print.hearingai_recipe <- function(x, ...) {
  cli::cat_line(cli::format_inline("<recipe {x$name}: {x$py$description}>"))
  cli::cat_line("  source     ", x$py$source)
  cli::cat_line("  clip       ", x$py$duration, " s at ", x$py$sample_rate, " Hz")
  cli::cat_line("  network    ", x$py$network)
  cli::cat_line(
    "  training   ", x$py$optimizer, ", ", x$py$epochs, " epochs, batches of ", x$py$batch_size
  )
  invisible(x)
}

py_recipe <- function(recipe, call = rlang::caller_env()) {
  if (inherits(recipe, "hearingai_recipe")) {
    return(recipe$py)
  }
  py_string(recipe, "recipe", call, "the name of a recipe")
}
