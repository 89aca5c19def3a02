#' Situation report
#'
#' Says which Python R is bound to and why, and which versions, backend and devices it has.
#' `hearingai_available()` only answers whether the core starts.
#'
#' @return `hearingai_sitrep()` returns the facts as a list, invisibly, after printing them.
#'   `hearingai_available()` returns `TRUE` or `FALSE`.
#' @export
#' @examplesIf hearingai_available()
#' hearingai_sitrep()
hearingai_sitrep <- function() {
  facts <- c(
    list(
      R = paste(R.version$major, R.version$minor, sep = "."),
      reticulate = as.character(utils::packageVersion("reticulate"))
    ),
    py_call("info")
  )
  facts$bound_by <- the$why
  facts$devices <- unlist(facts$devices)
  for (name in names(facts)) {
    value <- if (is.null(facts[[name]])) "-" else paste(facts[[name]], collapse = ", ")
    cli::cat_line(formatC(name, width = -16), " ", value)
  }
  invisible(facts)
}

#' @rdname hearingai_sitrep
#' @export
hearingai_available <- function() {
  tryCatch(
    {
      core()$backend$require_keras()
      TRUE
    },
    error = function(e) FALSE
  )
}
