#' Situation report
#'
#' Tells which Python R is bound to and why; its versions, backend and devices, and whether another
#' backend would train faster here; what `precision = "auto"` resolves to here; which extras are
#' installed, and how to install the others; where the cache is and how large it is; or why the
#' Python core cannot start.
#' `hearingai_available()` tells whether there is a Python with all that the core needs. It is a
#' harmless question: no Python is started or chosen, and nothing is downloaded.
#'
#' @return `hearingai_sitrep()` returns the facts, a list of class `hearingai_sitrep` that prints as
#'   a report. `hearingai_available()` returns `TRUE` or `FALSE`; also `FALSE` where reticulate
#'   would first have to make an environment.
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
  found <- tryCatch(c(py_call("info"), bound_by = bound_by()), hearingai_error = identity)
  if (inherits(found, "hearingai_error")) {
    if (reticulate::py_available()) {
      python <- reticulate::py_config()
      facts[c("python", "executable")] <- list(as.character(python$version), python$python)
      facts$bound_by <- bound_by()
    }
    facts$problem <- conditionMessage(found)
    return(as_object(facts, "hearingai_sitrep"))
  }
  found$devices <- unlist(found$devices)
  facts$libraries <- Filter(Negate(is.null), found[setdiff(names(found), c(general, "bound_by"))])
  lists <- lapply(extras(), function(needs) as.list(package_names(needs)))
  situation <- py_call("bridge.situation", lists)
  situation$missing <- lapply(situation$missing, as.character)
  as_object(
    c(facts, found[setdiff(names(found), names(facts))], situation), "hearingai_sitrep"
  )
}

# What the core says of itself, beside the versions of libraries.
general <- c(
  "hearingai", "python", "executable", "platform", "backend", "devices", "cores", "advice"
)

#' @export
format.hearingai_sitrep <- function(x, ...) {
  lines <- sprintf("hearingai %s on R %s, reticulate %s", x$hearingai, x$R, x$reticulate)
  if (!is.null(x$python)) {
    lines <- c(
      lines, paste0("Python      ", x$python, ", ", x$executable),
      paste0("  bound by  ", x$bound_by)
    )
  }
  if (!is.null(x$problem)) {
    reasons <- strsplit(x$problem, "\n")[[1]]
    return(c(lines, reasons[!grepl("hearingai_sitrep", reasons)]))
  }
  libraries <- toString(paste(names(x$libraries), x$libraries))
  absent <- x$missing[lengths(x$missing) > 0]
  there <- setdiff(names(x$missing), names(absent))
  c(
    lines,
    sprintf("Backend     %s on %s, %d cores", x$backend, toString(x$devices), x$cores),
    if (!is.null(x$advice)) strwrap(x$advice, initial = "Advice      ", prefix = strrep(" ", 12)),
    strwrap(libraries, initial = "Libraries   ", prefix = strrep(" ", 12)),
    paste0("Precision   \"auto\" is ", x$precision),
    sprintf("Cache       %s, %s", x$cache, size_text(x$cache_bytes)),
    paste0("Extras      ", if (length(there)) toString(there) else "none"),
    sprintf("  no %-8s %s", names(absent), vapply(names(absent), install_code, ""))
  )
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
