#' Choose the threshold of each label
#'
#' For false accepts an hour, the recordings are heard as [annotate()] hears them. Each label may
#' have an equal share of the false accepts: of 0.5 an hour and ten labels, 0.05 an hour each. Its
#' threshold is the lowest at which it has at most so many: just above the loudest that would be
#' one too many, by the rules of events that are given, with `low` at 0.7 of it.
#'
#' For a precision or the best F1, labelled clips are heard as [evaluate()] hears them. The
#' threshold is the lowest at which so many of the clips above it have the label, by a rising curve
#' through the clips, since the luckiest of many thresholds would do worse on others; or the one
#' with the best F1. [calibrate()] first, then choose, on other clips than those of a final
#' evaluation.
#'
#' The thresholds are stored in a copy of the classifier, where [annotate()], [Stream()], [listen()]
#' and [explore()] take them from, unless they are given others; saved and exported files keep them.
#' Use them with the windows and times that they were chosen with.
#'
#' Short recordings say little: where a label's share is less than one false accept in all that is
#' heard, its threshold is above everything heard. Take hours, and other recordings than those of a
#' final evaluation.
#'
#' @inheritParams annotate
#' @inheritParams detection_metrics
#' @param classifier A classifier of sound.
#' @param recordings What [annotate()] takes. Without `truth`, none of the labels may occur in it.
#'   For a precision or the best F1, a table of labelled clips.
#' @param truth The true events, where there are some: `fname`, `start`, `end`, `label`. False
#'   accepts are then the events without a match, see [detection_metrics()]. Of sound in memory,
#'   `fname` is `""`.
#' @param wanted_per_hour False accepts an hour, of all labels together; 0.5 if nothing else is
#'   wanted.
#' @param wanted_precision Share of the clips above a label's threshold that have the label.
#' @param best_f1 Take the threshold with the best F1.
#' @param lowest No threshold is below this.
#' @param tolerance How far an event may be off a true one, seconds.
#' @return A list of class `hearingai_thresholds`: `classifier` (a copy that has the thresholds),
#'   `thresholds` (numbers named by label), `per_label` (tibble with a row a label: `label`,
#'   `threshold`, `false_accepts`, `false_accepts_per_hour` and, with the truth, `n_truth`, `misses`
#'   and `false_reject_rate`; of clips `n`, those that have it, `precision`, `recall` and `f1`),
#'   `summary` (the same of all these labels, with `wanted_per_hour` and the `hours` heard; of clips
#'   `n` and the means of `precision`, `recall` and `f1`), `errors` and `notes` (of recordings that
#'   could not be read, or only in part). `tidy()` gives `per_label`, `glance()` `summary`.
#'   [classifier_info()] tells the `thresholds` of a classifier.
#' @seealso [mine_false_alarms()], where a classifier needs thresholds so high that it misses words.
#' @family long recordings
#' @concept false alarms
#' @concept keyword spotting
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' chosen <- choose_thresholds(classifier, rnorm(80000) / 10, hop = 0.5)
#' chosen
#' classifier_info(chosen$classifier)$thresholds
choose_thresholds <- function(classifier, recordings, truth = NULL, wanted_per_hour = NULL,
                              wanted_precision = NULL, best_f1 = FALSE, lowest = 0.1,
                              tolerance = 0.5, by = "midpoint", window = NULL, hop = NULL,
                              smooth = NULL, min_duration = 0, min_gap = 0, refractory = 0,
                              labels = NULL, ignore = NULL, sample_rate = NULL, batch_size = 64,
                              device = "auto", on_error = "report", partial = FALSE,
                              progress = NULL) {
  times <- py_times(window, hop, smooth, min_duration, min_gap, refractory, labels, ignore)
  of_clips <- !is.null(wanted_precision) || isTRUE(best_f1)
  if (!is.null(names(wanted_precision))) {
    abort_argument("wanted_precision", "one number without a name, for all labels",
      wanted_precision
    )
  }
  answer <- py_call("bridge.choose_thresholds", py_network(classifier),
    if (of_clips) {
      py_clips(recordings)
    } else if (is.data.frame(recordings)) {
      py_table(recordings, "fname", "recordings") # with its classes, which tell what it holds
    } else {
      py_long(recordings)
    },
    truth = if (!is.null(truth)) py_placed(truth), wanted_per_hour = py_number(wanted_per_hour),
    wanted_precision = py_number(wanted_precision), best_f1 = py_flag(best_f1),
    lowest = py_number(lowest), tolerance = py_number(tolerance), by = py_string(by), !!!times,
    sample_rate = py_int(sample_rate), batch_size = py_int(batch_size),
    device = py_string(device), on_error = py_string(on_error), partial = py_flag(partial),
    progress = py_progress(progress)
  )
  answer$classifier <- new_classifier(answer$classifier)
  answer$thresholds <- unlist(answer$thresholds)
  labels <- names(answer$thresholds)
  answer$per_label <- as_table(answer$per_label, list(label = labels))
  tables <- c("summary", "errors", "notes")
  answer[tables] <- lapply(answer[tables], as_table)
  as_object(answer, "hearingai_thresholds")
}

