#' Read a table of clips from a CSV file
#'
#' Classes and file names are text as it stands, so that a class may be called NA, TRUE or 007;
#' blanks around a class are none of it. In other columns NA is a missing value, and what looks like
#' 007 is text. In files separated by semicolons or tabs, 1,5 is a number. A row that is longer than
#' the header is an error; recordings that are listed under several classes are named in a warning.
#'
#' @param path A CSV file in UTF-8 or UTF-16 with at least the columns `fname` and `class`, or
#'   `fname` and `labels`: any number of labels a clip, with `;` between them. Paths in it are
#'   relative to its folder.
#' @return The table of clips, a tibble.
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' path <- tempfile(fileext = ".csv")
#' write.csv(data.frame(fname = c("a.wav", "b.wav"), class = c("no", "yes")), path)
#' read_clips(path)
read_clips <- function(path) {
  as_clips(py_call("read_clips", py_path(path)))
}

#' Build a table of clips
#'
#' @param fname Paths of the recordings.
#' @param class The class of each, where each has one.
#' @param ... Further columns, such as `speaker`, `fold` or `split`.
#' @param labels The labels of each, in the place of its class, where clips may have any number of
#'   them: a list of character vectors, empty for a clip without.
#' @return A tibble with `fname`, `class` (text as a factor with sorted levels), `class_id` (from 0)
#'   and the further columns; or with `labels`, a list column of sorted character vectors, in the
#'   place of `class` and `class_id`.
#' @family clips
#' @export
#' @examplesIf hearingai_available()
#' clip_table(c("a.wav", "b.wav"), c("yes", "no"), speaker = c("ann", "bob"))
#' clip_table(c("a.wav", "b.wav"), labels = list(c("owl", "frog"), character()))
clip_table <- function(fname, class = NULL, ..., labels = NULL) {
  if (is.null(class) == is.null(labels)) {
    abort_argument("class", "given, one class a clip, or `labels`, any number of them", class)
  }
  columns <- tibble::tibble(fname = fname, class = class, labels = labels, ...)
  as_clips(py_call("bridge.check_clips", py_table(columns)), like = columns)
}

#' Split a table of clips
#'
#' No group (speaker) is in two splits, and the classes stay balanced. Parts of one recording (rows
#' of one `fname`, or of one value of a column `recording`) stay together, whatever they are grouped
#' by.
#'
#' @param clips A table of clips.
#' @param fractions A named vector of shares, scaled to sum to 1; `NULL` means
#'   `c(train = 0.7, validation = 0.3)`.
#' @param by The column whose values are kept together; `"auto"` takes `speaker`, else `source`,
#'   else `fold`, where the table has one. `NULL` splits single recordings, and warns where the
#'   table names speakers or folds, since the metrics are then too optimistic.
#' @param seed A whole number that seeds the order of groups of one size; `NULL` draws one from R's
#'   random numbers, so that [set.seed()] makes it reproducible.
#' @return The table with its `split` column set.
#' @family clips
#' @concept train and test split
#' @export
#' @examplesIf hearingai_available()
#' clips <- clip_table(
#'   fname = sprintf("%d.wav", 1:8), class = rep(c("yes", "no"), 4),
#'   speaker = rep(c("ann", "bob", "cy", "di"), each = 2)
#' )
#' split_clips(clips, c(train = 0.75, test = 0.25), seed = 1)
split_clips <- function(clips, fractions = NULL, by = "auto", seed = NULL) {
  if (!is.null(fractions)) {
    if (!is.numeric(fractions) || !rlang::is_named(fractions)) {
      abort_argument("fractions", "a named vector such as c(train = 0.7, test = 0.3)", fractions)
    }
    refuse_na(fractions, "fractions")
    twice <- names(fractions)[duplicated(names(fractions))]
    if (length(twice)) {
      wanted <- sprintf("named once for each split; \"%s\" is there twice", twice[[1]])
      abort_argument("fractions", wanted, fractions)
    }
    fractions <- as.list(fractions)
  }
  table <- py_call("split_clips", py_table(clips),
    fractions = fractions, by = py_none(py_string(by)), seed = py_seed(seed)
  )
  as_clips(table, like = clips)
}

#' Split a table of clips by its folds
#'
#' One fold to test on, the one before it to validate on, the others to train on.
#'
#' @param clips A table of clips.
#' @param fold The fold to test on.
#' @param by The column of the folds.
#' @return The table with its `split` column set.
#' @family clips
#' @concept cross-validation
#' @seealso [cross_validate()], which does it for every fold.
#' @export
#' @examplesIf hearingai_available()
#' clips <- clip_table(sprintf("%d.wav", 1:3), c("a", "b", "a"), fold = 1:3)
#' fold_split(clips, 3)
fold_split <- function(clips, fold, by = "fold") {
  table <- py_call("fold_split", py_table(clips), py_name(fold), by = py_string(by))
  as_clips(table, like = clips)
}
