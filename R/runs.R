#' Read a run in a folder
#'
#' [annotate()] and others with `out` keep their tables in a folder, in Parquet files of some
#' recordings each. `read_run()` reads those that are there, also while the run goes on: then a
#' warning says how many of the recordings the table has.
#'
#' @param folder The folder `out` of [annotate()], `predict()`, [embed()], [evaluate()] or
#'   [prepare()].
#' @param table Which one; `NULL` takes the first of the run's own: `"events"`, `"windows"` and
#'   `"recordings"` of [annotate()], `"predictions"` of `predict()` and [evaluate()], `"embeddings"`
#'   of [embed()], `"clips"` of [prepare()]. Of each also `"errors"`, `"notes"` and `"manifest"`: a
#'   row a recording, with `size` (bytes), `mtime` (when it was changed, ns since 1970), `duration`
#'   (seconds, where it was known ahead), `shard` and `state` (`"waiting"`, `"done"` or `"error"`).
#' @param as_dataset Return a data set of the package arrow instead, of which nothing is read yet:
#'   dplyr filters it, `dplyr::collect()` reads what is left. Its columns are those of the files:
#'   `prob_<label>`, and `row`, the recording's in the manifest, from 0.
#' @return A tibble, recordings in their order; or an `arrow::Dataset`. It is an error if the folder
#'   holds no run, or no shard of it is done.
#' @family long recordings
#' @concept batch processing
#' @concept parallel
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' clips <- spoken_words("no", n = 3, seed = 1)
#' run <- tempfile()
#' found <- annotate(classifier, clips$fname, out = run)
#' read_run(run, "recordings")
#' read_run(run, "manifest")[c("size", "shard", "state")]
read_run <- function(folder, table = NULL, as_dataset = FALSE) {
  if (py_flag(as_dataset)) {
    rlang::check_installed("arrow", "to open a run as a data set.")
    files <- py_call("bridge.run_files", py_path(folder), table = py_string(table))
    # By name: R CMD check asks CRAN for what is suggested and not installed.
    return(getExportedValue("arrow", "open_dataset")(unlist(files)))
  }
  answer <- py_call("bridge.read_run", py_path(folder), table = py_string(table))
  found <- as_table(answer$table)
  labels <- as.character(unlist(answer$labels))
  switch(answer$name,
    events = as_events(answer$table, labels),
    windows = r_windows(found),
    predictions = r_predictions(found, labels, answer$classes),
    embeddings = r_embeddings(found),
    found
  )
}

# The options of a run in a folder, for the core.
py_run <- function(out, workers, shard, engine, address, gpus_per_worker,
                   call = rlang::caller_env()) {
  rlang::list2(
    out = py_path(out, "out", call), shard = py_string(shard, "shard", call),
    workers = py_workers(workers, call),
    !!!py_engine(engine, address, gpus_per_worker, call)
  )
}

# How many do the work, for the core.
py_workers <- function(workers, call = rlang::caller_env()) {
  if (identical(workers, "auto")) return(workers)
  if (is.character(workers)) {
    abort_argument("workers", "a whole number or \"auto\"", workers, call)
  }
  py_int(workers, "workers", call)
}

# Whose workers do the work, for the core.
py_engine <- function(engine, address, gpus_per_worker, call = rlang::caller_env()) {
  list(
    engine = py_string(engine, "engine", call), address = py_string(address, "address", call),
    gpus_per_worker = py_number(gpus_per_worker, "gpus_per_worker", call)
  )
}
