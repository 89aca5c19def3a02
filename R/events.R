#' Write and read events in files that other programs open
#'
#' CSV and Parquet contain the whole table. Audacity's labels and Raven's selection tables are for
#' one recording: events of several recordings go into a folder, one file each, named after the
#' recording; a recording without events has none. Audacity's labels have no score, and no further
#' columns. Parquet needs the Python library pyarrow.
#'
#' Files appear under their names only when they are complete. Vectors in list columns are written
#' as text with `;` between their values; other list columns are left out, with a warning.
#'
#' Whatever is wrong in a file is an error of `read_events()`. [read_annotations()] reads the same
#' files and is made for annotations by people: it finds their recordings, takes columns of any
#' name, and tells of rows that cannot be right.
#'
#' @param events A table with `start` and `end` (seconds) and `label`, and where known `fname`,
#'   `score`, and `low` and `high`, the bounds of its frequencies, Hz; or what [annotate()]
#'   returned.
#' @param path The file. Its ending chooses the format: `.csv`, `.parquet`, `.txt` for Audacity,
#'   `.selections.txt` for Raven. For several recordings a folder, with `format`. `read_events()`
#'   reads such a file, also one that Audacity, Raven, Kaleidoscope, warbleR or BirdNET wrote, or
#'   all in a folder and below.
#' @param format `"csv"`, `"parquet"`, `"audacity"`, `"raven"`, or `"kaleidoscope"`, a CSV with its
#'   columns; `NULL` goes by the ending.
#' @param overwrite Replace files of that name.
#' @return `write_events()` returns the path, invisibly. `read_events()` returns a tibble with
#'   `fname`, `start`, `end`, `label` and `score`, and where the file has them `low` and `high`, Hz,
#'   and further columns. Where a file does not name its recording, as Audacity's do not, `fname` is
#'   the recording of the same name in the same folder, else `NA`. Raven may name only the file, not
#'   its path: it is looked for in the folder of the table. Rows that are further views of one
#'   selection count once, with a warning. A label that Audacity left empty is `""`; elsewhere a
#'   missing one is an error.
#' @family long recordings
#' @concept Raven selection table
#' @concept Audacity labels
#' @export
#' @examplesIf hearingai_available()
#' events <- data.frame(start = c(1.5, 7), end = c(2, 7.5), label = c("yes", "no"))
#' path <- tempfile(fileext = ".txt")
#' write_events(events, path)
#' readLines(path)
#' read_events(path)
write_events <- function(events, path, format = NULL, overwrite = FALSE) {
  if (is.data.frame(events)) {
    events <- join_lists(events)
    tell_of_lists(events, "events")
  }
  answer <- py_call("write_events", py_events(events), py_path(path),
    format = py_string(format), overwrite = py_flag(overwrite)
  )
  invisible(answer)
}

#' @rdname write_events
#' @export
read_events <- function(path) {
  as_events(py_call("read_events", py_path(path)))
}
