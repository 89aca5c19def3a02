#' Situation report
#'
#' Says which Python R is bound to and why, and which versions, backend and devices it has; or why
#' it cannot start. `hearingai_available()` only answers whether the core starts.
#'
#' @return `hearingai_sitrep()` returns the facts as a list, invisibly, after printing them.
#'   `hearingai_available()` returns `TRUE` or `FALSE`.
#' @export
#' @examplesIf hearingai_available()
#' hearingai_sitrep()
hearingai_sitrep <- function() {
  version <- function(package) as.character(utils::packageVersion(package))
  facts <- list(
    hearingai = version("hearingai"), R = as.character(getRversion()),
    reticulate = version("reticulate")
  )
  cli::cat_line(sprintf("hearingai %s on R %s, reticulate %s", facts[[1]], facts[[2]], facts[[3]]))
  found <- tryCatch(c(py_call("info"), bound_by = bound_by()), hearingai_error = identity)
  if (inherits(found, "hearingai_error")) {
    facts$problem <- conditionMessage(found)
    cli::cat_line(facts$problem)
    return(invisible(facts))
  }
  found$devices <- unlist(found$devices)
  print_python(found)
  invisible(c(facts, found[setdiff(names(found), names(facts))]))
}

print_python <- function(facts) {
  general <- c("hearingai", "python", "executable", "platform", "backend", "devices", "cores")
  libraries <- facts[setdiff(names(facts), c(general, "bound_by"))]
  there <- !vapply(libraries, is.null, logical(1))
  line <- function(name, ...) cli::cat_line(formatC(name, width = -12), ...)
  line("Python", facts$python, ", ", facts$executable)
  line("  bound by", facts$bound_by)
  line("Backend", facts$backend, " on ", toString(facts$devices), ", ", facts$cores, " cores")
  libraries <- toString(paste(names(libraries)[there], libraries[there]))
  cli::cat_line(strwrap(libraries, initial = "Libraries   ", prefix = strrep(" ", 12)))
}

#' @rdname hearingai_sitrep
#' @export
hearingai_available <- function() {
  tryCatch(
    {
      py_call("backend.require_keras")
      TRUE
    },
    error = function(e) FALSE
  )
}
