#' Read annotations of recordings
#'
#' What occurs from when to when, as people have marked it: selection tables of Raven, labels of
#' Audacity, tables of Kaleidoscope, BirdNET, warbleR and ohun, CSV and Parquet are known by their
#' columns, in any order. A selection that Raven shows in several views counts once. Files may have
#' a byte order mark, and commas in numbers where these do not part the columns.
#'
#' A label with `;` in it is several, each an annotation; blanks around labels are none of them.
#'
#' A recording that a table names is found by its path, else by its name, in any case, with any
#' ending and however its accents are written; a table that names none is of the recording of its
#' own name: `a.Table.1.selections.txt` and `a.txt` are of `a.wav`. One table may also be of the
#' only recording.
#'
#' What is wrong in a table is named with file and row, in one warning: rows without times or whose
#' end lies before their start, and recordings that are missing, are left out; times beyond a
#' recording are cut there; rows that repeat another one stay; files in a folder that hold no
#' annotations are passed over. Selections may overlap, and may last no time. [read_events()] reads
#' the same files, of programs, and takes anything wrong in them for an error.
#'
#' @param path Files, folders (with all below them); or a data frame, such as a selection table of
#'   warbleR and ohun (`sound.files`, `start`, `end`, `bottom.freq` and `top.freq` in kHz) or what
#'   `Rraven::imp_raven()` returns.
#' @param recordings The recordings that are annotated: paths, a folder (with all below it), or a
#'   table with `fname`. Annotations of others are told of and left out. `NULL` takes them from
#'   where the tables say, or from beside the tables.
#' @param columns What columns are called that have other names: a vector of these, named `fname`,
#'   `start`, `end`, `duration` (in the place of `end`), `label`, `score`, `low` and `high` (Hz),
#'   such as `c(start = "Onset", label = "Species")`.
#' @param label The label of annotations that have none; `NULL` leaves it empty, which means that
#'   something unnamed is there.
#' @param on_error `"report"` names what is wrong in one warning; `"raise"` makes it an error.
#' @param partial Read what is there of recordings that are truncated or damaged.
#' @return A tibble with `fname`, `start` and `end` (seconds), `label`, `score`, where they are
#'   known `low` and `high` (Hz), and the further columns of the tables; those of a data frame keep
#'   their types, but for list columns, which are left out with a warning. Times that are durations
#'   (`difftime`, `hms`) become seconds.
#' @family annotated recordings
#' @concept Raven selection table
#' @concept Audacity labels
#' @concept Kaleidoscope
#' @concept warbleR ohun Rraven
#' @export
#' @examplesIf hearingai_available()
#' selections <- data.frame(
#'   sound.files = "night.wav", selec = 1:2, start = c(1.5, 7), end = c(2, 7.5),
#'   bottom.freq = 1.5, top.freq = 4, species = c("wren", "owl")
#' )
#' read_annotations(selections)
read_annotations <- function(path, recordings = NULL, columns = NULL, label = NULL,
                             on_error = "report", partial = FALSE) {
  found <- as_events(py_call("read_annotations", py_annotations(path),
    recordings = py_listened(recordings),
    columns = py_renamed(columns), label = py_string(label), on_error = py_string(on_error),
    partial = py_flag(partial)
  ))
  if (is.data.frame(path)) columns_again(found, path, events_own) else found
}

#' Clips to train on of annotated recordings
#'
#' Windows begin every `hop` seconds; the last one of a recording ends where it does, and a
#' recording that is shorter than a window is one clip. A window has each label of which it holds
#' enough. One that holds too little of a label and enough of none is left out: it is neither an
#' example of the label nor of its absence, unless `negative_overlap` says so. `label_counts()`
#' tells how many clips each label has.
#'
#' @inheritParams read_annotations
#' @param recordings The recordings that were listened to, also those in which nothing was found:
#'   paths, a folder (with all below it), or a table with `fname`, and `start` and `end` where only
#'   a part was; its further columns, such as `site` or `fold`, are those of the clips.
#' @param annotations What [read_annotations()] returned, or what it reads.
#' @param window Length of a clip, seconds.
#' @param hop Seconds from one to the next; `NULL` means `window`.
#' @param min_overlap Share that must overlap for a clip to have a label, 0 (anything) to 1.
#' @param negative_overlap Share up to which a window without any label still is an example of the
#'   label's absence, at most `min_overlap`: 0.5 teaches a detector that half a word, or half a
#'   call, is none. With 0 a window that an annotation touches never is one.
#' @param of Of what these are shares: `"annotation"`, of which no more than a window counts, so
#'   that a window within a long one has its label; or `"window"`, where annotations of one label
#'   add up. A label without a duration is in the windows around it; of a window it is none.
#' @param negatives Which clips have no label: `"unannotated"`, all windows that no annotation
#'   touches, or too little for `negative_overlap`; `"annotated"`, those that annotations say are
#'   empty, where others were not searched; or a number: so many for each with a label, drawn from
#'   the unannotated, or all where there are fewer.
#' @param labels `NULL` takes all; a character vector, these: what holds others only is known to
#'   hold none of them. Names are old ones, `c(wren = "bird", owl = "bird")`, as are those of a data
#'   frame with the columns `label` and `new`: that renames and merges, and what it does not name
#'   stays. `NA` as a new name marks the doubtful: no clip has such a label, and none that it
#'   touches is without labels.
#' @param empty Labels of annotations which say that nothing is there.
#' @param one_label Give each clip one `class`, for classifiers of one label: that which covers most
#'   of it, or `background` where there is none.
#' @param seed A whole number that seeds the drawing of negatives; `NULL` draws one from R's random
#'   numbers.
#' @return `clips_from_annotations()` returns a table of clips, a tibble: `fname`, `labels` (a list
#'   of sorted names; an empty vector where there is none), or `class` and `class_id`, then `start`,
#'   `end` (seconds), `recording`, and further columns of `recordings`. `label_counts()` returns a
#'   tibble with a row per label, and `(none)` last: `label`, `n` (rows), `recordings` (how many
#'   they are of) and, where the table has `start` and `end`, `seconds`.
#' @family annotated recordings
#' @concept multi-label
#' @export
#' @examplesIf hearingai_available()
#' night <- tempfile(fileext = ".wav")
#' write_audio(numeric(80000), night, 16000)
#' marks <- data.frame(
#'   fname = night, start = c(0.2, 0.8), end = c(0.9, 2), label = c("owl", "wren")
#' )
#' clips <- clips_from_annotations(night, marks, window = 1)
#' clips$labels
#' label_counts(clips)
#' clips_from_annotations(night, marks, window = 1, one_label = TRUE)
clips_from_annotations <- function(recordings, annotations, window, hop = NULL, min_overlap = 0.25,
                                   negative_overlap = 0, of = "annotation",
                                   negatives = "unannotated", labels = NULL,
                                   empty = c("background", "silence"), one_label = FALSE,
                                   seed = NULL, partial = FALSE) {
  negatives <- if (is.numeric(negatives)) py_number(negatives) else py_string(negatives)
  clips <- as_clips(py_call("clips_from_annotations", py_listened(recordings),
    py_annotations(annotations, "annotations"),
    window = py_number(window), hop = py_number(hop), min_overlap = py_number(min_overlap),
    negative_overlap = py_number(negative_overlap),
    of = py_string(of), negatives = negatives, labels = py_new_labels(labels),
    empty = py_strings(empty), one_label = py_flag(one_label), seed = py_seed(seed),
    partial = py_flag(partial)
  ))
  own <- c("fname", "start", "end", "class", "class_id", "labels", "recording")
  if (is.data.frame(recordings)) columns_again(clips, recordings, own) else clips
}

