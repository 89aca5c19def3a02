#' Call density from scores of which a sample was listened to
#'
#' What share of all windows holds a call, without a threshold? `density_sample()` draws the windows
#' that a person should listen to; `estimate_density()` takes what was heard. Windows are divided by
#' their scores: of 4 bins the first holds the lower half, the second half of the rest, and so on,
#' so that high scores, where most calls are, are sampled densely. Of each bin equally many are
#' drawn, or all. The share of windows with a call is the sum over bins of P(call | bin) P(bin),
#' which needs neither calibrated scores nor a good classifier; one only makes the interval shorter.
#' Each bound of the interval is a quantile of the posterior of the share in each bin, for the
#' windows that nobody has listened to.
#'
#' @param scores All windows and their scores: what [annotate()] returned, or a data frame with a
#'   column `score`, or `.pred_<label>`, and others such as `fname`, `start` and `end`.
#' @param n How many to draw; with `by` of each value.
#' @param label Which of several `.pred_<label>`; of a table of events, those of this label.
#' @param bins How many bins, or the scores that part them, rising; for `estimate_density()` where
#'   `validated` lacks the columns `low` and `high` of the sample.
#' @param by A column such as the site, of the table or of the recordings of an annotation: as many
#'   windows are drawn, and the density is estimated, of each of its values.
#' @param seed A whole number that decides the choice, or the draws from the posterior; `NULL` draws
#'   one from R's random numbers, so that [set.seed()] makes it reproducible.
#' @return `density_sample()` returns a tibble of windows in random order: the columns of the table
#'   but for `.pred_<label>`, `score`, `bin`, `low` and `high` (the scores of its bin), and
#'   `present`, `NA`: fill in 1 where the label occurs in the window and 0 where not.
#'
#'   `estimate_density()` returns a list of class `hearingai_density`: `summary`, a tibble with a
#'   row, or a row a value of `by`: `density`, `lower`, `upper`, `n_windows`, `n_validated`,
#'   `n_present`; `bins`, a tibble with `bin`, `low`, `high`, the same counts, `share` of those with
#'   the label and its interval, `lower` and `upper`; `level` and `by`. `tidy()` gives `summary`,
#'   and [plot()] draws it, see [plot_density()].
#' @references Navine, A., Denton, T., Weldy, M., Hart, P. (2024). All thresholds barred: direct
#'   estimation of call density in bioacoustic data. Frontiers in Bird Science 3.
#' @family surveys
#' @concept call density
#' @concept validation
#' @export
#' @examplesIf hearingai_available()
#' set.seed(1)
#' scores <- data.frame(start = 1:5000, score = runif(5000))
#' calls <- runif(5000) < scores$score^4
#' sample <- density_sample(scores, 200)
#' sample$present <- as.integer(calls[sample$start])
#' estimate_density(scores, sample)
#' mean(calls)
density_sample <- function(scores, n = 200, label = NULL, bins = 4, by = NULL, seed = NULL) {
  table <- window_table(scores, by)
  needed <- scored_columns(table, by)
  needed$.row <- seq_len(nrow(table))
  answer <- as_table(py_call("density_sample", py_windows(needed),
    n = py_int(n), label = py_class(label), bins = py_bins(bins), by = py_string(by),
    seed = py_seed(seed)
  ))
  kept <- table[answer$.row, !grepl("^[.]pred_", names(table)), drop = FALSE]
  new <- answer[c("score", "bin", "low", "high", "present")]
  new$present <- as.integer(new$present)
  tibble::as_tibble(cbind(kept[setdiff(names(kept), names(new))], new))
}

#' @rdname density_sample
#' @param validated The windows of `density_sample()` with `present` filled in (1 and 0, `TRUE` and
#'   `FALSE`); those with `NA` are left out, with a warning. Or others with `score` and `present`
#'   that were drawn at random within `bins`.
#' @param pool Whether values of `by` share their validated windows, as in the publication. That
#'   needs fewer, but takes equal scores to mean the same everywhere; where the label is rarer they
#'   mean less, and the intervals are much too short. `FALSE` takes those of each alone, which needs
#'   some in every bin.
#' @param level The probability of the interval.
#' @export
estimate_density <- function(scores, validated, label = NULL, bins = 4, by = NULL, pool = FALSE,
                             level = 0.95, seed = NULL) {
  table <- window_table(scores, by)
  answer <- py_call("bridge.estimate_density", py_windows(scored_columns(table, by)),
    py_table(validated, c("score"), "validated"),
    label = py_class(label), bins = py_bins(bins), by = py_string(by), pool = py_flag(pool),
    level = py_number(level), seed = py_seed(seed)
  )
  answer[c("summary", "bins")] <- lapply(answer[c("summary", "bins")], function(found) {
    columns_again(as_table(found), table[intersect(by, names(table))], character())
  })
  as_object(answer, "hearingai_density")
}

# The windows of an annotation, with what `by` names of their recordings; or a data frame of them.
window_table <- function(scores, by, call = rlang::caller_env()) {
  if (inherits(scores, "hearingai_annotation")) {
    recordings <- scores$recordings
    scores <- scores$windows
    if (rlang::is_string(by) && !by %in% names(scores) && by %in% names(recordings)) {
      scores[[by]] <- recordings[[by]][match(scores$fname, recordings$fname)]
    }
  }
  if (!is.data.frame(scores)) {
    abort_argument("scores", "windows (a data frame) or what annotate() returned with them", scores,
      call
    )
  }
  scores
}

# What the core needs of many windows.
scored_columns <- function(table, by) {
  known <- grepl("^(score$|label$|[.]pred_)", names(table)) | names(table) %in% by
  as.list(table[known])
}

# A number of bins, or the scores that part them.
py_bins <- function(x, call = rlang::caller_env()) {
  one <- length(x) == 1 && rlang::is_integerish(x)
  if (one) py_int(x, "bins", call) else py_numbers(x, "bins", call)
}

#' @export
format.hearingai_density <- function(x, ...) {
  row <- x$summary[1, ]
  if (nrow(x$summary) > 1) {
    return(sprintf("<call density, %d values of %s>", nrow(x$summary), x$by))
  }
  sprintf(
    "<call density %.3g, %g%% interval %.3g to %.3g, %d of %d windows validated>", row$density,
    100 * x$level, row$lower, row$upper, row$n_validated, row$n_windows
  )
}

#' @rdname density_sample
#' @param x What `estimate_density()` returned.
#' @param ... Not used.
#' @export
tidy.hearingai_density <- function(x, ...) {
  check_unused(...)
  x$summary
}
