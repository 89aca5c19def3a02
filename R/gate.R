#' Gate a sound: let the wanted part through and attenuate the rest
#'
#' A classifier decides when the gate is open. It gets the sound, mixed down and resampled to its
#' own format, in windows that are `hop` apart. The probability of the target in a window belongs to
#' the window's middle: where it reaches `threshold` the gate opens, while it is at least `low` it
#' stays open, and `hold` seconds later it closes. The gain is applied to the original sound, so
#' that sample rate, channels and, in a file, the encoding stay; where the gate is open no sample
#' changes.
#'
#' `Gate()` does the same to live sound, block by block; the output does not depend on the sizes of
#' the blocks.
#'
#' @param classifier A classifier of sound, such as [train_gate()] makes, or an exported one,
#'   see [load_exported()].
#' @param sound A recording's path, which is read and written block by block; or sound in -1...1: a
#'   vector, a matrix of channels by samples, or an object of another package, see [as_sound()].
#' @param target The label or labels to let through; their probabilities are added. `NULL` takes
#'   the classifier's positive class, else all labels but those of the rest (`silence`,
#'   `background`, `unknown`, `other`) where there are such.
#' @param out The file to write; its ending chooses the format, and the encoding is that of the
#'   source where the format has it. `NULL` returns the sound.
#' @param threshold Probability at which the gate opens; `NULL` takes what [train_gate()] learnt,
#'   else 0.5.
#' @param low Probability below which the gate closes; `NULL` takes the same share of the threshold
#'   as [train_gate()] learnt, else 0.7 of it.
#' @param range_db Gain of the closed gate, dB; `-Inf` is silence.
#' @param attack Seconds from closed to open; `NULL` takes what was learnt, else 0.01.
#' @param hold How long the gate stays open after the last window that kept it open, in seconds;
#'   `NULL` takes what was learnt, else half a window, which is how far a window blurs the end of a
#'   sound.
#' @param release Seconds from open to closed; `NULL` takes what was learnt, else 0.1.
#' @param lookahead Seconds of sound after a sample that its gain depends on. With 0 the gate opens
#'   half a window late; with half a window when the sound begins; `NULL` takes half a window, a hop
#'   and the attack, so that the gate is open when the sound begins.
#' @param hop Seconds from window to window; `NULL` takes what was learnt, else a sixteenth of a
#'   window.
#' @param sample_rate Rate of the sound, Hz; for `gate()` that of sound in memory, where `NULL`
#'   means the classifier's own.
#' @param overwrite Replace `out`.
#' @param partial Read what is there of recordings that are truncated or damaged; a warning names
#'   them, and says how much is there. Otherwise they cannot be read.
#' @param device `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one.
#' @param progress Show a progress bar; `NULL` shows one in an interactive session.
#' @return `gate()` returns a list of class `hearingai_gated`: `source`, `out` or `sound` (the
#'   output), `sample_rate`, `channels`, `samples`, `track` (a tibble with one row per window:
#'   `time`, `probability`, `open`, `gain_db`), `settings`, `notes` (a tibble: what is missing of a
#'   recording that was read in part) and `latency` (delay of a `Gate()` with these
#'   settings, seconds). [plot_gate()] draws it, [gate_levels()] measures it.
#'
#'   `Gate()` returns a list of class `hearingai_gate`: `feed(block)`, a function of a vector or a
#'   matrix of channels by samples that returns the output, delayed by `latency` seconds;
#'   `finish()`, which returns the rest; `take_track()`, the rows of the track since its last call;
#'   and `latency` and `settings`.
#' @family gates
#' @concept noise gate
#' @concept noise reduction
#' @seealso [train_gate()] trains a gate on recordings.
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("gate", c("unwanted", "wanted"), seed = 1)
#' noise <- matrix(stats::rnorm(32000, sd = 0.1), nrow = 2)
#' gated <- gate(classifier, noise)
#' gated
#' stream <- Gate(classifier, sample_rate = 16000, channels = 2)
#' begin <- stream$feed(noise)
#' ncol(begin) + ncol(stream$finish())
gate <- function(classifier, sound, target = NULL, out = NULL, threshold = NULL, low = NULL,
                 range_db = -40, attack = NULL, hold = NULL, release = NULL, lookahead = NULL,
                 hop = NULL, sample_rate = NULL, overwrite = FALSE, partial = FALSE,
                 device = "auto", progress = NULL) {
  answer <- py_call("bridge.gate", py_classifier(classifier), py_sound(sound),
    target = py_strings(target), out = py_path(out), threshold = py_number(threshold),
    low = py_number(low), range_db = py_number(range_db), attack = py_number(attack),
    hold = py_number(hold), release = py_number(release), lookahead = py_number(lookahead),
    hop = py_number(hop), sample_rate = py_int(sample_rate), overwrite = py_flag(overwrite),
    partial = py_flag(partial), device = py_string(device), progress = py_progress(progress)
  )
  own <- own_sound(sound)
  new_gated(answer, if (is.null(own)) sound else own$waveform)
}

