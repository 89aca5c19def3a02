# Convert tables: data frames for the core, and its results to tibbles.

# A data frame as a table of the core; missing values are errors.
py_table <- function(data, required = truth_columns(data), arg = "clips",
                     call = rlang::caller_env()) {
  if (!is.data.frame(data)) {
    abort_argument(arg, "a data frame", data, call)
  }
  require_columns(data, required, arg, call)
  for (name in required) check_cells(data[[name]], name, arg, call)
  if ("fname" %in% required) {
    data$fname <- path.expand(as.character(data$fname))
  }
  classes <- if ("class" %in% names(data)) classes_before(data$class)
  data[] <- Map(plain_column, data, names(data))
  sets <- names(data) == "labels" & vapply(data, is.list, logical(1))
  data <- data[names(data) != "class_id" & (vapply(data, is.atomic, logical(1)) | sets)]
  zones <- lapply(data[vapply(data, inherits, logical(1), "POSIXct")], py_zone)
  columns <- lapply(data, py_column)
  if (is.character(data[["fname"]])) columns$fname <- py_names_of_files(data$fname, columns$fname)
  bridge <- core(call)$bridge
  bridge$table(columns, classes, zones)
}

# A column that must be there: nothing is missing, and only clips have several labels.
check_cells <- function(column, name, arg, call) {
  of <- paste0(arg, "$", name)
  if (!is.list(column)) {
    return(refuse_na(column, of, call))
  }
  if (name %in% c("class", "label")) {
    wanted <- "text, one value a row (a list column, of any number, is called `labels`)"
    abort_argument(of, wanted, column, call)
  }
  if (name == "fname" && !all(vapply(column, rlang::is_string, logical(1)))) {
    abort_argument(of, "text, one path a row", column, call)
  }
  if (name == "labels") check_label_sets(column, of, call)
}

# Several labels a row, each a text.
check_label_sets <- function(column, of, call) {
  for (row in seq_along(column)) {
    if (!is.null(column[[row]]) && !all(lengths(column[[row]]) == 1)) {
      abort_argument(sprintf("%s[[%d]]", of, row), "a character vector", column[[row]], call)
    }
    if (anyNA(column[[row]])) {
      wanted <- "a character vector without NA, empty for a clip without labels"
      abort_argument(sprintf("%s[[%d]]", of, row), wanted, column[[row]], call)
    }
  }
}

# A column of a kind that crosses: a logical class is no "True", durations are seconds, and
# `POSIXlt` is a list.
plain_column <- function(column, name) {
  if (is.logical(column) && name %in% c("class", "label")) return(as.character(column))
  if (inherits(column, "difftime")) return(as.numeric(column, units = "secs"))
  if (inherits(column, "POSIXlt")) as.POSIXct(column) else column
}

# Columns that the core hands through, as they were; `own` are those that it makes or mends, and
# where its rows are those of `like`, lists stay too.
columns_again <- function(table, like, own, same_rows = FALSE) {
  for (name in setdiff(intersect(names(like), names(table)), own)) {
    table[[name]] <- if (same_rows) like[[name]] else column_again(table[[name]], like[[name]])
  }
  lists <- names(like)[vapply(like, is.list, logical(1))]
  for (name in if (same_rows) setdiff(lists, c(own, names(table)))) table[[name]] <- like[[name]]
  table
}

# Text as the factor, dates or logicals that it was made of.
column_again <- function(column, like) {
  if (is.factor(like) && all(is.na(column) | column %in% levels(like))) {
    return(factor(column, levels(like), ordered = is.ordered(like)))
  }
  if (inherits(like, "Date")) {
    return(as.Date(column))
  }
  if (is.logical(like)) as.logical(column) else column
}