#' @rdname clips_from_annotations
#' @param table Clips with `labels` or `class`; or annotations or events, with `label`.
#' @export
label_counts <- function(table) {
  py <- py_table(table, intersect("labels", names(table)), "table")
  require_columns(table, "fname", "table", rlang::current_env())
  as_table(py_call("label_counts", py))
}

#' Cut events out of their recordings
#'
#' A file each, in a folder for each label. Names sort by label, score, recording and time:
#' `wren/wren_0.873_night_00061.250.wav` begins at 61.25 s of `night.wav`. A clip has the rate and
#' the channels of its recording, and its encoding where that is without loss; clips of others, such
#' as mp3, are FLAC. [audio_folder()] makes a table of the clips.
#'
#' @param events Events of recordings: a table with `fname`, `start`, `end`, `label` and where known
#'   `score`, such as [read_annotations()] or [read_events()] return; or what [annotate()] returned.
#' @param folder Where to write; it is made where it is missing.
#' @param by What `n` counts: the events of each `"label"`, or of each label and bin of its
#'   `"score"`, so that weak ones are heard as often as strong ones.
#' @param n How many to draw of each; `NULL` takes all.
#' @param bins How many bins of equal width scores from 0 to 1 have, or the edges of bins.
#' @param context Seconds before and after an event, as far as its recording reaches.
#' @param pictures Draw the spectrogram of each clip, a `.png` beside it.
#' @param seed A whole number that seeds the drawing; `NULL` draws one from R's random numbers.
#' @param overwrite Replace files of these names.
#' @param on_error `"report"` names events that cannot be cut in a warning, and goes on; `"raise"`
#'   stops at the first.
#' @param partial Read what is there of recordings that are truncated or damaged.
#' @param progress Show a progress bar: `TRUE`, `FALSE`, or `NULL` for interactive sessions only; or
#'   a function of `done`, `total` and `text`.
#' @return The events in their clips, a tibble with a row per clip in the order of names: `fname`
#'   (the clip), `start` and `end` (seconds in the clip), `label`, `score`, the further columns of
#'   the events, `recording` (where it comes from) and `at` (where the clip begins there, seconds).
#' @family annotated recordings
#' @concept review of detections
#' @export
#' @examplesIf hearingai_available()
#' night <- tempfile("night", fileext = ".wav")
#' write_audio(numeric(80000), night, 16000)
#' events <- data.frame(fname = night, start = 1, end = 1.5, label = "owl", score = 0.9)
#' folder <- tempfile()
#' cut_events(events, folder, context = 0.25)
#' list.files(folder, recursive = TRUE)
cut_events <- function(events, folder, by = "label", n = NULL, bins = 10, context = 0,
                       pictures = FALSE, seed = NULL, overwrite = FALSE, on_error = "report",
                       partial = FALSE, progress = NULL) {
  table <- if (inherits(events, "hearingai_annotation")) events$events else events
  if (is.data.frame(table)) tell_of_lists(table, "events")
  cut <- as_events(py_call("cut_events", py_placed(events), py_path(folder),
    by = py_string(by), n = py_int(n),
    bins = if (length(bins) == 1) py_int(bins) else py_numbers(bins),
    context = py_number(context), pictures = py_flag(pictures), seed = py_seed(seed),
    overwrite = py_flag(overwrite), on_error = py_string(on_error), partial = py_flag(partial),
    progress = py_progress(progress)
  ))
  columns_again(cut, table, c(setdiff(events_own, "label"), "recording", "at"))
}
