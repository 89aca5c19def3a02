# Tibbles with a header of their own that can be plotted. After dplyr or base R has changed one, it
# may lack the columns that identify it; it then has the header of a plain tibble.

table_kinds <- list(
  hearingai_activity = list(title = "Activity", by = c("label", "effort", "rate")),
  hearingai_clips = list(title = "Clips", by = "fname", either = c("class", "labels")),
  hearingai_cooccurrence = list(title = "Labels together", by = c("truth", "predicted", "n")),
  hearingai_confusion = list(title = "Confusion", by = c("truth", "predicted", "n")),
  hearingai_detection_history = list(
    title = "Detection history", by = c("site", "label", "occasion", "occasion_end", "effort")
  ),
  hearingai_events = list(title = "Events", by = c("start", "end", "label")),
  hearingai_history = list(title = "Training history", by = c("epoch", "loss"),
    either = c("accuracy", "val_map")
  ),
  hearingai_tuning = list(title = "Tuning", by = c("trial", "loss", "seconds"))
)

as_kind <- function(table, kind) {
  tibble::new_tibble(table, nrow = nrow(table), class = c(kind, "hearingai_table"))
}

# dplyr makes groups, and rows and columns of groups, of the class of tibbles: what went in decides.
keep_kind <- function(table, like) {
  if (is.data.frame(table)) {
    kind <- intersect(class(like), c(names(table_kinds), "hearingai_table"))
    class(table) <- union(kind, class(table))
  }
  table
}

#' @export
`[.hearingai_table` <- function(x, ...) keep_kind(NextMethod(), x)

#' @export
`names<-.hearingai_table` <- function(x, value) keep_kind(NextMethod(), x)

#' @exportS3Method dplyr::group_by
group_by.hearingai_table <- function(.data, ...) keep_kind(NextMethod(), .data)

#' @exportS3Method dplyr::ungroup
ungroup.hearingai_table <- function(x, ...) keep_kind(NextMethod(), x)

#' @exportS3Method dplyr::dplyr_row_slice
dplyr_row_slice.hearingai_table <- function(data, i, ...) keep_kind(NextMethod(), data) # nolint

#' @exportS3Method dplyr::dplyr_col_modify
dplyr_col_modify.hearingai_table <- function(data, cols) keep_kind(NextMethod(), data) # nolint

#' @exportS3Method dplyr::dplyr_reconstruct
dplyr_reconstruct.hearingai_table <- function(data, template) { # nolint
  keep_kind(NextMethod(), template)
}

#' @importFrom tibble tbl_sum
#' @export
tbl_sum.hearingai_table <- function(x, ...) {
  told <- NextMethod()
  kind <- table_kinds[[class(x)[[1]]]]
  known <- all(kind$by %in% names(x)) && (is.null(kind$either) || any(kind$either %in% names(x)))
  if (is.null(kind) || !known) {
    return(told)
  }
  names(told)[[1]] <- kind$title
  if (nrow(x)) c(told, facts_of(x)) else told
}

# Further lines of the header.
facts_of <- function(x) UseMethod("facts_of")

#' @export
facts_of.default <- function(x) NULL

#' @export
facts_of.hearingai_clips <- function(x) {
  of_labels <- !"class" %in% names(x)
  class <- x[["class"]]
  classes <- if (of_labels) sort(unique(unlist(x$labels))) else unique(as.character(class))
  if (is.factor(class)) classes <- intersect(levels(class), classes)
  told <- trimws(sprintf("%d: %s", length(classes), labels_state(classes)), whitespace = "[: ]")
  c(
    stats::setNames(told, if (of_labels) "Labels" else "Classes"),
    if ("split" %in% names(x)) c(Split = counted(x$split))
  )
}

#' @export
facts_of.hearingai_confusion <- function(x) {
  right <- as.character(x$truth) == as.character(x$predicted)
  sides <- lapply(x[c("truth", "predicted")], function(side) unique(as.character(side)))
  labels <- union(labels_of(x$truth), labels_of(x$predicted))
  if (!nrow(x) %in% (lengths(sides) * length(labels))) {
    pairs <- sprintf("%d of %d pairs of labels", nrow(x), length(labels)^2)
    return(c(Clips = sprintf("%d, in %s", sum(x$n), pairs)))
  }
  c(Right = sprintf("%d of %d clips", sum(x$n[right]), sum(x$n)))
}

#' @export
facts_of.hearingai_cooccurrence <- function(x) NULL

#' @export
facts_of.hearingai_detection_history <- function(x) {
  sites <- unique(x$site)
  effort <- sum(x$effort[x$label == x$label[[1]]])
  c(
    Sites = sprintf("%d: %s", length(sites), labels_state(sites)),
    Effort = sprintf("%.1f hours, %s to %s", effort, min(x$occasion), max(x$occasion_end))
  )
}

#' @export
facts_of.hearingai_events <- function(x) c(Labels = counted(x$label))

#' @export
facts_of.hearingai_history <- function(x) {
  watched <- intersect(c("val_map", "val_accuracy", "accuracy"), names(x))[[1]]
  if (all(is.na(x[[watched]]))) {
    return(NULL)
  }
  best <- x[which.max(x[[watched]]), ]
  c(Best = sprintf("%s %.4f in epoch %.0f", watched, best[[watched]], best$epoch))
}

# What a table counts of true and predicted labels: one a clip, or any number of them.
as_confusion <- function(table, of_labels = FALSE) {
  as_kind(table, c(if (of_labels) "hearingai_cooccurrence", "hearingai_confusion"))
}

# How many there are of each value, in the order of levels or of appearance.
counted <- function(values) {
  n <- table(if (is.factor(values)) values else factor(values, unique(values)))
  n <- n[n > 0]
  labels_state(paste(n, ifelse(nzchar(names(n)), names(n), "unnamed")))
}

# R's own would tell the length of each clip's labels, a line a clip.
#' @export
summary.hearingai_clips <- function(object, ...) {
  table <- as.data.frame(object)
  if (is.list(table[["labels"]])) {
    table$labels <- vapply(table$labels, paste, "", collapse = ";")
  }
  summary(table, ...)
}

#' @rdname plot
#' @export
plot.hearingai_activity <- function(x, ...) plot_activity(x, ...)

#' @rdname plot
#' @export
plot.hearingai_detection_history <- function(x, ...) plot_detection_history(x, ...)

#' @rdname plot
#' @export
plot.hearingai_clips <- function(x, ...) plot_clips(x, ...)

#' @rdname plot
#' @export
plot.hearingai_confusion <- function(x, ...) plot_confusion(x, ...)

#' @rdname plot
#' @export
plot.hearingai_events <- function(x, ...) plot_events(x, ...)

#' @rdname plot
#' @export
plot.hearingai_history <- function(x, ...) plot_history(x, ...)

#' @rdname plot
#' @export
plot.hearingai_tuning <- function(x, ...) plot_tuning(x, ...)

#' @rdname plot
#' @exportS3Method ggplot2::autoplot
autoplot.hearingai_table <- function(object, ...) plot(object, ...)