# List columns cannot cross, other than labels; where rows are dropped or repeated, they are lost.
tell_of_lists <- function(data, arg, call = rlang::caller_env()) {
  lists <- names(data)[vapply(data, function(x) is.list(x) && !inherits(x, "POSIXlt"), NA)]
  lists <- setdiff(lists, c("labels", "label", "fname"))
  if (length(lists)) {
    cli::cli_warn("{.arg {arg}} has list columns, which are left out: {.field {lists}}.",
      class = "hearingai_warning", call = call
    )
  }
}

# The zone of times; one that Python does not know does not matter to them.
py_zone <- function(x) {
  zone <- c(attr(x, "tzone"), "")[[1]]
  if (!nzchar(zone)) zone <- Sys.timezone()
  if (zone %in% OlsonNames()) zone else "UTC"
}

# The zone of times of the core: R has its own names for those without one.
r_zone <- function(zone) {
  hours <- regmatches(zone, regexec("^UTC([+-])(\\d\\d):00$", zone))[[1]]
  if (length(hours)) { # the sign of these is that of POSIX
    return(sprintf("Etc/GMT%s%d", if (hours[[2]] == "+") "-" else "+", as.integer(hours[[3]])))
  }
  if (zone %in% OlsonNames()) zone else "UTC"
}

# The columns of a table of clips: a class each, or any number of labels.
truth_columns <- function(data) {
  c("fname", if ("labels" %in% names(data) && !"class" %in% names(data)) "labels" else "class")
}

# What classes are, since the core sees text: R's sorted factors and text are what it expects.
classes_before <- function(x) {
  if (is.factor(x)) {
    usual <- sort(unique(as.character(x)), method = "radix")
    if (identical(levels(x), usual)) NULL else list(type = "factor", levels = as.list(levels(x)))
  } else if (is.logical(x)) {
    list(type = "logical")
  } else if (is.numeric(x)) {
    list(type = if (is.integer(x)) "integer" else "number")
  }
}

# Labels as the classes that they were made of; text becomes a factor of the labels.
classes_again <- function(x, labels, classes = NULL) {
  if (is.factor(x)) x <- as.character(x)
  type <- if (is.null(classes)) "text" else classes$type
  again <- switch(type, logical = as.logical, integer = as.integer, number = as.numeric)
  if (!is.null(again)) {
    made <- suppressWarnings(again(x))
    if (!any(is.na(made) & !is.na(x))) { # a label may have been added, such as `background`
      return(made)
    }
  }
  factor(as.character(x), levels = levels_again(labels, classes))
}

levels_again <- function(labels, classes) {
  union(intersect(as.character(unlist(classes$levels)), labels), labels)
}

# What the classes of a classifier were, of which its labels are the text.
classes_of <- function(classifier, call = rlang::caller_env()) {
  py_call("bridge.classes_of", py_classifier(classifier, call), .call = call)
}

# A column of paths, NULL where one is missing.
py_names_of_files <- function(x, column) {
  special <- which(!is.na(x) & grepl("[^ -~]", x, useBytes = TRUE))
  column[special] <- lapply(x[special], py_name_of_file)
  column
}

# Columns that must be there; those that are, and which may be meant, are named.
require_columns <- function(data, required, arg, call) {
  absent <- setdiff(required, names(data))
  if (!length(absent)) {
    return(invisible())
  }
  hint <- if (is.null(the$core)) "" else the$core$bridge$meant(absent[[1]], as.list(names(data)))
  there <- if (length(data)) "Its columns: {.field {names(data)}}." else "It has no columns."
  cli::cli_abort(
    c("{.arg {arg}} must have a column {.field {absent[[1]]}}.",
      x = there, i = if (nzchar(hint)) cli_verbatim(trimws(hint))
    ),
    class = "hearingai_error", call = call
  )
}

