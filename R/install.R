#' Install hearingai's Python environment
#'
#' Creates a virtual environment with everything that the Python core needs. R uses it from then on,
#' unless another Python is chosen. It is made beside its place and moved there when it is whole:
#' what fails or is interrupted leaves nothing, and an older environment as it was. Without one,
#' reticulate creates a temporary environment on first use; a permanent one starts faster, does not
#' change, and needs no network.
#'
#' @param envname Name or path of the environment. R looks for `"r-hearingai"` by itself; for
#'   another one call [reticulate::use_virtualenv()] first.
#' @param extras Optional features to install: `"demo"` (the synthesised words), `"serve"` (the page
#'   of [explore()], and [serve_api()]), `"speech"` (the body of spoken words, see [get_body()]),
#'   `"tune"`, `"onnx"`, `"litert"`, `"live"`, `"parquet"`, `"sun"`, `"av"` (m4a, wma, the sound of
#'   films), `"s3"`, `"gcs"`, `"azure"`, `"remote"` (recordings elsewhere) and others that
#'   [hearingai_sitrep()] lists; `"gpu"` for TensorFlow with CUDA.
#' @param backend The backend of Keras: `"tensorflow"`, `"jax"` or `"torch"`. For the latter two
#'   set the environment variable `KERAS_BACKEND`, too; `NULL` takes what it says.
#' @param python Path of the Python to make the environment with; `NULL` takes one that reticulate
#'   finds.
#' @param overwrite What to do if the environment exists: `TRUE` replaces it, `FALSE` adds to it,
#'   `NULL` asks, which needs an interactive session.
#' @param restart Restart the R session afterwards, where RStudio can.
#' @return The path of the environment's Python, invisibly; `NULL` if the user declined.
#' @family Python
#' @concept virtual environment
#' @concept installation
#' @concept TensorFlow
#' @seealso [hearingai_sitrep()] tells which Python R is bound to.
#' @export
#' @examples
#' \dontrun{
#' install_hearingai()
#' install_hearingai(extras = c("demo", "tune", "onnx"))
#' }
install_hearingai <- function(envname = "r-hearingai", extras = c("demo", "serve"),
                              backend = NULL, python = NULL, overwrite = NULL,
                              restart = interactive()) {
  packages <- check_install(envname, extras, backend, overwrite, restart)
  there <- reticulate::virtualenv_exists(envname)
  anew <- !there || may_replace(envname, overwrite)
  if (is.na(anew)) {
    return(invisible())
  }
  if (anew) {
    build_environment(envname, starter_python(python), packages)
  } else {
    reticulate::virtualenv_install(envname, packages)
  }
  path <- reticulate::virtualenv_python(envname)
  cli::cli_inform(c(
    v = "hearingai has its Python in {.file {path}}.",
    i = if (reticulate::py_available()) "Restart R to use it.",
    chosen_line()
  ))
  restart_session <- get0(".rs.restartR", mode = "function") # RStudio's
  if (restart && is.function(restart_session)) restart_session()
  invisible(path)
}

# The packages to install, after all arguments are checked.
check_install <- function(envname, extras, backend, overwrite, restart,
                          call = rlang::caller_env()) {
  if (is.null(py_string(envname, "envname", call))) {
    abort_argument("envname", "given", NULL, call)
  }
  if (!is.null(overwrite)) py_flag(overwrite, "overwrite", call)
  py_flag(restart, "restart", call)
  known <- c(names(extras()), "gpu")
  unknown <- setdiff(unlist(py_strings(extras, "extras", call)), known)
  if (length(unknown)) {
    abort_argument("extras", paste("among", toString(dQuote(known, FALSE))), unknown[[1]], call)
  }
  backend <- if (is.null(backend)) chosen_backend() else py_string(backend, "backend", call)
  if (!backend %in% backends()) {
    wanted <- "\"tensorflow\", \"jax\" or \"torch\""
    abort_argument("backend", wanted, backend, call)
  }
  requirements(extras, backend)
}

