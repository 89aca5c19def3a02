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

# Where to look if the user chose no Python: reticulate's own rules come first.
suggest_python <- function() {
  checkout <- checkout_python()
  if (reticulate::virtualenv_exists("r-hearingai")) {
    reticulate::use_virtualenv("r-hearingai", required = FALSE)
    the$suggested <- "the virtual environment r-hearingai"
  } else if (!is.null(checkout)) {
    reticulate::use_python(checkout, required = FALSE)
    the$suggested <- "the .venv of the project around the working directory"
  }
  reticulate::py_require(requirements(), python_version = paste0(">=", oldest_python()))
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

# reticulate's messages are of interest only if it finds no Python.
start_python <- function() {
  tried <- character()
  said <- textConnection("tried", "w", local = TRUE)
  on.exit(close(said))
  rlang::local_options(try.outFile = said)
  tryCatch(
    suppressWarnings(reticulate::py_config()),
    error = function(e) {
      stop(paste(c(conditionMessage(e), trimws(tried)), collapse = "\n"), call. = FALSE)
    }
  )
}
