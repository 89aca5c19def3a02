#' Find the events in recordings of any length
#'
#' A window slides over the recording, the classifier gives the probabilities of each window, and
#' these are smoothed and turned into events. Reading, resampling and computing run at the same
#' time, and only a few windows are in memory at once, so that a day of sound needs no more memory
#' than a minute.
#'
#' Each window stands for the time around its middle, from half a hop before to half a hop after;
#' the first from the start of the recording, the last to its end. An event covers the time of its
#' windows, so its start and end are as precise as the hop. The last window of a recording is padded
#' with silence, as is the only one of a recording shorter than a window.
#'
#' Windows that overlap share what is the same for each alone: frames of spectrograms where the hop
#' is a whole number of them, embeddings, and, by Keras, the first layers of a network that neither
#' normalises an image nor fills it up. Of the recipe `speech-commands` all four convolutions are
#' shared at hops of 0.08, 0.1, 0.16 or 0.2 s, and two at 0.25 s; of fewer than 64 windows at once
#' perhaps fewer.
#'
#' The package ggplot2 has an `annotate()` too, which draws on plots. Both work, whichever is
#' attached first: this one hands on what is no classifier, such as `annotate("text", ...)`, to
#' ggplot2's.
#'
#' @param classifier A classifier of sound, or an exported one, see [load_exported()].
#' @param recordings Paths, folders (with all below them), a data frame with a column `fname` (and
#'   `start` and `end`, in seconds, for parts), or one sound: a numeric vector, a matrix of
#'   channels by samples, in -1...1, or an object of another package, see [as_sound()].
#' @param window Length of a window, in seconds; `NULL` takes the classifier's own. A shorter window
#'   is padded with silence.
#' @param hop Step from one window to the next, in seconds, at most a window; `NULL` takes a quarter
#'   of a window.
#' @param threshold Smoothed probability at which an event starts, above 0; or one for each label,
#'   such as `c(yes = 0.8)`. `NULL`, and a label that is not named, takes the classifier's own, see
#'   [choose_thresholds()], else 0.5.
#' @param low Smoothed probability below which an event ends, also one or one for each label; `NULL`
#'   takes 0.7 of `threshold`.
#' @param smooth Length of the moving average of the probabilities, in seconds. `NULL` takes half a
#'   window, 0 does not smooth.
#' @param min_duration Shorter events are dropped; in seconds.
#' @param min_gap Events of one label with a shorter gap between them are merged; in seconds.
#' @param refractory Seconds after an event in which no other of its label starts; those that do are
#'   dropped.
#' @param labels The labels to report; `NULL` reports all but those of the rest: `silence`,
#'   `background`, `unknown` and `other`, also written as `_silence_`.
#' @param ignore Further labels not to report.
#' @param sample_rate Rate of the sound, Hz, where `recordings` is sound; `NULL` means that
#'   of the object, else the classifier's own. Files know theirs.
#' @param batch_size How many windows are computed at once; more share more where they overlap, are
#'   faster on a GPU, and need more memory.
#' @param path A folder to store the probabilities of every finished recording in. Where they are
#'   there already, for the same file, classifier, window and hop, they are not computed again: an
#'   interrupted run resumes with the next recording, and trying another threshold takes moments.
#' @param keep_windows Whether the result has the probabilities of all windows.
#' @param device `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one.
#' @inheritParams predict.hearingai_classifier
#' @param on_error `"report"` lists recordings that cannot be read in `errors`; `"raise"` stops at
#'   the first.
#' @param partial Read what is there of recordings that are truncated or damaged; a warning names
#'   them, and says how much is there. Otherwise they cannot be read.
#' @param times When and where the recordings were made, see [recording_times()]: events get clock
#'   times, and [detection_history()] takes the result as it is.
#' @param out A folder for the run, also at `s3://`, `gs://` or `az://`: a manifest of the
#'   recordings, the tables in Parquet files of some recordings each, a table of errors and a
#'   summary. Called again, the run goes on with what is missing, and with recordings that could
#'   not be opened; with another classifier, other options or other recordings it is an error.
#'   [read_run()] reads it. Needs pyarrow.
#' @param workers Processes that share the work, or `"auto"` for one a core; each opens the
#'   classifier and computes on its share of the cores. A recording at which they end twice is
#'   listed as one that cannot be read. `NULL` works in the session's own process.
#' @param shard The slice of the run to do, such as `"3/50"` for the third of 50: any number of
#'   processes and machines may work on one folder `out` at once. `"auto"` takes the slice of the
#'   environment: `HEARINGAI_SHARD`, else that of a Slurm array. `NULL` takes `HEARINGAI_SHARD`
#'   where it is set, else all.
#' @param engine Who the workers are: `"processes"` of this machine; or `"ray"`, those of a cluster
#'   of Ray, or without one of this machine (needs the Python package ray). Its machines must see
#'   the recordings and the folder of a run by the paths they have here, and have the same
#'   hearingai. There `workers = NULL` is `"auto"`, a worker for each core of the cluster.
#' @param address The cluster of Ray: `"auto"` for the one that this machine is part of,
#'   `"ray://host:10001"` or `"host:6379"`. `NULL` takes that which this session is connected to,
#'   else that of `RAY_ADDRESS`, else starts Ray on this machine as long as the call lasts.
#' @param gpus_per_worker GPUs that each worker on Ray has; 0.25 lets four share one. With 0 they
#'   compute on the CPU.
#' @param progress Show a progress bar; `NULL` shows one in an interactive session.
#' @return A list of class `hearingai_annotation`: `events` (tibble `fname`, `start` and `end` in
#'   seconds from the start of the recording, `label`, a factor, and `score`, the highest smoothed
#'   probability; recordings in their order, events by their start; with `times` also `time` and
#'   where it was, see [add_times()]), `windows` (tibble `fname`,
#'   `start`, `end` and `.pred_<label>` for each label; `NULL` where they were not kept),
#'   `recordings` (tibble `fname`, `start` of a part, `seconds`; with `times` also those), `errors`
#'   (tibble `fname`, `error`), `notes` (tibble `fname`, `note`: what is missing of those read in
#'   part), `seconds` (length of all annotated recordings) and `speed` (how many times faster than
#'   real time; `NULL` where everything was found in `path`). `tidy()` gives `events`.
#' @seealso [write_events()], [plot_events()], [Stream()] for live sound.
#' @family long recordings
#' @concept sound event detection
#' @concept bioacoustics
#' @concept segmentation
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' found <- annotate(classifier, sin(1:48000 / 10) / 2, hop = 0.5, threshold = 0.4)
#' found
#' found$windows
annotate <- function(classifier, ...) UseMethod("annotate")

