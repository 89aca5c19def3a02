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
#' @section Names that other packages have too: `fit()`, `evaluate()`, `explain()`, `annotate()`,
#'   `adapt()`, `layer()` and `embed()` hand on what is none of this package's to those of that name
#'   in generics (and so parsnip), tensorflow, dplyr, ggplot2, keras3 and stats, so that both
#'   packages work. [library()] names what masks what. Where ggplot2, keras3 or a package of
#'   tidymodels is attached later, and its function cannot dispatch to ours, ours is put in front of
#'   it again, in the entry `hearingai:shared` of the search path; `ggplot2::annotate()` is always
#'   ggplot2's.
#'
#' @importFrom generics augment
#' @importFrom generics compile
#' @importFrom generics glance
#' @importFrom generics tidy
#' @importFrom rlang .data
#' @importFrom stats predict
#' @keywords internal
"_PACKAGE"

#' @export
generics::compile

#' @export
generics::augment

#' @export
generics::glance

#' @export
generics::tidy
