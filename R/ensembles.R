#' Ask several classifiers together
#'
#' The weighted mean of their probabilities is right more often than each alone, most of all where
#' they err differently, as a small network and a head on a pretrained body do. [predict()],
#' [evaluate()], [embed()], [explain()], [augment()], [annotate()], [Stream()], [listen()] and
#' [gate()] take the result like a classifier. Save and load its members.
#'
#' @param classifiers A list of at least two classifiers, also exported ones, of the same labels in
#'   any order, which take clips of the same rate, length and channels.
#' @param weights How much each counts, numbers above 0, in the order of the classifiers or named as
#'   they are; `NULL` counts all alike. Choose them on clips that neither taught nor test.
#' @inheritParams predict.hearingai_classifier
#' @param object,x An ensemble.
#' @return An object of class `hearingai_ensemble`, with its `labels`, in the order of the first
#'   classifier's.
#' @family classifier
#' @concept model averaging
#' @export
#' @examplesIf hearingai_available()
#' a <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' b <- create_classifier("speech-commands-small", c("no", "yes"), seed = 2)
#' both <- ensemble(list(a, b), weights = c(2, 1))
#' both
#' predict(both, two_tone())
ensemble <- function(classifiers, weights = NULL) {
  if (is.object(classifiers)) { # one classifier, which is a list too
    abort_argument("classifiers", "a list of at least two classifiers", classifiers)
  }
  weights <- weights_of_members(weights, names(classifiers))
  py <- make_ensemble(classifiers, weights)
  new_object("hearingai_ensemble",
    handle = new_handle(py, "make_ensemble", classifiers, weights),
    labels = as.character(unlist(py$labels)), members = names(classifiers)
  )
}

make_ensemble <- function(classifiers, weights, call = rlang::caller_env()) {
  if (!is.list(classifiers) || length(classifiers) < 2) {
    abort_argument("classifiers", "a list of at least two classifiers", classifiers, call)
  }
  places <- sprintf("classifiers[[%d]]", seq_along(classifiers))
  members <- Map(function(x, place) py_classifier(x, call, place), unname(classifiers), places)
  py_call("ensemble", unname(members), weights = py_numbers(weights, call = call), .call = call)
}

# Weights with names in the order of the classifiers of these names.
weights_of_members <- function(weights, members, call = rlang::caller_env()) {
  if (is.null(names(weights))) {
    return(weights)
  }
  if (anyDuplicated(members) || !setequal(names(weights), members) ||
    length(weights) != length(members)) {
    wanted <- "without names, or have those of `classifiers`, each once"
    abort_argument("weights", wanted, call = call)
  }
  unname(weights[members])
}

#' @export
format.hearingai_ensemble <- function(x, ...) {
  shares <- sprintf("%s %.3g", kinds_of(x), as.numeric(x$py$weights))
  names <- if (is.null(x$members)) "" else ifelse(nzchar(x$members), paste0(x$members, ": "), "")
  c(
    sprintf("<ensemble of %d classifiers: %d labels>", length(shares), length(x$labels)),
    paste0("  labels      ", labels_state(x$labels)),
    paste0("  clip        ", clip_state(x)),
    sprintf("  body        %s", bodies_state(x$py)),
    paste0("  members     ", paste0(names, shares, collapse = ", "))
  )
}

# What kind of classifier each member is.
kinds_of <- function(x) {
  vapply(x$py$classifiers, function(py) {
    if (!is.null(py$recipe)) {
      return(py$recipe)
    }
    several <- reticulate::py_has_attr(py, "classifiers")
    if (several) sprintf("ensemble of %d", length(py$classifiers)) else "of its own making"
  }, "")
}

#' @rdname ensemble
#' @return `glance()` returns one row: `n_classifiers`, `n_labels`, `members` (the recipes, as text)
#'   and `fingerprint`.
#' @export
glance.hearingai_ensemble <- function(x, ...) {
  check_unused(...)
  kinds <- kinds_of(x)
  tibble::tibble(
    n_classifiers = length(kinds), n_labels = length(x$labels), members = toString(kinds),
    fingerprint = fingerprint(x)
  )
}
