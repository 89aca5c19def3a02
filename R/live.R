#' Detect events in a stream of sound
#'
#' `Stream()` takes sound in chunks of any size and finds what [annotate()] finds in the whole.
#' `feed()` returns the events that have ended so far; `finish()` ends the stream and returns the
#' last ones.
#'
#' @inheritParams annotate
#' @param classifier A classifier of sound, or an exported one, see [load_exported()]. It is asked
#'   once a hop.
#' @param sample_rate Rate of the chunks, Hz; `NULL` means the classifier's own.
#' @return `Stream()` returns a stream, which `feed()` and `finish()` change. They return a tibble
#'   with one row per event that has ended: `start` and `end` in seconds from the start of the
#'   sound, `label` and `score`. `stream_state()` returns a list: `seconds` (of sound received),
#'   `delay` (largest delay from the end of an event to its report, seconds), `active` (the events
#'   that have not ended, a tibble) and `windows` (those that the last chunk completed, a tibble).
#'   A stream cannot be saved: it exists in its R session only.
#' @seealso [listen()] for a microphone or a file that is still written.
#' @family long recordings
#' @concept microphone
#' @concept real time
#' @concept keyword spotting
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' stream <- Stream(classifier, hop = 0.5, threshold = 0.4)
#' feed(stream, rnorm(20000) / 10)
#' stream
#' finish(stream)
Stream <- function(classifier, sample_rate = NULL, window = NULL, hop = NULL, threshold = NULL,
                   low = NULL, smooth = NULL, min_duration = 0, min_gap = 0, refractory = 0,
                   labels = NULL, ignore = NULL, device = "auto") {
  rules <- py_rules(window, hop, threshold, low, smooth, min_duration, min_gap, refractory, labels,
    ignore
  )
  py <- py_call("Stream", py_classifier(classifier),
    sample_rate = py_int(sample_rate), !!!rules, device = py_string(device)
  )
  new_object("hearingai_stream", py = py, labels = classifier$labels)
}

#' @rdname Stream
#' @param stream What `Stream()` returned.
#' @param chunk Sound of any length: a numeric vector, or a matrix of channels by samples, in
#'   -1...1; or an object of another package of the stream's rate, see [as_sound()].
#' @export
feed <- function(stream, chunk) {
  check_stream(stream)
  chunk <- if (is.numeric(chunk) && !length(chunk)) {
    reticulate::np_array(numeric())
  } else {
    py_heard(chunk)
  }
  as_events(py_call("bridge.feed", stream$py, chunk), stream$labels)
}

#' @rdname Stream
#' @export
finish <- function(stream) {
  check_stream(stream)
  as_events(py_call("bridge.finish", stream$py), stream$labels)
}

#' @rdname Stream
#' @export
stream_state <- function(stream) {
  check_stream(stream)
  list(
    seconds = stream$py$seconds, delay = stream$py$delay,
    active = as_events(py_call("bridge.active", stream$py), stream$labels),
    windows = r_windows(as_table(py_call("bridge.plain", stream$py$windows)))
  )
}

#' @export
format.hearingai_stream <- function(x, ...) {
  if (reticulate::py_is_null_xptr(x$py)) {
    return("<stream of another R session>")
  }
  sprintf(
    "<stream: %s of sound at %s Hz, events within %.2g s>", spoken_time(x$py$seconds),
    format(x$py$sample_rate, scientific = FALSE), x$py$delay
  )
}

#' Detect events in live sound
#'
#' It runs until the sound ends, for `seconds`, or until it is interrupted (Esc or Ctrl-C), and then
#' returns the last events too. A microphone needs the Python library sounddevice.
#'
#' @inheritParams annotate
#' @param classifier A classifier of sound, or an exported one, see [load_exported()]. It is asked
#'   once a hop.
#' @param source `NULL`, the microphone, or its number; a file that is still written, a wav or raw
#'   samples; a named pipe of raw samples; the address of a camera, a radio station or a recording
#'   of any format (`rtsp://`, `http://` and `https://`, which need the extra `av`, or `file://`);
#'   or a list of chunks, as `feed()` takes them.
#' @param callback A function that is called with each event, a list of `start`, `end`, `label` and
#'   `score`, as soon as it has ended; if it returns `FALSE`, listening stops. `NULL` calls none.
#' @param seconds Seconds of sound to process; `NULL` means until the sound ends.
#' @param sample_rate Rate of the microphone, the raw samples or the chunks, Hz; `NULL` means that
#'   of the chunks where they bring it, else the classifier's own. A wav file has its own.
#' @param channels Channels of the microphone or the raw samples.
#' @param format Raw samples, little-endian: `"uint8"`, `"int16"`, `"int24"`, `"int32"`, `"float32"`
#'   or `"float64"`.
#' @param wait How long a file may stop growing, or an address send nothing, before it counts as
#'   complete, in seconds.
#' @return A tibble with one row per event: `start` and `end` in seconds from the start, `label` and
#'   `score`; invisibly if there is a `callback`.
#' @family long recordings
#' @concept microphone
#' @concept live sound
#' @concept keyword spotting
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' chunks <- split(rnorm(48000) / 10, rep(1:30, each = 1600))
#' listen(classifier, unname(chunks), threshold = 0.4)
#' # The microphone, until Esc or Ctrl-C: listen(classifier)
listen <- function(classifier, source = NULL, callback = NULL, seconds = NULL, sample_rate = NULL,
                   channels = 1, format = "int16", wait = 10, window = NULL, hop = NULL,
                   threshold = NULL, low = NULL, smooth = NULL, min_duration = 0, min_gap = 0,
                   refractory = 0, labels = NULL, ignore = NULL, device = "auto") {
  if (!is.null(callback) && !is.function(callback)) {
    abort_argument("callback", "a function of one event", callback)
  }
  rules <- py_rules(window, hop, threshold, low, smooth, min_duration, min_gap, refractory, labels,
    ignore
  )
  live <- py_call("bridge.live", py_classifier(classifier), py_none(py_source(source)),
    seconds = py_number(seconds), sample_rate = py_int(sample_rate), channels = py_int(channels),
    format = py_string(format), wait = py_number(wait), !!!rules, device = py_string(device)
  )
  found <- follow(live, callback, classifier$labels)
  if (is.null(callback)) found else invisible(found)
}

# Step by step, so that R can be interrupted between steps and R calls the callback.
follow <- function(live, callback, labels) {
  found <- list()
  over <- FALSE
  tell <- function(answer) {
    events <- as_events(answer, labels)
    told <- 0
    while (is.function(callback) && !over && told < nrow(events)) {
      told <- told + 1
      event <- as.list(events[told, ])
      event$label <- as.character(event$label)
      over <<- isFALSE(callback(event))
    }
    found[[length(found) + 1]] <<- if (over) events[seq_len(told), ] else events
  }
  on.exit(live$stop())
  tryCatch(
    while (!over && !live$over) {
      tell(suspendInterrupts(py_call("bridge.step", live)))
      take_interrupt()
    },
    interrupt = function(e) NULL
  )
  if (!over) tell(py_call("bridge.finish", live))
  found <- do.call(rbind, found)
  found[order(found$start, found$end), ]
}

check_stream <- function(stream, call = rlang::caller_env()) {
  if (!inherits(stream, "hearingai_stream")) {
    abort_argument("stream", "what Stream() returned", stream, call)
  }
  refuse_gone(stream$py, "stream", call)
}
