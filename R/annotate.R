#' Find out what is heard when in recordings of any length
#'
#' A window slides over the recording; what the classifier says of each is smoothed and becomes
#' events. Reading, resampling and computing go on at once, and no more of a recording is in memory
#' than some windows, so that a day needs no more than a minute does.
#'
#' Each window stands for the time around its middle, from half a hop before to half a hop behind;
#' the first from the start of the recording, the last to its end. An event is the time of the
#' windows that make it, so its limits are as fine as the hop. At the end of a recording the last
#' window is filled up with silence, as is the only one of a recording shorter than a window.
#'
#' The package ggplot2 has an `annotate()` too, which draws on plots; of two attached packages the
#' later one comes first, and `hearingai::annotate()` is always this one.
#'
#' @param classifier A classifier of sound, or an exported one, see [load_exported()].
#' @param recordings Paths, folders (with all below them), a data frame with a column `fname` (and
#'   `start` and `end`, in seconds, for parts), or one sound: a numeric vector, or a matrix of
#'   channels by samples, in -1...1.
#' @param window Seconds that are heard at once; `NULL` takes the classifier's own, a shorter window
#'   is filled up with silence.
#' @param hop Seconds from window to window, at most a window; `NULL` takes a quarter of one.
#' @param threshold Smoothed probability that opens an event, above 0; or several named by label,
#'   such as `c(yes = 0.8)`, 0.5 for those not named.
#' @param low Smoothed probability that keeps it open, likewise; `NULL` takes 0.7 of `threshold`.
#' @param smooth Seconds over which probabilities are averaged: the mean of the windows whose
#'   middles are at most half of it away. `NULL` takes half a window, 0 does not smooth.
#' @param min_duration Seconds; shorter events are dropped.
#' @param min_gap Seconds; events of one label that are less apart become one.
#' @param labels The labels to report; `NULL` means all.
#' @param ignore Labels not to report, such as that of the background.
#' @param sample_rate Rate of the sound, Hz, where `recordings` is sound; `NULL` means the
#'   classifier's own. Files know theirs.
#' @param batch_size Windows a step; more of them are faster on a GPU, and need more memory.
#' @param path A folder to keep the probabilities of every finished recording in. A call that finds
#'   them there, of the same file, classifier, window and hop, does not compute them again: after a
#'   break it goes on with the next recording, and another threshold takes moments.
#' @param keep_windows Whether the result has the probabilities of all windows.
#' @param device `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one.
#' @param on_error `"report"` lists recordings that cannot be read in `errors`; `"raise"` stops at
#'   the first.
#' @param progress Show a progress bar; `NULL` shows one in an interactive session.
#' @return A list of class `hearingai_annotation`: `events` (tibble `fname`, `start` and `end` in
#'   seconds from the start of the recording, `label`, a factor, and `score`, the highest smoothed
#'   probability; recordings in their order, events by their start), `windows` (tibble `fname`,
#'   `start`, `end` and `.pred_<label>` for each label; `NULL` where they were not kept),
#'   `recordings` (tibble `fname`, `seconds`), `errors` (tibble `fname`, `error`), `seconds` (length
#'   of all that was heard) and `speed` (how many times faster than it sounds; `NULL` where all was
#'   kept). `tidy()` gives `events`.
#' @seealso [write_events()], [plot_events()], [Stream()] for sound as it comes.
#' @family long recordings
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' found <- annotate(classifier, sin(1:48000 / 10) / 2, hop = 0.5, threshold = 0.4)
#' found
#' found$windows
annotate <- function(classifier, recordings, window = NULL, hop = NULL, threshold = 0.5, low = NULL,
                     smooth = NULL, min_duration = 0, min_gap = 0, labels = NULL, ignore = NULL,
                     sample_rate = NULL, batch_size = 16, path = NULL, keep_windows = TRUE,
                     device = "auto", on_error = "report", progress = NULL) {
  rules <- py_rules(window, hop, threshold, low, smooth, min_duration, min_gap, labels, ignore)
  answer <- py_call("bridge.annotate", py_classifier(classifier), py_long(recordings), !!!rules,
    sample_rate = py_int(sample_rate), batch_size = py_int(batch_size), path = py_path(path),
    keep_windows = py_flag(keep_windows), device = py_string(device),
    on_error = py_string(on_error), progress = py_progress(progress)
  )
  answer$events <- as_events(answer$events, classifier$labels)
  answer$recordings <- as_table(answer$recordings)
  answer$errors <- as_table(answer$errors)
  if (!is.null(answer$windows)) answer$windows <- r_windows(as_table(answer$windows))
  as_object(answer, "hearingai_annotation")
}

