#' hearingai: audio classification
#'
#' Recordings in folders (or a table) go in, a trained audio classifier comes out, as one file that
#' R and Python both open. Start with [fit()][fit.hearingai_classifier] and
#' [predict()][predict.hearingai_classifier]; the vignette `speech-commands` tells the whole story
#' (where the package was installed with its vignettes). [hearingai_sitrep()] says which Python is
#' used.
#'
#' @importFrom generics augment
#' @importFrom generics evaluate
#' @importFrom generics explain
#' @importFrom generics fit
#' @importFrom generics glance
#' @importFrom generics tidy
#' @importFrom rlang .data
#' @importFrom stats predict
#' @keywords internal
"_PACKAGE"

#' @export
generics::fit

#' @export
generics::evaluate

#' @export
generics::augment

#' @export
generics::explain

#' @export
generics::glance

#' @export
generics::tidy

# embed() is that of stats for whatever is no classifier: nothing to warn of.
.onAttach <- function(libname, pkgname) {
  assign(".conflicts.OK", TRUE, envir = as.environment(paste0("package:", pkgname)))
}
