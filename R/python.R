# The only file that knows Python: binding, calls, conversion both ways.

requirements <- c(
  "keras>=3.8", "matplotlib>=3.7", "numpy>=1.26", "pandas>=2.0", "rich>=13",
  "soundfile>=0.12", "soxr>=0.3.7", "tensorflow>=2.18", "espeakng-loader>=0.2.4"
)

the <- new.env(parent = emptyenv())

# The Python core, bound on first use.
core <- function() {
  if (is.null(the$core)) {
    choose_python()
    the$core <- import_core()
  }
  the$core
}

# What the user chose stands; else a fixed environment of ours; else reticulate finds its own.
choose_python <- function() {
  the$why <- "chosen before hearingai was used"
  if (reticulate::py_available() || nzchar(Sys.getenv("RETICULATE_PYTHON"))) {
    if (!reticulate::py_available()) the$why <- "set by RETICULATE_PYTHON"
    return(invisible())
  }
  checkout <- checkout_python()
  if (reticulate::virtualenv_exists("r-hearingai")) {
    reticulate::use_virtualenv("r-hearingai", required = TRUE)
    the$why <- "the virtual environment r-hearingai"
  } else if (!is.null(checkout)) {
    reticulate::use_python(checkout, required = TRUE)
    the$why <- "the .venv of the project around the working directory"
  } else {
    reticulate::py_require(requirements, python_version = ">=3.10")
    the$why <- "found by reticulate"
  }
}

# The interpreter of a `.venv` that holds the core, in the working directory or above it.
checkout_python <- function(folder = getwd()) {
  repeat {
    python <- file.path(folder, ".venv", c("bin/python", "Scripts/python.exe"))
    if (any(file.exists(python)) && file.exists(file.path(folder, "python", "hearingai"))) {
      return(python[file.exists(python)][[1]])
    }
    if (dirname(folder) == folder) {
      return(NULL)
    }
    folder <- dirname(folder)
  }
}

import_core <- function(call = rlang::caller_env(2)) {
  Sys.setenv(TF_CPP_MIN_LOG_LEVEL = Sys.getenv("TF_CPP_MIN_LOG_LEVEL", "2"))
  path <- system.file("python", package = "hearingai")
  core <- tryCatch(
    {
      module <- reticulate::import_from_path("hearingai", path = path, delay_load = FALSE)
      module$bridge
      module
    },
    error = function(e) {
      lines <- strsplit(conditionMessage(e), "\n")[[1]]
      cli::cli_abort(
        c(
          "The Python core of hearingai cannot start.",
          x = "{lines[nzchar(lines)][[1]]}",
          i = "Make an environment for it: {.code reticulate::virtualenv_create(\"r-hearingai\",
               packages = c(\"keras\", \"tensorflow\", \"pandas\", \"matplotlib\", \"rich\",
               \"soundfile\", \"soxr\", \"espeakng-loader\"))}, then restart R.",
          i = "{.run hearingai::hearingai_sitrep()} tells which Python R is bound to."
        ),
        class = "hearingai_error", call = call
      )
    }
  )
  own <- as.character(utils::packageVersion("hearingai"))
  if (!identical(core$`__version__`, own)) {
    cli::cli_abort(
      c(
        "R has hearingai {own}, but its Python has {core$`__version__`}.",
        i = "Upgrade the older one: {.code pip install hearingai=={own}}."
      ),
      class = "hearingai_error", call = call
    )
  }
  core
}

# Call a function of the core by name (with dots for submodules). NULL arguments are dropped, so
# that Python's defaults rule; its errors and warnings become R's.
py_call <- function(.name, ..., .call = rlang::caller_env()) {
  args <- Filter(Negate(is.null), rlang::list2(...))
  args[vapply(args, inherits, logical(1), "hearingai_none")] <- list(NULL)
  core <- core()
  fun <- Reduce(function(object, part) object[[part]], strsplit(.name, ".", fixed = TRUE)[[1]], core)
  answer <- rlang::try_fetch(
    rlang::exec(core$bridge$call, fun, !!!args),
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

py_abort <- function(e, call) {
  known <- c("hearingai.errors.HearingAIError", "hearingai.errors.AudioFileError")
  text <- conditionMessage(e)
  if (inherits(e, known)) {
    text <- sub("^[A-Za-z.]*Error: ", "", strsplit(text, "\nRun `reticulate")[[1]][[1]])
    cli::cli_abort("{r_words(trimws(text))}", class = "hearingai_error", call = call)
  }
  rlang::cnd_signal(e)
}

# What the core says to a user of Python, said to a user of R.
r_words <- function(text) {
  words <- c("None" = "NULL", "True" = "TRUE", "False" = "FALSE")
  for (word in names(words)) {
    text <- gsub(paste0("=", word, "\\b"), paste0(" = ", words[[word]]), text)
  }
  gsub("([a-z_]+)=(['0-9])", "\\1 = \\2", text)
}

# A table of the core as a tibble; classes become factors with the labels as levels.
as_table <- function(value, levels = list()) {
  columns <- lapply(value$columns, function(column) {
    if (is.list(column)) {
      column <- vapply(column, function(v) if (is.null(v)) NA_character_ else v, character(1))
    }
    as.vector(column)
  })
  table <- tibble::new_tibble(columns, nrow = as.integer(value$n))
  for (name in intersect(names(levels), names(table))) {
    table[[name]] <- factor(table[[name]], levels = levels[[name]])
  }
  table
}

# The table of clips, its class a factor in the order of class_id.
as_clips <- function(value) {
  table <- as_table(value)
  known <- unique(table[order(table$class_id), "class"])[["class"]]
  table$class <- factor(table$class, levels = known)
  table
}

# A data frame as a table of the core; missing values are refused by name.
py_table <- function(data, required = c("fname", "class"), arg = "clips",
                     call = rlang::caller_env()) {
  if (!is.data.frame(data)) {
    cli::cli_abort("{.arg {arg}} must be a data frame, not {.obj_type_friendly {data}}.",
      class = "hearingai_error", call = call
    )
  }
  absent <- setdiff(required, names(data))
  if (length(absent)) {
    cli::cli_abort("{.arg {arg}} must have a column {.field {absent[[1]]}}.",
      class = "hearingai_error", call = call
    )
  }
  for (name in required) {
    refuse_na(data[[name]], paste0(arg, "$", name), call)
  }
  data <- data[names(data) != "class_id"]
  core()$bridge$table(lapply(data, py_column))
}

py_column <- function(column) {
  if (is.factor(column)) {
    column <- as.character(column)
  }
  values <- as.list(unname(column))
  values[is.na(column)] <- list(NULL)
  values
}

# A character vector as a Python list of strings, whatever its length.
py_strings <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (is.null(x)) {
    return(NULL)
  }
  if (is.factor(x)) {
    x <- as.character(x)
  }
  if (!is.character(x)) {
    cli::cli_abort("{.arg {arg}} must be a character vector, not {.obj_type_friendly {x}}.",
      class = "hearingai_error", call = call
    )
  }
  refuse_na(x, arg, call)
  unname(as.list(x))
}

# One path, expanded: Python does not know the tilde.
py_path <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (is.null(x)) {
    return(NULL)
  }
  if (!rlang::is_string(x)) {
    cli::cli_abort("{.arg {arg}} must be one path, not {.obj_type_friendly {x}}.",
      class = "hearingai_error", call = call
    )
  }
  path.expand(x)
}

# A whole number; 3 and 3L alike.
py_int <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (is.null(x)) {
    return(NULL)
  }
  if (!rlang::is_scalar_integerish(x) || is.na(x) || abs(x) > .Machine$integer.max) {
    cli::cli_abort("{.arg {arg}} must be one whole number, not {.obj_type_friendly {x}}.",
      class = "hearingai_error", call = call
    )
  }
  as.integer(x)
}

