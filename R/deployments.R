#' When and where recordings were made
#'
#' It is looked for in this order, each of time, site and place on its own: columns of the table,
#' the pattern, GUANO metadata, the comment of an AudioMoth, the name of the file. Names that are
#' known: `20240501_043000` (AudioMoth; Song Meter and others with a prefix, which is taken as the
#' site, also with `$` in the place of `_`, and with microseconds or a further number behind it),
#' `2024-05-01T04-30-00Z`, `20240501T043000+0200`, SoundTrap's `5678.240501043000`, and the
#' hexadecimal seconds of AudioMoths, `6631C548`.
#'
#' @param recordings A recording, a folder (with all below it), several of those, or a data frame
#'   with `fname` and what is known: `time` (text or `POSIXct`), `duration` (seconds; else it is
#'   read from the file), `site`, `latitude`, `longitude`, `recorder`, and `tz`, `drift` and
#'   `clock_set` in the place of these arguments. Other columns stay.
#' @param pattern What names are like: directives of [strptime()] as in `"%Y%m%d_%H%M%S"`, anywhere
#'   in the name (`%Y %y %j %m %d %H %M %S %f %z %s`); or a regular expression, searched for in the
#'   whole path with `/` between folders, with named groups `year`, `month`, `day`, `hour`,
#'   `minute`, `second`, `fraction`, `zone`; `epoch`; `site`, `latitude`, `longitude`, `recorder`,
#'   such as `"(?<site>[^/]+)/[^/]+$"`.
#' @param tz Time zone of readings that do not tell theirs, such as names of files: a name such as
#'   `"Europe/Berlin"`, or `"UTC+2"`. Recorders often keep one offset all summer.
#' @param drift Seconds a day that the recorder's clock gains; below 0 it loses. Times are
#'   corrected.
#' @param clock_set When the clock was right, text or `POSIXct`; needed with a drift. In `tz` where
#'   it has no zone.
#' @param on_error `"report"` gives `NA` for what cannot be told, and one warning that names it;
#'   `"raise"` makes it an error.
#' @return A tibble with a row a recording: `fname`, `time` of its beginning (`POSIXct`, UTC),
#'   `duration` in seconds, `site`, `latitude` and `longitude` in degrees, `recorder`, `source` of
#'   the time (`"table"`, `"pattern"`, `"guano"`, `"audiomoth"`, `"name"` or `NA`), and the further
#'   columns of a data frame. Of a time that occurs twice in its zone, as clocks are put back, the
#'   first is taken, and one that never occurs is that of a clock that was not put forward; a
#'   warning names both.
#' @seealso [add_times()], [detection_history()]
#' @family surveys
#' @concept AudioMoth
#' @concept Song Meter
#' @concept GUANO
#' @export
#' @examplesIf hearingai_available()
#' path <- file.path(tempdir(), "MEADOW_20240501_043000.wav")
#' write_audio(numeric(8000), path, 16000)
#' recording_times(path, tz = "Europe/Berlin")
recording_times <- function(recordings, pattern = NULL, tz = "UTC", drift = 0, clock_set = NULL,
                            on_error = "report") {
  given <- is.data.frame(recordings)
  answer <- as_table(py_call("recording_times",
    if (given) py_table(recordings, "fname", "recordings") else py_several(recordings),
    pattern = py_string(pattern), tz = py_string(tz), drift = py_number(drift),
    clock_set = py_moment(clock_set), on_error = py_string(on_error)
  ))
  if (!given) {
    return(answer)
  }
  if (is.factor(recordings[["site"]])) answer$site <- column_again(answer$site, recordings$site)
  columns_again(answer, recordings, handed, same_rows = TRUE)
}

#' Clock times of events
#'
#' @param events A table of events, `fname`, `start`, `end` and `label`; or what [annotate()]
#'   returned.
#' @param times When and where the recordings were made: what [recording_times()] returned, or a
#'   data frame with `fname`, `time` (`POSIXct`, or text with a zone or in UTC) and, if known,
#'   `site`, `latitude`, `longitude`. Recordings are known by their paths.
#' @param relative_to `"sunrise"` or `"sunset"` adds the hours from the nearest one, below 0 before
#'   it; needs the places, and the extra `sun` of [install_hearingai()].
#' @return The events with `time`, when each starts (`POSIXct`, UTC; `NA` where it is not known,
#'   with a warning), the `site`, `latitude` and `longitude` that `times` has, and
#'   `hours_from_sunrise` or `hours_from_sunset`.
#' @family surveys
#' @export
#' @examplesIf hearingai_available()
#' events <- data.frame(fname = "a.wav", start = 90, end = 91, label = "wren")
#' times <- data.frame(fname = "a.wav", time = as.POSIXct("2024-05-01 04:30", tz = "UTC"))
#' add_times(events, times)
add_times <- function(events, times, relative_to = NULL) {
  if (inherits(events, "hearingai_annotation")) events <- events$events
  answer <- py_call("add_times", py_events(events), py_recording_times(times),
    relative_to = py_string(relative_to)
  )
  answer <- as_events(answer, levels(events$label))
  if ("site" %in% names(answer)) answer$site <- column_again(answer$site, times[["site"]])
  columns_again(answer, events, handed, same_rows = TRUE)
}

# The columns of recordings and events that the core reads or makes.
handed <- c(
  "fname", "start", "end", "label", "score", "time", "duration", "site", "latitude", "longitude",
  "recorder", "source"
)

# A table of recordings and their times.
py_recording_times <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (!is.null(x)) {
    table <- py_table(x, "fname", arg, call)
    require_columns(x, "time", arg, call)
    table
  }
}

# A date and time, as text.
py_moment <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (inherits(x, "POSIXt") && length(x) == 1 && !is.na(x)) {
    x <- format(x, "%Y-%m-%dT%H:%M:%SZ", tz = "UTC")
  }
  if (inherits(x, "Date")) x <- format(x)
  py_string(x, arg, call, "one date and time")
}
