#' Evaluate detected events against the true ones
#'
#' `detection_metrics()` compares detected events with true ones. A detected event matches a true
#' one of the same recording and label that is near enough, by the rule of `by`; events are matched
#' one to one, as many as possible. A matched event is a hit, any other a false accept. A false
#' accept is a substitution where it is near a missed true event of another label (matched one to
#' one again), and a duplicate where it is near only true events of its own label that other events
#' matched. A true event without a hit is a miss. `streaming_accuracy()` counts as TensorFlow's
#' Speech Commands example does, event by event.
#'
#' The DET curve, the miss rate against the false accepts an hour, is computed with the scores of
#' the given events as thresholds, so it ends at their lowest score. Events from
#' `annotate()` with a lower threshold give a longer curve; a very low one also merges neighbouring
#' events.
#'
#' @param events A table of events: `fname`, `start`, `end` (seconds), `label` and `score` (without
#'   it, all are equally sure); or what `annotate()` returns.
#' @param truth The true events: `fname`, `start`, `end`, `label`.
#' @param tolerance How far an event may be off, seconds; for `streaming_accuracy()` the largest
#'   distance of the starts, where the example's default is 0.75.
#' @param duration Length of all recordings together: seconds, or the seconds of each recording, as
#'   a table with `fname` and `duration` or as a vector named by recording. Without it there are no
#'   rates an hour.
#' @param threshold Count the events with this score or more; `NULL` counts all.
#' @param wanted_per_hour Choose the lowest threshold with at most this many false accepts an hour.
#'   Choose it on other recordings than those to evaluate on.
#' @param at_false_accepts_per_hour Tell the false rejects where there are at most this many false
#'   accepts an hour, one number or several: keyword spotting is often judged at 0.5 and 2. Each is
#'   the point of the DET curve with the lowest such threshold, of all labels.
#' @param by Which times must be within the tolerance. `"midpoint"`: the event's middle and the true
#'   event's interval, as in the evaluations of spoken term detection; for detectors that work in
#'   windows. `"onset"`: the two starts. `"overlap"`: the two intervals; with a tolerance of 0 they
#'   must touch.
#' @return `detection_metrics()` returns a list of class `hearingai_detection`: `summary` (tibble of
#'   one row: `n_truth`, `n_events`, `hits`, `misses`, `false_accepts` and among these
#'   `substitutions` and `duplicates`, `precision`, `recall`, `f1`, `miss_rate`,
#'   `false_accepts_per_hour`, `hours`, `threshold`), `per_label` (the same, one row per label),
#'   `curve` (one row per distinct score, the highest first), `events` (those counted, with
#'   `outcome`), `truth` (with `outcome`, and `event`, the row in `events` of its hit or
#'   substitution) and `operating_points` (a row for each of `at_false_accepts_per_hour`: that
#'   number, `threshold`, `false_accepts_per_hour` and `false_reject_rate`, which is the miss rate).
#'   `tidy()` gives `per_label`, `glance()` `summary`.
#'   `streaming_accuracy()` returns a tibble of one row: `n_truth`, `n_events`, and as shares of the
#'   true events `matched`, `correct`, `wrong` and `false_positives`.
#' @references Fiscus, J. et al. (2007). Results of the 2006 spoken term detection evaluation.
#'   Mesaros, A. et al. (2016). Metrics for polyphonic sound event detection. Applied Sciences 6.
#'   Martin, A. et al. (1997). The DET curve in assessment of detection task performance.
#'   Warden, P. (2018). Speech Commands: A dataset for limited-vocabulary speech recognition.
#' @seealso [plot_det()], [plot_detections()], [lay_clips()]
#' @family evaluation
#' @concept DET curve
#' @concept false alarms
#' @concept sound event detection
#' @export
#' @examplesIf hearingai_available()
#' truth <- data.frame(
#'   fname = "a.wav", start = c(1, 5, 9), end = c(1.5, 5.5, 9.5), label = c("go", "no", "go")
#' )
#' events <- data.frame(
#'   fname = "a.wav", start = c(1.1, 5.1, 12), end = c(1.6, 5.6, 12.5), label = c("go", "up", "go"),
#'   score = c(0.9, 0.6, 0.4)
#' )
#' result <- detection_metrics(events, truth, duration = 600)
#' result
#' result$curve
#' streaming_accuracy(events, truth)
detection_metrics <- function(events, truth, tolerance = 0.5, duration = NULL, threshold = NULL,
                              wanted_per_hour = NULL, at_false_accepts_per_hour = NULL,
                              by = "midpoint") {
  if (is.null(duration) && inherits(events, "hearingai_annotation")) duration <- events$seconds
  result <- py_call("bridge.detection_metrics", py_placed(events), py_placed(truth),
    tolerance = py_number(tolerance), duration = py_duration(duration),
    threshold = py_number(threshold), wanted_per_hour = py_number(wanted_per_hour),
    at_false_accepts_per_hour = py_numbers(at_false_accepts_per_hour), by = py_string(by)
  )
  result <- lapply(result, as_table)
  result$per_label$label <- factor(result$per_label$label, result$per_label$label)
  as_object(result, "hearingai_detection")
}

#' @rdname detection_metrics
#' @export
streaming_accuracy <- function(events, truth, tolerance = 0.75) {
  as_table(py_call("streaming_accuracy", py_placed(events), py_placed(truth),
    tolerance = py_number(tolerance)
  ))
}

#' @export
format.hearingai_detection <- function(x, ...) {
  row <- x$summary
  hourly <- if (is.na(row$false_accepts_per_hour)) {
    ""
  } else {
    sprintf(" (%.4g an hour)", row$false_accepts_per_hour)
  }
  sprintf(
    "<%d of %s found, %s%s, precision %.3f, recall %.3f, F1 %.3f>", row$hits,
    count_text(row$n_truth, "event"), count_text(row$false_accepts, "false accept"), hourly,
    row$precision, row$recall, row$f1
  )
}

#' @rdname detection_metrics
#' @param x What `detection_metrics()` returned.
#' @param ... Not used.
#' @export
tidy.hearingai_detection <- function(x, ...) {
  check_unused(...)
  x$per_label
}

#' @rdname detection_metrics
#' @export
glance.hearingai_detection <- function(x, ...) {
  check_unused(...)
  x$summary
}