py_number <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (is.null(x)) {
    return(NULL)
  }
  if (!is.numeric(x) || length(x) != 1 || is.na(x)) {
    cli::cli_abort("{.arg {arg}} must be one number, not {.obj_type_friendly {x}}.",
      class = "hearingai_error", call = call
    )
  }
  as.numeric(x)
}

py_flag <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (!is.null(x) && !rlang::is_bool(x)) {
    cli::cli_abort("{.arg {arg}} must be TRUE or FALSE, not {.obj_type_friendly {x}}.",
      class = "hearingai_error", call = call
    )
  }
  x
}

refuse_na <- function(x, arg, call) {
  missing <- which(is.na(x))
  if (length(missing)) {
    cli::cli_abort("{.arg {arg}} is missing (NA) in position {missing[[1]]}.",
      class = "hearingai_error", call = call
    )
  }
}

# A seed: NULL draws one from R's own stream, so that set.seed() decides it.
py_seed <- function(seed, call = rlang::caller_env()) {
  if (is.null(seed)) {
    return(sample.int(.Machine$integer.max, 1L))
  }
  py_int(seed, "seed", call)
}

# A progress bar as the core feeds it: one cli bar, in an interactive session only.
py_progress <- function(progress, envir = rlang::caller_env()) {
  if (is.function(progress)) {
    return(progress)
  }
  quiet <- !interactive() || isTRUE(getOption("knitr.in.progress")) ||
    identical(Sys.getenv("TESTTHAT"), "true")
  if (isFALSE(progress) || (is.null(progress) && quiet)) {
    return(FALSE)
  }
  id <- NULL
  function(done, total, text) {
    if (is.null(id)) {
      id <<- cli::cli_progress_bar(
        total = total, format = "{cli::pb_status} {cli::pb_bar} {cli::pb_percent} {cli::pb_eta_str}",
        .auto_close = TRUE, .envir = envir
      )
    }
    cli::cli_progress_update(set = done, status = text, id = id, .envir = envir)
    invisible()
  }
}