#' @export
format.hearingai_thresholds <- function(x, ...) {
  row <- x$summary
  if (is.null(x$summary[["hours"]])) {
    return(sprintf(
      "<thresholds of %s: precision %.3f, recall %.3f, F1 %.3f on %s>",
      count_text(nrow(x$per_label), "label"), row$precision, row$recall, row$f1,
      count_text(row$n, "clip")
    ))
  }
  sprintf(
    "<thresholds of %d %s: %.3g false accepts an hour in %.3g h%s>", nrow(x$per_label),
    if (nrow(x$per_label) == 1) "label" else "labels", row$false_accepts_per_hour, row$hours,
    if (is.na(row$false_reject_rate)) {
      ""
    } else {
      sprintf(", false reject rate %.3f", row$false_reject_rate)
    }
  )
}

#' @rdname choose_thresholds
#' @param x What `choose_thresholds()` returned.
#' @param ... Not used.
#' @export
tidy.hearingai_thresholds <- function(x, ...) {
  check_unused(...)
  x$per_label
}

#' @rdname choose_thresholds
#' @export
glance.hearingai_thresholds <- function(x, ...) {
  check_unused(...)
  x$summary
}

#' Learn what is taken for a word wrongly
#'
#' A part of the recordings, in which none of the words may occur, is heard window by window. The
#' windows with the highest smoothed probabilities of a word become clips of the class `unknown`,
#' which a classifier without it gets. Then it learns again from its training clips and these: a new
#' head is solved on a body, as [few_shot()] does; a network is trained further by
#' [fit()][fit.hearingai_classifier]. Before and after each round the false accepts are counted in
#' the other recordings, which are never mined, by the rules of events that are given and the same
#' thresholds.
#'
#' Recordings are kept apart by file, or by the table's column `recording`; of a single one, the end
#' is kept. Fewer false accepts may cost recognised words: `summary` tells the accuracy on clips
#' that `clips` marks `test`. [choose_thresholds()] then sets the thresholds anew.
#'
#' @inheritParams annotate
#' @inheritParams few_shot
#' @param classifier A classifier of sound; it stays as it is.
#' @param recordings Paths, folders (with all below them), or a data frame with a column `fname`
#'   (and `start` and `end`, in seconds). None of the words may occur in them.
#' @param clips The table of the clips that the classifier was trained on: `fname` and `class`. One
#'   that [word_classifier()] made has those that were spoken again by itself, and takes here those
#'   of real people, if there were any.
#' @param rounds How often it is mined and learnt.
#' @param most Clips mined for a label in a round, those of the highest probability.
#' @param above Smoothed probability from which a window is mined.
#' @param test Share of the sound that is kept apart.
#' @param background Recordings for the class `background`, as in the training, see
#'   [fit()][fit.hearingai_classifier].
#' @param penalty With a body, see [few_shot()]; not for one that [word_classifier()] made.
#' @param epochs Without a body: passes over the clips in a round; `NULL` takes the recipe's.
#' @param seed A whole number that decides which recordings are kept apart, and what training draws;
#'   `NULL` draws one from R's random numbers, so that [set.seed()] makes it reproducible.
#' @return A list of class `hearingai_mining`: `classifier` (the new one, which keeps the thresholds
#'   of [choose_thresholds()]), `summary` (tibble with a row a round, 0 before the first: `round`,
#'   `n_mined`, clips so far, and on the recordings kept apart `false_accepts` and
#'   `false_accepts_per_hour`; `accuracy` on the clips marked `test`), `per_label` (tibble `label`,
#'   `before` and `after`: its false accepts an hour there), `mined` (the mined clips, a table to
#'   train on, with `label`, what they were taken for, `score` and `round`), `recordings` (tibble
#'   `fname`, `start`, `seconds` and `side`, `"mined"` or `"test"`), `errors` and `notes`. `tidy()`
#'   gives `summary`, `glance()` its last row.
#' @references Shrivastava, A. et al. (2016). Training region-based object detectors with online
#'   hard example mining. CVPR.
#' @family long recordings
#' @concept false alarms
#' @concept hard negatives
#' @concept keyword spotting
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 8, seed = 1)
#' classifier <- fit("speech-commands-small", clips, epochs = 1, seed = 1)
#' noise <- tempfile(fileext = ".wav")
#' write_audio(stats::rnorm(160000, sd = 0.1), noise, 16000)
#' mine_false_alarms(classifier, noise, clips, hop = 0.5, epochs = 1, seed = 1)
mine_false_alarms <- function(classifier, recordings, clips = NULL, rounds = 1, most = 100,
                              above = 0.1, test = 0.5, background = NULL, penalty = NULL,
                              epochs = NULL,
                              window = NULL, hop = NULL, threshold = NULL, low = NULL,
                              smooth = NULL, min_duration = 0, min_gap = 0, refractory = 0,
                              labels = NULL, ignore = NULL, seed = NULL, batch_size = 64,
                              device = "auto", on_error = "report", partial = FALSE,
                              progress = NULL) {
  rules <- py_rules(window, hop, threshold, low, smooth, min_duration, min_gap, refractory, labels,
    ignore
  )
  answer <- py_call("bridge.mine_false_alarms", py_network(classifier), py_long(recordings),
    clips = if (!is.null(clips)) py_table(clips), rounds = py_int(rounds), most = py_int(most),
    above = py_number(above), test = py_number(test), background = py_background(background),
    penalty = py_number(penalty), epochs = py_int(epochs), !!!rules, seed = py_seed(seed),
    batch_size = py_int(batch_size), device = py_string(device), on_error = py_string(on_error),
    partial = py_flag(partial), progress = py_progress(progress)
  )
  answer$classifier <- new_classifier(answer$classifier)
  labels <- answer$classifier$labels
  answer$per_label <- as_table(answer$per_label, list(label = labels))
  answer$mined <- as_table(answer$mined, list(class = labels, label = labels))
  tables <- c("summary", "recordings", "errors", "notes")
  answer[tables] <- lapply(answer[tables], as_table)
  as_object(answer, "hearingai_mining")
}

#' @export
format.hearingai_mining <- function(x, ...) {
  rates <- x$summary$false_accepts_per_hour
  kept <- sum(x$recordings$seconds[x$recordings$side == "test"]) / 3600
  sprintf(
    "<%d %s mined: %.3g false accepts an hour before, %.3g after, in %.3g h kept apart>",
    nrow(x$mined), if (nrow(x$mined) == 1) "clip" else "clips", rates[[1]],
    rates[[length(rates)]], kept
  )
}

#' @rdname mine_false_alarms
#' @param x What `mine_false_alarms()` returned.
#' @param ... Not used.
#' @export
tidy.hearingai_mining <- function(x, ...) {
  check_unused(...)
  x$summary
}

#' @rdname mine_false_alarms
#' @export
glance.hearingai_mining <- function(x, ...) {
  check_unused(...)
  x$summary[nrow(x$summary), ]
}
