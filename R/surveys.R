#' Detections and effort by site and occasion
#'
#' `detection_history()` counts detections and effort as occupancy models take them. An occasion
#' without effort says nothing, one with effort and without events is an absence. The effort is what
#' was recorded and heard: recordings without events count, and those that an annotation could not
#' read do not. Recorders that ran side by side at one site add up. `presence_matrix()` makes a
#' matrix of sites by occasions of it.
#'
#' @param events A table of events with `fname` (and `time`, see [add_times()]; else it is computed
#'   by `effort`); or what [annotate()] returned.
#' @param effort What was recorded: the table of [recording_times()], or another with `fname`,
#'   `time`, `duration` (seconds) and, for several sites, `site`. `NULL` takes the recordings of an
#'   annotation with times.
#' @param by The occasions: `"hour"`, `"day"`, `"night"` (from noon to noon), `"week"` (from
#'   Monday), `"month"`, or a number of days from the first.
#' @param tz The time zone whose days they are, such as `"Europe/Berlin"`.
#' @param site The column of `effort` with the sites; `NULL` takes all as one site.
#' @param labels The labels to count, also those without events; `NULL` takes those that occur.
#' @param min_score The least score of events that count, or one for each label, such as
#'   `c(wren = 0.8)`.
#' @return `detection_history()` returns a tibble of class `hearingai_detection_history`, a row a
#'   site, label and occasion, from the first to the last with effort at any site: `site` (`"all"`
#'   where none is told), `label` (both factors where they were such), `occasion` and
#'   `occasion_end` (`POSIXct` in `tz`), `n` (events that start in it), `effort` (hours) and
#'   `detected` (1 or 0; `NA` like `n` where there was no effort). [plot()] draws it, see
#'   [plot_detection_history()].
#'
#'   `presence_matrix()` returns a numeric matrix with a row a site and a column an occasion, as
#'   `unmarkedFrameOccu()` of unmarked takes it (`y`; the effort goes into `obsCovs`).
#' @seealso [activity_pattern()]
#' @family surveys
#' @concept occupancy model
#' @concept unmarked
#' @concept camtrapR
#' @export
#' @examplesIf hearingai_available()
#' effort <- data.frame(
#'   fname = c("a.wav", "b.wav"), duration = 3600, site = c("fen", "bog"),
#'   time = c("2024-05-01T04:30:00Z", "2024-05-03T23:30:00Z")
#' )
#' events <- data.frame(fname = "a.wav", start = 5, end = 6, label = "wren")
#' history <- detection_history(events, effort)
#' history
#' presence_matrix(history)
#' presence_matrix(history, values = "effort")
detection_history <- function(events, effort = NULL, by = "day", tz = "UTC", site = "site",
                              labels = NULL, min_score = NULL) {
  answer <- as_table(py_call("bridge.detection_history", py_events(events),
    py_none(py_recording_times(effort)), heard = py_heard_recordings(events), by = py_name(by),
    tz = py_string(tz), site = py_none(py_string(site)), labels = py_classes(labels),
    min_score = py_levels(min_score)
  ))
  for (name in c("n", "detected")) answer[[name]] <- as.integer(answer[[name]])
  answer <- labelled_like(answer, events)
  heard <- if (is.null(effort)) events$recordings else effort
  answer$site <- column_again(answer$site, if (!is.null(site)) heard[[site]])
  as_kind(answer, "hearingai_detection_history")
}

#' @rdname detection_history
#' @param history What `detection_history()` returned.
#' @param label Which of several labels.
#' @param values What the cells hold: `"detected"` (1, 0, or `NA` without effort), `"n"`, the number
#'   of events, or `"effort"` in hours.
#' @export
presence_matrix <- function(history, label = NULL, values = "detected") {
  answer <- py_call("bridge.presence_matrix", py_history(history), label = py_class(label),
    values = py_string(values)
  )
  names <- lapply(answer[c("rows", "columns")], function(x) as.character(unlist(x)))
  matrix <- matrix(answer$values, length(names$rows), dimnames = unname(names))
  matrix[is.nan(matrix)] <- NA
  matrix
}

#' Activity by the hour
#'
#' Events an hour of effort, of all sites and days, by the hour of the day, or by the hours from
#' sunrise or sunset.
#'
#' @inheritParams detection_history
#' @param effort What was recorded, as there; with `latitude` and `longitude` (degrees) for hours
#'   from sunrise or sunset.
#' @param relative_to `NULL` for the hour of the day, `"sunrise"` or `"sunset"` for the hours from
#'   the nearest one, from -12 to 12; that needs the extra `sun` of [install_hearingai()].
#' @param tz The time zone of the hours of the day, such as `"Europe/Berlin"`.
#' @param bin Hours that are counted together, a whole part of twelve hours.
#' @param labels The labels to count; `NULL` takes those that occur.
#' @return A tibble of class `hearingai_activity` with a row a label and bin: `label`, the middle of
#'   the bin as `hour`, `hours_from_sunrise` or `hours_from_sunset`, `n` (events that start in it),
#'   `effort` (hours) and `rate` (events an hour; `NA` without effort). [plot()] draws it, see
#'   [plot_activity()].
#' @family surveys
#' @concept diel activity
#' @concept sunrise
#' @export
#' @examplesIf hearingai_available()
#' effort <- data.frame(fname = "a.wav", time = "2024-05-01T04:30:00Z", duration = 5400)
#' events <- data.frame(fname = "a.wav", start = 5, end = 6, label = "wren")
#' pattern <- activity_pattern(events, effort)
#' pattern[pattern$effort > 0, ]
activity_pattern <- function(events, effort = NULL, relative_to = NULL, tz = "UTC", bin = 1,
                             labels = NULL, min_score = NULL) {
  answer <- as_table(py_call("bridge.activity_pattern", py_events(events),
    py_none(py_recording_times(effort)), heard = py_heard_recordings(events),
    relative_to = py_string(relative_to), tz = py_string(tz), bin = py_number(bin),
    labels = py_classes(labels), min_score = py_levels(min_score)
  ))
  as_kind(labelled_like(answer, events), "hearingai_activity")
}

# A table whose labels are a factor where those of the events are one.
labelled_like <- function(table, events) {
  if (inherits(events, "hearingai_annotation")) events <- events$events
  table$label <- column_again(table$label, events$label)
  table
}

# The recordings that an annotation heard; of a table of events, none are known.
py_heard_recordings <- function(events) {
  if (inherits(events, "hearingai_annotation")) py_table(events$recordings, "fname", "events")
}

py_history <- function(history, call = rlang::caller_env()) {
  py_table(history, c("site", "label", "occasion"), "history", call)
}