py_column <- function(column) {
  if (is.list(column)) { # labels: NULL and character() are none
    return(unname(lapply(column, function(labels) unname(as.list(as.character(labels))))))
  }
  if (is.factor(column)) {
    column <- as.character(column)
  } else if (inherits(column, "POSIXct")) {
    column <- as.numeric(column) # seconds since 1970
  } else if (!is.object(column)) {
    column <- whole(column) # so that fold 1 does not become "1.0"
  }
  values <- as.list(unname(column))
  values[is.na(column)] <- list(NULL)
  values
}

# A table of the core as a tibble; classes become factors with the labels as levels.
as_table <- function(value, levels = NULL) {
  table <- tibble::new_tibble(lapply(value$columns, as_column), nrow = as.integer(value$n))
  for (name in names(value$zones)) {
    table[[name]] <- .POSIXct(as.numeric(table[[name]]), r_zone(value$zones[[name]]))
  }
  for (name in intersect(names(levels), names(table))) {
    table[[name]] <- factor(table[[name]], levels = levels[[name]])
  }
  table
}

# Columns of text and of logicals with gaps arrive as lists, None where a value is missing.
as_column <- function(column) {
  if (identical(names(column), "sets")) { # of labels; NULL where a recording could not be read
    return(lapply(column$sets, function(labels) {
      if (is.null(labels)) NA_character_ else as.character(unlist(labels))
    }))
  }
  if (is.list(column)) {
    gaps <- vapply(column, is.null, logical(1))
    column[gaps] <- NA
    column <- lapply(column, r_text)
    column <- if (all(gaps)) rep(NA_character_, length(gaps)) else unlist(column)
  }
  column <- as.vector(column)
  column[is.na(column)] <- NA # not NaN
  column
}

# The table of clips, its class a factor in the order of class_id, or its labels a list; the type of
# `class` and further columns of `like`, the data frame it was made of, stay as they are.
as_clips <- function(value, like = NULL) {
  table <- as_table(value)
  if ("class" %in% names(table)) {
    known <- unique(table[order(table$class_id), "class"])[["class"]]
    before <- if ("class" %in% names(like)) classes_before(like$class)
    table$class <- classes_again(table$class, known, before)
  }
  for (name in setdiff(names(like), c("fname", "class", "class_id", "labels", "split"))) {
    table[[name]] <- like[[name]]
  }
  as_kind(table, "hearingai_clips")
}

# What the column of a label's probability is called. `.pred_class` is the prediction: a label
# `class` takes `.pred_class_`, with as many underscores as tell it from other labels.
prob_columns <- function(labels) {
  columns <- paste0(".pred_", labels)
  for (i in which(columns == ".pred_class")) {
    while (columns[[i]] %in% c(".pred_class", columns[-i])) {
      columns[[i]] <- paste0(columns[[i]], "_")
    }
  }
  columns
}

# Labels, of which a row may have several; where no row has any, the core's are like missing text.
as_sets <- function(column) {
  if (is.null(column) || is.list(column)) column else as.list(as.character(column))
}

r_predictions <- function(table, labels, classes = NULL) {
  known <- if ("novelty" %in% names(table)) union(labels, "unknown") else labels
  predictions <- if ("labels" %in% names(table)) {
    tibble::tibble(
      fname = table$fname, labels = as_sets(table[["true_labels"]]),
      .pred_labels = as_sets(table$labels)
    )
  } else {
    tibble::tibble(
      fname = table$fname,
      class = if ("class" %in% names(table)) classes_again(table$class, labels, classes),
      .pred_class = classes_again(table$label, known, classes)
    )
  }
  columns <- rlang::set_names(prob_columns(labels), labels)
  levels <- intersect(levels(predictions[[".pred_class"]]), labels) # yardstick goes by place
  for (label in if (length(levels)) levels else labels) {
    predictions[[columns[[label]]]] <- table[[paste0("prob_", label)]]
  }
  if ("novelty" %in% names(table)) predictions$.novelty <- table$novelty
  predictions$.error <- as.character(table$error)
  if ("note" %in% names(table)) predictions$.note <- as.character(table$note)
  predictions
}
