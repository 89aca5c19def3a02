# Methods shared by all objects of the package: each describes itself in format(), as lines, and
# print(), summary(), plot() and autoplot() build on that and on its other methods.

new_object <- function(class, ...) as_object(list(...), class)

as_object <- function(value, class) structure(value, class = c(class, "hearingai_object"))

# A function with a class, such as front ends and augmentations.
new_function <- function(fun, class, handle, ...) {
  structure(fun, class = c(class, "hearingai_object", "function"), handle = handle, ...)
}

# A number of bytes in a unit that fits.
size_text <- function(bytes) {
  format(structure(bytes, class = "object_size"), units = "auto", standard = "IEC", digits = 1)
}

# A number of things.
count_text <- function(n, what) sprintf("%d %s%s", n, what, if (n == 1) "" else "s")

# The table that is printed below the lines, followed by the table of errors, if any.
table_shown <- c(
  hearingai_annotation = "events", hearingai_cv = "summary", hearingai_density = "summary",
  hearingai_detection = "per_label",
  hearingai_evaluation = "per_class", hearingai_mining = "summary",
  hearingai_reliability = "summary", hearingai_summary = "history",
  hearingai_thresholds = "per_label"
)

#' @export
print.hearingai_object <- function(x, ...) {
  cli::cat_line(format(x))
  if (is.list(x)) {
    shown <- c(table_shown[intersect(class(x), names(table_shown))], "errors")
    for (table in unclass(x)[shown]) {
      if (NROW(table)) print(table, ...)
    }
  }
  invisible(x)
}

#' @export
summary.hearingai_object <- function(object, ...) {
  told <- utils::getS3method("glance", class(object)[[1]], optional = TRUE)
  if (is.null(told)) object else told(object)
}

#' @export
plot.hearingai_object <- function(x, ...) {
  text <- sprintf("There is no plot of a %s.", sub("hearingai_", "", class(x)[[1]]))
  cli::cli_abort(text, class = "hearingai_error")
}

#' @rdname plot
#' @param object The same, for `autoplot()` of ggplot2.
#' @exportS3Method ggplot2::autoplot
autoplot.hearingai_object <- function(object, ...) plot(object, ...)

#' Results as tables
#'
#' `as_tibble()` and `as.data.frame()` of a result give the table that
#' [tidy()][tidy.hearingai_classifier] gives: the events of an annotation, the metrics of an
#' evaluation, the folds of a cross-validation, the history of a classifier and so on. `as.table()`
#' gives counts as R's own tables have them, with the true labels in rows, for [prop.table()],
#' [addmargins()] and other packages.
#'
#' @param x A result, such as that of [annotate()] or [evaluate()][evaluate.hearingai_classifier];
#'   for `as.table()` a [confusion()], or what [evaluate()][evaluate.hearingai_classifier] or
#'   [cross_validate()] returned.
#' @param ... Not used.
#' @return A tibble, a data frame or a table.
#' @family evaluation
#' @name as.table
#' @examplesIf hearingai_available()
#' counts <- confusion(c("no", "no", "yes"), c("no", "yes", "yes"))
#' as.table(counts)
#' addmargins(as.table(counts))
#' tibble::as_tibble(annotate(pretrained("ten-words"), sin(1:16000 / 10) / 2))
NULL

#' @rdname as.table
#' @importFrom tibble as_tibble
#' @export
as_tibble.hearingai_object <- function(x, ...) {
  check_unused(...)
  if (is.null(utils::getS3method("tidy", class(x)[[1]], optional = TRUE))) {
    text <- sprintf("There is no table of a %s.", sub("hearingai_", "", class(x)[[1]]))
    cli::cli_abort(text, class = "hearingai_error")
  }
  tibble::as_tibble(tidy(x))
}

#' @rdname as.table
#' @param row.names,optional Not used; for agreement with the generic.
#' @export
as.data.frame.hearingai_object <- function(x, row.names = NULL, optional = FALSE, ...) {
  as.data.frame(as_tibble(x, ...))
}

#' @rdname as.table
#' @export
as.table.hearingai_confusion <- function(x, ...) {
  check_unused(...)
  counts <- complete_counts(x)
  as.table(tapply(counts$n, counts[c("truth", "predicted")], sum))
}

#' @rdname as.table
#' @export
as.table.hearingai_evaluation <- function(x, ...) as.table(x$confusion, ...)

#' @rdname as.table
#' @export
as.table.hearingai_cv <- as.table.hearingai_evaluation
