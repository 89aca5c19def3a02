#' hearingai: audio classification
#'
#' Recordings in folders (or a table) go in, a trained audio classifier comes out, as one file that
#' R and Python both open. Start with [fit()][fit.hearingai_classifier] and
#' [predict()][predict.hearingai_classifier]. Where the package was installed with its vignettes,
#' `vignette("speech-commands", "hearingai")` is a complete example, `vignette("cheatsheet",
#' "hearingai")` lists every function in R, Python and at the shell, and `vignette("python",
#' "hearingai")` says where Python comes from; [hearingai_sitrep()] says which one is used.
#'
#' @section Errors: An argument or a file that cannot be used is an error of class
#'   `hearingai_error`, which names it and says what is valid. Missing values are errors too. Of
#'   many recordings, those that cannot be read are listed with their reasons and the others are
#'   used, unless `on_error = "raise"`. A warning tells where a result needs attention, such as an
#'   evaluation on clips that were used in training. Files appear under their names only when they
#'   are complete; functions with `overwrite` replace none unless it is `TRUE`.
#'
#' @importFrom generics augment
#' @importFrom generics compile
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
generics::compile

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

# embed() calls stats::embed() for anything but a classifier: no conflict to report.
.onAttach <- function(libname, pkgname) {
  assign(".conflicts.OK", TRUE, envir = as.environment(paste0("package:", pkgname)))
}
