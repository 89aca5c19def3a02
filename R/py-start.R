# Finding and starting the Python core.

the <- new.env(parent = emptyenv())

# The Python core, bound on first use.
core <- function(call = rlang::caller_env()) {
  refuse_fork(call)
  if (is.null(the$core)) {
    suggest_python()
    the$core <- import_core(call)
    the$process <- Sys.getpid()
  }
  the$core
}

# A fork has the Python of its parent without the threads it works with: it would wait for ever.
refuse_fork <- function(call = rlang::caller_env()) {
  if (is.null(the$process) || the$process == Sys.getpid()) {
    return(invisible())
  }
  cli::cli_abort(
    c(
      "This R process was forked from one where hearingai had started Python, and would hang.",
      x = "{.fn parallel::mclapply} and {.fn future::multicore} fork.",
      i = "Use {.fn parallel::makeCluster} with {.fn parallel::parLapply}, or
        {.fn future::multisession}; {.fn predict} reads many recordings in parallel by itself."
    ),
    class = "hearingai_error", call = call
  )
}

# Tells reticulate where to look if the user chose no Python: its own rules come first.
suggest_python <- function() {
  found <- suggestion()
  if (length(found)) {
    reticulate::use_python(found[[1]], required = FALSE)
    the$suggested <- names(found)
  }
  reticulate::py_require(requirements(), python_version = paste0(">=", oldest_python()))
}

# The Python to suggest, under the name of its kind; NULL if there is none.
suggestion <- function(warn = TRUE) {
  own <- own_environment(warn)
  checkout <- if (is.null(own)) checkout_python()
  c("the virtual environment r-hearingai" = own,
    "the .venv of the project around the working directory" = checkout)
}

# The Python of r-hearingai. An environment whose making was cut short must not capture sessions.
own_environment <- function(warn = TRUE) {
  if (!reticulate::virtualenv_exists("r-hearingai")) {
    return(NULL)
  }
  folder <- dirname(dirname(reticulate::virtualenv_python("r-hearingai")))
  absent <- absent_from(folder)
  if (!length(absent)) {
    return(reticulate::virtualenv_python("r-hearingai"))
  }
  if (warn && !nzchar(Sys.getenv("RETICULATE_PYTHON"))) {
    cli::cli_warn(c(
      "The environment {.file {folder}} is not used: it lacks {absent}.",
      i = "{.code hearingai::install_hearingai(overwrite = TRUE)} makes it anew."
    ))
  }
  NULL
}

# What an environment lacks: an interpreter, or packages that the core needs. Only files are looked
# at, and no versions.
absent_from <- function(folder) {
  python <- file.path(folder, c("bin/python", "Scripts/python.exe"))
  if (!any(file.exists(python))) {
    return("its Python")
  }
  packages <- Sys.glob(file.path(folder, c("lib/python*", "Lib"), "site-packages/*.dist-info"))
  there <- sub("-[^-]*$", "", sub("[.]dist-info$", "", basename(packages)))
  there <- gsub("[-_.]+", "-", sub("[-_]cpu$", "", tolower(there)))
  needed <- sub("-cpu$", "", package_names(requirements(character())))
  setdiff(needed, there)
}

# The interpreter of a `.venv` that holds the core, in the working directory or above it.
checkout_python <- function(folder = getwd()) {
  repeat {
    python <- file.path(folder, ".venv", c("bin/python", "Scripts/python.exe"))
    if (any(file.exists(python)) && file.exists(file.path(folder, "inst", "python", "hearingai"))) {
      return(python[file.exists(python)][[1]])
    }
    if (dirname(folder) == folder) {
      return(NULL)
    }
    folder <- dirname(folder)
  }
}

# What chose this Python.
bound_by <- function() {
  forced <- reticulate::py_config()$forced
  if (identical(forced, "use_python(, required = FALSE)") && !is.null(the$suggested)) {
    return(the$suggested)
  }
  if (is.null(forced)) "the search of reticulate" else forced
}

import_core <- function(call) {
  Sys.setenv(TF_CPP_MIN_LOG_LEVEL = Sys.getenv("TF_CPP_MIN_LOG_LEVEL", "2"))
  path <- system.file("python", package = "hearingai")
  tryCatch(start_python(), error = function(e) abort_start(e, call))
  check_python(call)
  core <- tryCatch(
    uninterrupted({
      module <- reticulate::import_from_path("hearingai", path = path, delay_load = FALSE)
      reticulate::import("hearingai.bridge")
      module
    }),
    error = function(e) e
  )
  # Another hearingai, loaded before, may lack what is imported here.
  loaded <- if (inherits(core, "error")) loaded_core() else core
  if (!is.null(loaded)) check_version(loaded, call)
  if (inherits(core, "error")) abort_import(core, call)
  core
}

start_python <- function() {
  quietly_tried(suppressWarnings(reticulate::py_config()))
}

# reticulate's messages are of interest only if it finds no Python.
quietly_tried <- function(code) {
  tried <- character()
  said <- textConnection("tried", "w", local = TRUE)
  on.exit(close(said))
  rlang::local_options(try.outFile = said)
  tryCatch(
    code,
    error = function(e) {
      stop(paste(c(conditionMessage(e), trimws(tried)), collapse = "\n"), call. = FALSE)
    }
  )
}

# The Python that would be bound now, found without binding or fetching one; NULL if there is none.
discovered_python <- function() {
  tryCatch(
    quietly_tried({
      suggested <- suggestion(warn = FALSE)
      environment <- if (length(suggested)) dirname(dirname(suggested[[1]]))
      suppressWarnings(reticulate::py_discover_config(use_environment = environment))
    }),
    error = function(e) NULL
  )
}

# Whether a Python has all that the core and its backend need, in versions new enough. It is asked
# in a process of its own; that nothing is missing is remembered.
is_complete <- function(python) {
  if (python %in% the$complete) {
    return(TRUE)
  }
  needed <- gsub(" ", "", sub("[[][^]]*[]]", "", requirements(character())))
  script <- system.file("python", "hearingai", "_requirements.py", package = "hearingai")
  said <- suppressWarnings(
    system2(python, shQuote(c(script, oldest_python(), needed)), stdout = TRUE, stderr = FALSE)
  )
  complete <- identical(as.vector(said), "complete")
  if (complete) the$complete <- c(the$complete, python)
  complete
}
