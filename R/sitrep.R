#' Situation report
#'
#' Prints which Python R is bound to and why; its versions, backend and devices; what
#' `precision = "auto"` resolves to here; which extras are installed, and how to install the others;
#' where the cache is and how large it is; or why the Python core cannot start.
#' `hearingai_available()` tells whether there is a Python with all that the core needs. It is a
#' harmless question: no Python is started or chosen, and nothing is downloaded.
#'
#' @return `hearingai_sitrep()` returns the facts as a list, invisibly, after printing them.
#'   `hearingai_available()` returns `TRUE` or `FALSE`; also `FALSE` where reticulate would first
#'   have to make an environment.
#' @family Python
#' @concept troubleshooting
#' @concept diagnosis
#' @seealso The vignette `python`: where Python comes from, and how to choose one.
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
    if (reticulate::py_available()) {
      python <- reticulate::py_config()
      print_bound(python$version, python$python)
    }
    facts$problem <- conditionMessage(found)
    lines <- strsplit(facts$problem, "\n")[[1]]
    cli::cat_line(lines[!grepl("hearingai_sitrep", lines)])
    return(invisible(facts))
  }
  found$devices <- unlist(found$devices)
  print_python(found)
  lists <- lapply(extras(), function(needs) as.list(package_names(needs)))
  situation <- py_call("bridge.situation", lists)
  situation$missing <- lapply(situation$missing, as.character)
  print_situation(situation)
  invisible(c(facts, found[setdiff(names(found), names(facts))], situation))
}

print_situation <- function(facts) {
  absent <- lengths(facts$missing) > 0
  cli::cat_line("Precision   \"auto\" is ", facts$precision)
  cli::cat_line(sprintf("Cache       %s, %s", facts$cache, size_text(facts$cache_bytes)))
  cli::cat_line("Extras      ", if (all(absent)) "none" else toString(names(absent)[!absent]))
  for (extra in names(absent)[absent]) {
    cli::cat_line(sprintf("  no %-8s ", extra), install_code(extra))
  }
}

print_python <- function(facts) {
  general <- c("hearingai", "python", "executable", "platform", "backend", "devices", "cores")
  libraries <- facts[setdiff(names(facts), c(general, "bound_by"))]
  there <- !vapply(libraries, is.null, logical(1))
  print_bound(facts$python, facts$executable)
  devices <- toString(facts$devices)
  cli::cat_line("Backend     ", facts$backend, " on ", devices, ", ", facts$cores, " cores")
  libraries <- toString(paste(names(libraries)[there], libraries[there]))
  cli::cat_line(strwrap(libraries, initial = "Libraries   ", prefix = strrep(" ", 12)))
}

print_bound <- function(version, path) {
  cli::cat_line("Python      ", as.character(version), ", ", path)
  cli::cat_line("  bound by  ", bound_by())
}

#' @rdname hearingai_sitrep
#' @export
hearingai_available <- function() {
  tryCatch(
    {
      refuse_fork()
      bound <- reticulate::py_available()
      python <- if (bound) reticulate::py_config() else discovered_python()
      !is.null(python$libpython) && is_complete(python$python)
    },
    error = function(e) FALSE
  )
}
