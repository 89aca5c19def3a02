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

# The table that is printed below the lines, followed by the table of errors, if any.
table_shown <- c(
  hearingai_annotation = "events", hearingai_cv = "summary", hearingai_detection = "per_label",
  hearingai_evaluation = "per_class", hearingai_summary = "history"
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