# Makes an environment beside its place and moves it there when it is whole, so that one that could
# not be finished takes no session and replaces nothing.
build_environment <- function(envname, starter, packages, call = rlang::caller_env()) {
  path <- dirname(dirname(reticulate::virtualenv_python(envname)))
  dir.create(dirname(path), showWarnings = FALSE, recursive = TRUE)
  path <- file.path(normalizePath(dirname(path), "/"), basename(path))
  beside <- paste0(path, c(".part", ".old"))
  unlink(beside, recursive = TRUE)
  on.exit({ # whatever ended it, Ctrl-C too
    if (!file.exists(path) && file.exists(beside[[2]])) file.rename(beside[[2]], path)
    unlink(beside[[1]], recursive = TRUE)
    if (file.exists(path)) unlink(beside[[2]], recursive = TRUE)
  })
  reticulate::virtualenv_create(beside[[1]], python = starter, packages = packages)
  rename_in_scripts(beside[[1]], path)
  if (file.exists(path)) move(path, beside[[2]], call)
  move(beside[[1]], path, call)
}

# The scripts of an environment hold its path.
rename_in_scripts <- function(environment, path) {
  scripts <- list.files(file.path(environment, c("bin", "Scripts")), full.names = TRUE)
  for (script in scripts[!dir.exists(scripts)]) {
    bytes <- readBin(script, "raw", file.size(script))
    if (any(bytes == 0)) next # a program
    text <- gsub(environment, path, rawToChar(bytes), fixed = TRUE, useBytes = TRUE)
    text <- gsub(chartr("/", "\\", environment), path, text, fixed = TRUE, useBytes = TRUE)
    writeBin(charToRaw(text), script)
  }
}

move <- function(from, to, call) {
  if (!suppressWarnings(file.rename(from, to))) {
    cli::cli_abort(
      c(
        "{.file {from}} cannot be moved to {.file {to}}.",
        i = "Close what uses it, also other R sessions, and call
          {.code install_hearingai(overwrite = TRUE)} again."
      ),
      class = "hearingai_error", call = call
    )
  }
}

# Whether to replace an environment: TRUE; FALSE adds to it, NA does neither.
may_replace <- function(envname, overwrite, call = rlang::caller_env()) {
  if (!is.null(overwrite)) {
    return(overwrite)
  }
  if (!rlang::is_interactive()) {
    cli::cli_abort(
      c(
        "The environment {.val {envname}} exists.",
        i = "{.code overwrite = TRUE} makes it anew, {.code overwrite = FALSE} adds to it."
      ),
      class = "hearingai_error", call = call
    )
  }
  isTRUE(utils::askYesNo(sprintf("Replace the environment '%s'?", envname))) || NA
}

starter_python <- function(python, call = rlang::caller_env()) {
  needed <- oldest_python()
  if (is.null(python)) {
    found <- without_chosen(reticulate::virtualenv_starter(paste0(">=", needed)))
    if (is.null(found)) {
      cli::cli_abort(
        c(
          "No Python {needed} or newer was found.",
          i = "Install one: {.run reticulate::install_python()}, or name yours in {.arg python}."
        ),
        class = "hearingai_error", call = call
      )
    }
    return(found)
  }
  python <- py_path(python, "python", call)
  version <- if (file.exists(python)) python_version(python) else NA_character_
  if (is.na(version) || numeric_version(version) < needed) {
    wanted <- sprintf("the path of a Python %s or newer", needed)
    came <- if (is.na(version)) python else sprintf("%s, which is Python %s", python, version)
    abort_argument("python", wanted, came, call)
  }
  python
}

# An unusable RETICULATE_PYTHON, perhaps the reason for the installation, must not prevent it.
without_chosen <- function(code) {
  chosen <- Sys.getenv("RETICULATE_PYTHON", NA)
  if (!is.na(chosen)) {
    Sys.unsetenv("RETICULATE_PYTHON")
    on.exit(Sys.setenv(RETICULATE_PYTHON = chosen))
  }
  code
}

# The version of a Python; NA where it cannot be found out.
python_version <- function(python) {
  said <- tryCatch(
    suppressWarnings(system2(python, "--version", stdout = TRUE, stderr = TRUE)),
    error = function(e) ""
  )
  found <- regmatches(said, regexpr("^Python [0-9]+[.][0-9]+[.][0-9]+", said))
  if (length(found)) sub("Python ", "", found[[1]]) else NA_character_
}
