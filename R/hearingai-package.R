#' hearingai: audio classification
#'
#' Recordings in folders (or a table) go in, a trained audio classifier comes out, as one file that
#' R and Python both open. Start with [fit()][fit.hearingai_classifier] and
#' [predict()][predict.hearingai_classifier]. Where the package was installed with its vignettes,
#' `vignette("speech-commands", "hearingai")` tells the whole story, `vignette("cheatsheet",
#' "hearingai")` lists every function in R, Python and at the shell, and `vignette("python",
#' "hearingai")` says where Python comes from; [hearingai_sitrep()] says which one is used.
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
