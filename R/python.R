# Calling the core, and tables both ways; arguments.R holds what crosses besides.

# Call a function of the core by name (with dots for submodules). Named arguments that are NULL are
# dropped, so that Python's defaults rule; its errors and warnings become R's.
py_call <- function(.name, ..., .call = rlang::caller_env()) {
  args <- rlang::list2(...)
  null <- vapply(args, is.null, logical(1))
  required <- !nzchar(rlang::names2(args))
  if (any(null & required)) {
    expression <- rlang::enexprs(...)[[which(null & required)[1]]]
    abort_argument(all.vars(expression)[1], "given", NULL, .call)
  }
  args <- args[!null]
  args[vapply(args, inherits, logical(1), "hearingai_none")] <- list(NULL)
  bridge <- core(.call)$bridge
  answer <- tryCatch(
    {
      fun <- uninterrupted(bridge$find(.name)) # imports what the function needs
      rlang::exec(bridge$call, fun, !!!args)
    },
    error = function(e) py_abort(e, .call)
  )
  for (text in r_words(unlist(answer$warnings))) {
    cli::cli_warn("{text}", class = "hearingai_warning", call = .call)
  }
  answer$value
}

# A NULL that Python is to see, where it means something else than "the default".
py_none <- function(x) {
  if (is.null(x)) structure(list(), class = "hearingai_none") else x
}

# A table of the core as a tibble; classes become factors with the labels as levels.
as_table <- function(value, levels = NULL) {
  table <- tibble::new_tibble(lapply(value$columns, as_column), nrow = as.integer(value$n))
  for (name in intersect(names(levels), names(table))) {
    table[[name]] <- factor(table[[name]], levels = levels[[name]])
  }
  table
}

# Columns of text and of logicals with gaps arrive as lists, None where a value is missing.
as_column <- function(column) {
  if (is.list(column)) {
    gaps <- vapply(column, is.null, logical(1))
    column[gaps] <- NA
    column <- if (all(gaps)) rep(NA_character_, length(gaps)) else unlist(column)
  }
  column <- as.vector(column)
  column[is.na(column)] <- NA # not NaN
  column
}

# The table of clips, its class a factor in the order of class_id; further columns of `like`, the
# data frame it was made of, stay as they are.
as_clips <- function(value, like = NULL) {
  table <- as_table(value)
  known <- unique(table[order(table$class_id), "class"])[["class"]]
  table$class <- factor(table$class, levels = known)
  for (name in setdiff(names(like), c("fname", "class", "class_id", "split"))) {
    table[[name]] <- like[[name]]
  }
  as_kind(table, "hearingai_clips")
}

# A table of events; the labels are those known, or those that occur.
as_events <- function(value, labels = NULL) {
  as_kind(as_table(value, if (!is.null(labels)) list(label = labels)), "hearingai_events")
}

# A data frame as a table of the core; missing values are refused by name.
py_table <- function(data, required = c("fname", "class"), arg = "clips",
                     call = rlang::caller_env()) {
  if (!is.data.frame(data)) {
    abort_argument(arg, "a data frame", data, call)
  }
  absent <- setdiff(required, names(data))
  if (length(absent)) {
    cli::cli_abort(
      c("{.arg {arg}} must have a column {.field {absent[[1]]}}.",
        x = "Its columns: {.field {names(data)}}."
      ),
      class = "hearingai_error", call = call
    )
  }
  for (name in required) {
    refuse_na(data[[name]], paste0(arg, "$", name), call)
  }
  if ("fname" %in% required) {
    data$fname <- path.expand(as.character(data$fname))
  }
  data <- data[names(data) != "class_id" & vapply(data, is.atomic, logical(1))]
  core(call)$bridge$table(lapply(data, py_column))
}

py_column <- function(column) {
  if (is.factor(column)) {
    column <- as.character(column)
  } else if (!is.object(column)) {
    column <- whole(column) # a fold 1 is not to be called "1.0"
  }
  values <- as.list(unname(column))
  values[is.na(column)] <- list(NULL)
  values
}

# Progress as the core feeds it: one cli bar after the other, in an interactive session only.
py_progress <- function(progress, envir = rlang::caller_env()) {
  force(envir)
  if (is.function(progress)) {
    return(progress)
  }
  py_flag(progress, "progress", envir)
  if (isFALSE(progress) || (is.null(progress) && !rlang::is_interactive())) {
    return(FALSE)
  }
  id <- NULL
  function(done, total, text) {
    if (is.null(id)) {
      id <<- cli::cli_progress_bar(
        total = if (is.null(total)) NA else total,
        format = "{cli::pb_bar} {cli::pb_percent} {cli::pb_eta_str} {cli::pb_status}",
        .auto_close = TRUE, .envir = envir
      )
    }
    cli::cli_progress_update(set = done, status = text, id = id, .envir = envir)
    if (isTRUE(done >= total)) {
      id <<- NULL # cli has taken the full bar away; what comes next is another
    }
    invisible()
  }
}