#' @export
format.hearingai_annotation <- function(x, ...) {
  n <- nrow(x$recordings)
  sprintf(
    "<%d %s in %d %s of %s%s%s>", nrow(x$events), if (nrow(x$events) == 1) "event" else "events",
    n, if (n == 1) "recording" else "recordings", spoken_time(x$seconds),
    if (nrow(x$errors)) sprintf(", %d not read", nrow(x$errors)) else "",
    if (is.null(x$speed)) "" else sprintf(", heard %.3g times faster than they sound", x$speed)
  )
}

#' @rdname annotate
#' @param x What `annotate()` returned.
#' @param ... Not used.
#' @export
tidy.hearingai_annotation <- function(x, ...) {
  rlang::check_dots_empty()
  x$events
}

#' @rdname annotate
#' @export
glance.hearingai_annotation <- function(x, ...) {
  rlang::check_dots_empty()
  tibble::tibble(
    n_events = nrow(x$events), n_recordings = nrow(x$recordings), n_errors = nrow(x$errors),
    seconds = x$seconds, speed = or_na(x$speed)
  )
}

# Seconds as people say them.
spoken_time <- function(seconds) {
  for (unit in c(h = 3600, min = 60)) {
    if (seconds >= 2 * unit) {
      return(sprintf("%.3g %s", seconds / unit, if (unit == 3600) "h" else "min"))
    }
  }
  sprintf("%.3g s", seconds)
}

# The rules by which probabilities become events, as the core takes them.
py_rules <- function(window, hop, threshold, low, smooth, min_duration, min_gap, labels, ignore,
                     call = rlang::caller_env()) {
  list(
    window = py_number(window, call = call), hop = py_number(hop, call = call),
    threshold = py_levels(threshold, call = call), low = py_levels(low, call = call),
    smooth = py_number(smooth, call = call), min_duration = py_number(min_duration, call = call),
    min_gap = py_number(min_gap, call = call), labels = py_strings(labels, call = call),
    ignore = py_strings(ignore, call = call)
  )
}

# One probability, or several named by label.
py_levels <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (is.list(x)) x <- unlist(x)
  if (is.null(x) || (length(x) == 1 && is.null(names(x)))) {
    return(py_number(x, arg, call))
  }
  if (!is.numeric(x) || !rlang::is_named(x)) {
    abort_argument(arg, "one number, or numbers named by label such as c(yes = 0.8)", x, call)
  }
  refuse_na(x, arg, call)
  do.call(reticulate::dict, as.list(x))
}

# Recordings to be heard as a whole: paths, a table, or one sound.
py_long <- function(recordings, call = rlang::caller_env()) {
  if (is.data.frame(recordings) || is.character(recordings)) {
    return(py_files(recordings, "recordings", call))
  }
  if (!is.numeric(recordings)) {
    abort_argument("recordings", "paths, a data frame or one sound", recordings, call)
  }
  py_samples(recordings, "recordings", call)
}

# Sound as numbers in -1...1, also where R took whole numbers for integers.
py_samples <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (is.integer(x)) storage.mode(x) <- "double"
  py_waveform(x, arg, call)
}

# The table of windows, its probabilities named as predict() names them.
r_windows <- function(table) {
  names(table) <- sub("^prob_", ".pred_", names(table))
  table
}
