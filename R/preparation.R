#' Decode a data set before training
#'
#' Every recording is read, resampled, mixed down and fitted to the recipe's clips, and packed as
#' 16-bit samples in one file that trainings map into memory: a data set may be larger than the
#' memory. [fit()][fit.hearingai_classifier], [cross_validate()] and [tune()] do this themselves;
#' call it to do it in advance, or in a folder of your choice, which is then passed to them as
#' `store`.
#'
#' Decoded clips are looked up by path, size, modification time and part of the recordings and by
#' the recipe's format, whatever else is in the table: a changed recording is decoded again. After
#' an interruption (Esc or Ctrl-C) the next call resumes.
#'
#' It is an error if the recipe takes embeddings or crops at random, since these are not stored; if
#' the disk is too full; or if the folder cannot be written.
#'
#' The package recipes of tidymodels has a `prepare()` too, which only points to its `prep()`; of
#' two attached packages the later one comes first, and `hearingai::prepare()` is always this one.
#'
#' @param clips A table of recordings with a column `fname` (and `start` and `end`, in seconds, for
#'   parts); or paths, of folders with all below them.
#' @param recipe What determines rate, length and channels: the name of a recipe, a recipe
#'   ([get_recipe()]) or a classifier.
#' @param store The folder to store them in; `NULL` is the user's cache, from which the least
#'   recently used beyond 20 GiB are deleted.
#' @param on_error `"report"` lists recordings that cannot be read; `"raise"` stops at the first.
#' @param partial Read what is there of recordings that are truncated or damaged; a warning names
#'   them, and says how much is there. Otherwise they cannot be read.
#' @param progress Show a progress bar; `NULL` shows one in an interactive session.
#' @param out,workers,shard,engine,address,gpus_per_worker A run in a folder, see [annotate()]:
#'   workers decode there, and what they decoded is put into the store by the call that finds all of
#'   it done.
#' @return A list of class `hearingai_prepared`: `path` (the folder of the decoded clips), `n` (how
#'   many clips are decoded; a recording listed twice counts once), `bytes` (their size),
#'   `errors` (tibble `fname`, `error`, of the recordings left out) and `notes` (tibble `fname`,
#'   `note`, of those read in part).
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 10, seed = 1)
#' store <- tempfile()
#' prepare(clips, "speech-commands-small", store = store)
#' fit("speech-commands-small", clips, epochs = 1, seed = 1, store = store)
prepare <- function(clips, recipe = "speech-commands", store = NULL, on_error = "report",
                    partial = FALSE, progress = NULL, out = NULL, workers = NULL, shard = NULL,
                    engine = "processes", address = NULL,
                    gpus_per_worker = 0) {
  if (!is.data.frame(clips) && !is.character(clips)) {
    abort_argument("clips", "a table of clips (a data frame) or paths", clips)
  }
  bar <- py_progress(progress)
  answer <- hold_interrupts(py_call("bridge.prepare", py_files(clips, "clips"),
    recipe = py_trainable(recipe), store = py_path(store), on_error = py_string(on_error),
    partial = py_flag(partial), progress = listening(bar),
    !!!py_run(out, workers, shard, engine, address, gpus_per_worker)
  ))
  answer$path <- r_text(answer$path)
  answer$bytes <- as.numeric(answer$bytes)
  answer$errors <- as_table(answer$errors)
  answer$notes <- as_table(answer$notes)
  as_object(answer, "hearingai_prepared")
}

#' @export
format.hearingai_prepared <- function(x, ...) {
  left_out <- nrow(x$errors)
  sprintf(
    "<prepared: %s, %s in %s%s%s>", count_text(x$n, "clip"), size_text(x$bytes), x$path,
    if (left_out) sprintf(", %d of the recordings left out", left_out) else "",
    if (NROW(x$notes)) sprintf(", %d read in part", nrow(x$notes)) else ""
  )
}

#' @rdname prepare
#' @param x What `prepare()` returned.
#' @param ... Not used.
#' @export
glance.hearingai_prepared <- function(x, ...) {
  check_unused(...)
  tibble::tibble(path = x$path, n = x$n, bytes = x$bytes, n_errors = nrow(x$errors))
}
