# Why the Python core does not start, each time with the command that fixes it.

# The hint where there is no environment yet.
install_line <- "Make an environment for it, then restart R: {.run hearingai::install_hearingai()}"

abort_start <- function(e, call) {
  reason <- unlist(strsplit(conditionMessage(e), "\n"))
  reason <- reason[nzchar(reason) & !grepl("py_last_error|Order of Discovery|^Error in ", reason)]
  cli::cli_abort(
    c(
      "The Python core of hearingai cannot start.",
      x = "{reason[[1]]}",
      stats::setNames(cli_verbatim(reason[-1]), rep(" ", length(reason) - 1)),
      i = install_line,
      chosen_line(),
      i = "{.run hearingai::hearingai_sitrep()} tells which Python R is bound to."
    ),
    class = "hearingai_error", call = call
  )
}

# How the user chose an unusable Python.
chosen_line <- function() {
  chosen <- Sys.getenv("RETICULATE_PYTHON")
  if (nzchar(chosen)) {
    c(i = sprintf(
      "RETICULATE_PYTHON is set to {.file %s} and comes before any other Python.",
      cli_verbatim(chosen)
    ))
  }
}

check_python <- function(call) {
  python <- reticulate::py_config()
  if (numeric_version(python$version) >= oldest_python()) {
    return(invisible())
  }
  cli::cli_abort(
    c(
      "Python {python$version} is too old: hearingai needs {oldest_python()} or newer.",
      x = "R is bound to {.file {python$python}}.",
      i = install_line,
      chosen_line()
    ),
    class = "hearingai_error", call = call
  )
}

# The Python lacks what the core needs, or the core cannot be imported for another reason.
abort_import <- function(e, call) {
  needed <- requirements(character())
  absent <- needed[!vapply(needed, is_there, logical(1))]
  if (!length(absent)) {
    abort_start(e, call)
  }
  python <- reticulate::py_config()$python
  line <- paste(c(python, "-m pip install", dQuote(absent, FALSE)), collapse = " ")
  cli::cli_abort(
    c(
      "The Python that R is bound to lacks {.pkg {package_names(absent)}}.",
      x = sprintf("It is {.file %s}.", cli_verbatim(python)),
      i = sprintf("Add what it lacks, then restart R: {.code %s}", cli_verbatim(line)),
      i = "Or make an environment of its own: {.run hearingai::install_hearingai()}",
      chosen_line()
    ),
    class = "hearingai_error", call = call
  )
}

# Whether Python has the module of a requirement, which has the same name but for an ending.
is_there <- function(requirement) {
  module <- gsub("-", "_", sub("-(cpu|py)$", "", package_names(requirement)))
  !is.null(reticulate::import("importlib.util")$find_spec(module))
}

loaded_core <- function() {
  found <- reticulate::import("sys", convert = FALSE)$modules$get("hearingai")
  if (!inherits(found, "python.builtin.NoneType")) found
}

check_version <- function(core, call) {
  own <- as.character(utils::packageVersion("hearingai"))
  other <- as.character(reticulate::py_get_attr(core, "__version__", silent = TRUE))
  if (identical(other, own)) {
    return(invisible())
  }
  place <- as.character(reticulate::py_get_attr(core, "__file__", silent = TRUE))
  cli::cli_abort(
    c(
      "R has hearingai {own}, but its Python has {other}.",
      x = sprintf(
        "Python had loaded {.file %s} before R could load its own.", cli_verbatim(place)
      ),
      i = "Restart R and call a function of hearingai before Python imports its {.pkg hearingai}.",
      i = "Or let both have one version: {.code pip install hearingai=={own}}"
    ),
    class = "hearingai_error", call = call
  )
}