new_gated <- function(answer, sound) {
  shaped <- if (!is.null(answer$sound)) plain_vector(answer$sound)
  new_object("hearingai_gated",
    source = sound, out = r_text(answer$out), sound = shaped, sample_rate = answer$sample_rate,
    channels = answer$channels, samples = answer$samples, track = as_table(answer$track),
    settings = answer$settings, latency = answer$latency,
    notes = as_table(answer$notes)
  )
}

#' @export
format.hearingai_gated <- function(x, ...) {
  several <- if (x$channels > 1) sprintf(" of %d channels", x$channels) else ""
  seconds <- format(round(x$samples / x$sample_rate, 2))
  c(
    sprintf("<gated: %s s%s at %d Hz>", seconds, several, x$sample_rate),
    paste0("  target     ", target_state(x)),
    sprintf("  open       %.0f %% of the time", 100 * open_share(x)),
    gate_lines(x),
    if (NROW(x$notes)) paste0("  in part    ", x$notes$note),
    if (!is.null(x$out)) paste0("  written to ", x$out)
  )
}

target_state <- function(x) paste(unlist(x$settings$target), collapse = " + ")

open_share <- function(gated) if (nrow(gated$track)) mean(gated$track$open) else 0

gate_lines <- function(x) {
  c(
    sprintf("  threshold  %.3g", x$settings$threshold),
    sprintf("  range      %g dB", x$settings$range_db)
  )
}

#' @rdname gate
#' @param x What `gate()` returned.
#' @param ... Not used.
#' @export
tidy.hearingai_gated <- function(x, ...) {
  check_unused(...)
  x$track
}

#' @rdname gate
#' @export
glance.hearingai_gated <- function(x, ...) {
  check_unused(...)
  tibble::tibble(
    target = target_state(x), seconds = x$samples / x$sample_rate, open = open_share(x),
    threshold = x$settings$threshold, range_db = x$settings$range_db, latency = x$latency
  )
}

#' @rdname gate
#' @param channels Channels of the sound.
#' @export
Gate <- function(classifier, sample_rate, channels = 1, target = NULL, threshold = NULL,
                 low = NULL, range_db = -40, attack = NULL, hold = NULL, release = NULL,
                 lookahead = NULL, hop = NULL) {
  py <- py_call("Gate", py_classifier(classifier), py_int(sample_rate),
    channels = py_int(channels), target = py_strings(target), threshold = py_number(threshold),
    low = py_number(low), range_db = py_number(range_db), attack = py_number(attack),
    hold = py_number(hold), release = py_number(release), lookahead = py_number(lookahead),
    hop = py_number(hop)
  )
  live <- function() refuse_gone(py, "gate", rlang::caller_env())
  several <- py$channels > 1
  out <- function(sound) if (several) sound else as.vector(sound)
  new_object("hearingai_gate",
    feed = function(block) out(py_call("bridge.gate_feed", live(), py_block(block, several))),
    finish = function() out(py_call("bridge.gate_feed", live())),
    take_track = function() as_table(py_call("bridge.gate_track", live())),
    latency = py$latency, settings = py$settings
  )
}

#' @export
format.hearingai_gate <- function(x, ...) {
  c(
    sprintf("<gate for %s>", target_state(x)),
    sprintf("  latency    %.0f ms", 1000 * x$latency),
    gate_lines(x)
  )
}

#' Measure the levels of a mixture's parts before and after a gate
#'
#' A gate multiplies, so the parts of its output are those of its input times its gain.
#'
#' @param gated What [gate()] returned for the sum of both parts.
#' @param wanted The wanted part: a vector, or a matrix of channels by samples, of the same length.
#' @param unwanted The unwanted part, likewise.
#' @return A tibble with the columns `part`, `before_db`, `after_db` and `change_db`, and a row for
#'   `"wanted"` (where it is active), `"unwanted"` (all of it), `"unwanted in pauses"` (where the
#'   wanted part is not active) and `"ratio"` (of the first to the second). Levels are RMS in dBFS
#'   over all channels. The wanted part is active in the frames of 10 ms within 30 dB of its loudest
#'   frame, and in pauses of up to 0.2 s between them.
#' @family gates
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("gate", c("unwanted", "wanted"), seed = 1)
#' wanted <- rep(c(0, 0.1), each = 8000)
#' unwanted <- rep(0.01, 16000)
#' gated <- gate(classifier, wanted + unwanted, threshold = 1, range_db = -20)
#' gate_levels(gated, wanted, unwanted)
gate_levels <- function(gated, wanted, unwanted) {
  as_table(py_call("gate_levels", py_gated(gated), py_samples(wanted),
    unwanted = py_samples(unwanted)
  ))
}
