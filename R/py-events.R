# Tables of events, of annotations and of the windows that they come from.

# The columns of events that the core makes or mends.
events_own <- c("fname", "start", "end", "label", "score", "low", "high")

# A table of events; the levels are the given labels, or those that occur.
as_events <- function(value, labels = NULL) {
  as_kind(as_table(value, if (!is.null(labels)) list(label = labels)), "hearingai_events")
}

# A table of events as the core takes it.
py_events <- function(events, arg = rlang::caller_arg(events), call = rlang::caller_env(),
                      required = c("start", "end", "label")) {
  force(arg)
  if (inherits(events, "hearingai_annotation")) {
    events <- events$events
  }
  if (!is.data.frame(events)) {
    abort_argument(arg, "a table of events (a data frame) or what annotate() returned", events,
      call
    )
  }
  py_table(events, required, arg, call)
}

# List columns as text, as tables of clips have labels; what holds more than vectors stays a list.
join_lists <- function(events) {
  for (name in setdiff(names(events), events_own)) {
    column <- events[[name]]
    vectors <- is.list(column) && !is.object(column) &&
      all(vapply(column, function(x) is.null(x) || is.atomic(x), NA))
    if (vectors) events[[name]] <- vapply(column, paste, character(1), collapse = ";")
  }
  events
}

# Events of known recordings.
py_placed <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  py_events(x, arg, call, c("fname", "start", "end", "label"))
}

# Annotations: files, or a table, whatever its columns are called.
py_annotations <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (!is.data.frame(x)) {
    if (!are_files(x)) {
      wanted <- "paths, or one data frame (`rbind()` makes one of several)"
      abort_argument(arg, wanted, x, call)
    }
    return(py_files(x, arg, call))
  }
  tell_of_lists(x, arg, call)
  table <- as.data.frame(x)
  if (is.list(table[["label"]])) {
    wanted <- "text; several labels are one text with `;` between them"
    abort_argument(paste0(arg, "$label"), wanted, table$label, call)
  }
  if (is.character(table[["fname"]])) table$fname <- path.expand(table$fname)
  py_table(table, character(), arg, call)
}

# Recordings that were listened to: files, folders, or a table of them with all its columns.
py_listened <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (is.null(x)) {
    return(NULL)
  }
  if (!are_files(x)) abort_argument(arg, "paths, or a data frame with fname", x, call)
  if (!is.data.frame(x)) {
    return(py_files(x, arg, call))
  }
  tell_of_lists(x, arg, call)
  py_table(x, "fname", arg, call)
}

# Names of columns by what they are here.
py_renamed <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (is.null(x)) {
    return(NULL)
  }
  if (is.list(x)) x <- unlist(x)
  if (!is.character(x) || !rlang::is_named(x)) {
    abort_argument(arg, "a named character vector, such as c(start = \"Onset\")", x, call)
  }
  refuse_na(x, arg, call)
  do.call(reticulate::dict, as.list(x))
}

# Labels that are wanted, or new ones by the names of old ones; NA as a new one is none.
py_new_labels <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (is.data.frame(x)) {
    return(py_table(x, "label", arg, call))
  }
  if (is.list(x)) x <- unlist(x)
  if (is.null(names(x))) {
    return(py_strings(x, arg, call))
  }
  if (!(is.character(x) || all(is.na(x))) || !rlang::is_named(x)) {
    abort_argument(arg, "labels, or new labels named by the old ones", x, call)
  }
  new <- as.list(x)
  new[is.na(x)] <- list(NULL)
  do.call(reticulate::dict, new)
}

# Seconds: one number, a table, or numbers named by recording.
py_duration <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (is.data.frame(x)) {
    return(py_table(x, c("fname", "duration"), arg, call))
  }
  if (is.list(x)) x <- unlist(x)
  if (is.null(x) || is.null(names(x))) {
    return(py_number(x, arg, call))
  }
  if (!is.numeric(x) || !rlang::is_named(x)) {
    abort_argument(arg, "seconds, a table, or numbers named by recording", x, call)
  }
  refuse_na(x, arg, call)
  as.list(stats::setNames(as.numeric(x), path.expand(names(x))))
}

# The table of windows as the core takes it.
py_windows <- function(windows) {
  if (is.null(windows)) {
    return(NULL)
  }
  names(windows) <- sub("^\\.pred_", "prob_", names(windows))
  core()$bridge$columns(lapply(windows, function(column) {
    if (is.numeric(column)) reticulate::np_array(column) else py_column(column)
  }))
}

# The table of windows, with predict()'s column names.
r_windows <- function(table) {
  names(table) <- sub("^prob_", ".pred_", names(table))
  table
}