#' @export
annotate.default <- function(classifier, ...) {
  if (isNamespaceLoaded("ggplot2")) {
    if (missing(classifier)) {
      return(ggplot2::annotate(...))
    }
    if (is_geom(classifier)) {
      return(ggplot2::annotate(classifier, ...))
    }
  }
  abort_argument("classifier", "a classifier", classifier)
}

# What ggplot2 draws: a geom or the name of one.
is_geom <- function(x) {
  inherits(x, "Geom") ||
    rlang::is_string(x) && exists(paste0("geom_", x), asNamespace("ggplot2"))
}

#' @rdname annotate
#' @export
annotate.hearingai_classifier <- function(classifier, recordings, window = NULL, hop = NULL,
                                          threshold = NULL, low = NULL, smooth = NULL,
                                          min_duration = 0, min_gap = 0, refractory = 0,
                                          labels = NULL, ignore = NULL, sample_rate = NULL,
                                          batch_size = 64, path = NULL, keep_windows = TRUE,
                                          device = "auto", runtime = NULL, on_error = "report",
                                          partial = FALSE, times = NULL, out = NULL, workers = NULL,
                                          shard = NULL,
                                          engine = "processes", address = NULL,
                                          gpus_per_worker = 0,
                                          progress = NULL, ...) {
  check_unused(...)
  rules <- py_rules(window, hop, threshold, low, smooth, min_duration, min_gap, refractory, labels,
    ignore
  )
  answer <- py_call("bridge.annotate", py_classifier(classifier), py_long(recordings), !!!rules,
    sample_rate = py_int(sample_rate), batch_size = py_int(batch_size), path = py_path(path),
    keep_windows = py_flag(keep_windows), device = py_string(device),
    runtime = py_string(runtime), on_error = py_string(on_error), partial = py_flag(partial),
    times = py_recording_times(times),
    !!!py_run(out, workers, shard, engine, address, gpus_per_worker),
    progress = py_progress(progress)
  )
  answer$events <- as_events(answer$events, classifier$labels)
  answer$recordings <- as_table(answer$recordings)
  answer$errors <- as_table(answer$errors)
  answer$notes <- as_table(answer$notes)
  if (!is.null(answer$windows)) answer$windows <- r_windows(as_table(answer$windows))
  as_object(answer, "hearingai_annotation")
}

#' @export
annotate.hearingai_exported <- annotate.hearingai_classifier

#' @export
annotate.hearingai_ensemble <- annotate.hearingai_classifier

#' @export
format.hearingai_annotation <- function(x, ...) {
  n <- nrow(x$recordings)
  sprintf(
    "<%d %s in %d %s of %s%s%s%s>", nrow(x$events), if (nrow(x$events) == 1) "event" else "events",
    n, if (n == 1) "recording" else "recordings", spoken_time(x$seconds),
    if (nrow(x$errors)) sprintf(", %d not read", nrow(x$errors)) else "",
    if (NROW(x$notes)) sprintf(", %d read in part", nrow(x$notes)) else "",
    if (is.null(x$speed)) "" else sprintf(", %.3g times faster than real time", x$speed)
  )
}

#' @rdname annotate
#' @param x What `annotate()` returned.
#' @param ... Not used.
#' @export
tidy.hearingai_annotation <- function(x, ...) {
  check_unused(...)
  x$events
}

#' @rdname annotate
#' @export
glance.hearingai_annotation <- function(x, ...) {
  check_unused(...)
  tibble::tibble(
    n_events = nrow(x$events), n_recordings = nrow(x$recordings), n_errors = nrow(x$errors),
    seconds = x$seconds, speed = or_na(x$speed)
  )
}

# A duration in readable units.
spoken_time <- function(seconds) {
  for (unit in c(h = 3600, min = 60)) {
    if (seconds >= 2 * unit) {
      return(sprintf("%.3g %s", seconds / unit, if (unit == 3600) "h" else "min"))
    }
  }
  sprintf("%.3g s", seconds)
}
