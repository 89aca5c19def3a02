# Finding and starting the Python core.

requirements <- c(
  "filelock>=3.12", "keras>=3.8", "matplotlib>=3.7", "numpy>=1.26", "pandas>=2.0", "rich>=13",
  "soundfile>=0.12", "soxr>=0.3.7", "tensorflow>=2.18", "espeakng-loader>=0.2.4",
  "starlette>=0.40", "uvicorn>=0.30", "websockets>=12"
)

the <- new.env(parent = emptyenv())

# The Python core, bound on first use.
core <- function(call = rlang::caller_env()) {
  if (is.null(the$core)) {
    suggest_python()
    the$core <- import_core(call)
  }
  the$core
}

# Where to look after all that the user chose: reticulate's own rules come first.
suggest_python <- function() {
  checkout <- checkout_python()
  if (reticulate::virtualenv_exists("r-hearingai")) {
    reticulate::use_virtualenv("r-hearingai", required = FALSE)
    the$suggested <- "the virtual environment r-hearingai"
  } else if (!is.null(checkout)) {
    reticulate::use_python(checkout, required = FALSE)
    the$suggested <- "the .venv of the project around the working directory"
  }
  reticulate::py_require(requirements, python_version = ">=3.10")
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

# Who decided which Python this is.
bound_by <- function() {
  forced <- reticulate::py_config()$forced
  if (identical(forced, "use_python(, required = FALSE)") && !is.null(the$suggested)) {
    return(the$suggested)
  }
  if (is.null(forced)) "the search of reticulate" else forced
}

# An interrupt in the middle of an import would leave half a library behind, so it waits; R is then
# to take it, before a call of Python does.
uninterrupted <- function(code) {
  suspendInterrupts(code)
  Sys.sleep(0)
  code
}

import_core <- function(call) {
  Sys.setenv(TF_CPP_MIN_LOG_LEVEL = Sys.getenv("TF_CPP_MIN_LOG_LEVEL", "2"))
  path <- system.file("python", package = "hearingai")
  core <- tryCatch(
    {
      start_python()
      uninterrupted({
        module <- reticulate::import_from_path("hearingai", path = path, delay_load = FALSE)
        reticulate::import("hearingai.bridge")
        module
      })
    },
    error = function(e) abort_start(e, call)
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

# What reticulate tries and says on the way is of interest only if it ends in nothing.
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

abort_start <- function(e, call) {
  reason <- unlist(strsplit(conditionMessage(e), "\n"))
  reason <- reason[nzchar(reason) & !grepl("py_last_error|Order of Discovery|^Error in ", reason)]
  chosen <- Sys.getenv("RETICULATE_PYTHON")
  cli::cli_abort(
    c(
      "The Python core of hearingai cannot start.",
      x = "{reason[[1]]}",
      stats::setNames(cli_verbatim(reason[-1]), rep(" ", length(reason) - 1)),
      i = "Make an environment for it, then restart R:
           {.code reticulate::virtualenv_create(\"r-hearingai\", packages = {package_code()})}",
      i = if (nzchar(chosen)) {
        "RETICULATE_PYTHON is set to {.file {chosen}} and comes before any other Python."
      },
      i = "{.run hearingai::hearingai_sitrep()} tells which Python R is bound to."
    ),
    class = "hearingai_error", call = call
  )
}

package_code <- function() {
  sprintf("c(%s)", toString(dQuote(sub("[><=].*", "", requirements), FALSE)))
}
