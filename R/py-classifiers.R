# The Python objects of this package's objects: classifiers, front ends and results.

# A classifier, an exported one or several together.
py_classifier <- function(classifier, call = rlang::caller_env(), arg = "classifier") {
  if (inherits(classifier, c("hearingai_exported", "hearingai_ensemble"))) {
    return(py_object(classifier, call))
  }
  py_network(classifier, call, arg = arg)
}

# A classifier with its network, which exported ones lack.
py_network <- function(classifier, call = rlang::caller_env(), wanted = "a classifier",
                       arg = "classifier") {
  if (!inherits(classifier, "hearingai_classifier")) {
    other <- inherits(classifier, c("hearingai_exported", "hearingai_ensemble"))
    if (other) wanted <- paste(wanted, "with its own network")
    abort_argument(arg, wanted, classifier, call)
  }
  py_object(classifier, call)
}

# A body, or the name of one.
py_body <- function(body, arg = "body", call = rlang::caller_env()) {
  if (inherits(body, "hearingai_body")) {
    return(py_object(body, call))
  }
  py_string(body, arg, call, "a body such as get_body() gives, or the name of one")
}

# A body, found by its name where that is given.
py_body_itself <- function(body, call = rlang::caller_env()) {
  body <- py_body(body, call = call)
  if (is.character(body)) py_call("get_body", body, .call = call) else body
}

# The layer behind a front end, or behind that of a classifier
py_frontend <- function(frontend, call = rlang::caller_env()) {
  if (is.null(frontend)) {
    return(NULL)
  }
  if (inherits(frontend, "hearingai_classifier")) {
    return(py_network(frontend, call)$frontend)
  }
  if (!inherits(frontend, "hearingai_frontend")) {
    abort_argument("frontend", "a front end such as LogMel(), or a classifier", frontend, call)
  }
  py_object(frontend, call)
}

# Front ends for a recipe, one after the other.
py_frontends <- function(frontend, arg = "frontend", call = rlang::caller_env()) {
  layers <- if (inherits(frontend, "hearingai_frontend")) list(frontend) else frontend
  known <- is.list(layers) && length(layers)
  if (!known || !all(vapply(layers, inherits, logical(1), "hearingai_frontend"))) {
    abort_argument(arg, "a front end such as LogMel(), or a list of them", frontend, call)
  }
  unname(lapply(layers, py_object))
}

py_gated <- function(gated, call = rlang::caller_env()) {
  if (!inherits(gated, "hearingai_gated")) {
    abort_argument("gated", "what gate() returned", gated, call)
  }
  fields <- unclass(gated)
  fields$track <- core(call)$bridge$columns(lapply(fields$track, reticulate::np_array))
  fields$source <- py_sound(fields$source, call)
  if (!is.null(fields$sound)) fields$sound <- py_samples(fields$sound)
  core(call)$bridge$gated(fields)
}

# The explanation as an object of the core.
py_explanation <- function(explanation, call = rlang::caller_env()) {
  if (!inherits(explanation, "hearingai_explanation")) {
    abort_argument("explanation", "what explain() returned", explanation, call)
  }
  fields <- unclass(explanation)
  fields$label <- as.character(fields$label)
  core(call)$bridge$explanation(fields)
}

# The predictions of an evaluation with the truth beside them, as the core has them.
py_answers <- function(evaluation, call = rlang::caller_env()) {
  labels <- as.character(evaluation$per_class$label)
  predictions <- evaluation$predictions
  table <- tibble::tibble(error = predictions$.error)
  if ("labels" %in% names(predictions)) {
    table$true_labels <- vapply(predictions$labels, paste, "", collapse = ";")
  } else {
    table$class <- as.character(predictions$class)
  }
  table[paste0("prob_", labels)] <- predictions[prob_columns(labels)]
  py_table(table, character(), "evaluation", call)
}

# What evaluate() returned, as an object of the core.
py_evaluation <- function(evaluation, call = rlang::caller_env()) {
  if (is.null(evaluation)) {
    return(NULL)
  }
  if (!inherits(evaluation, "hearingai_evaluation")) {
    abort_argument("evaluation", "what evaluate() returned", evaluation, call)
  }
  table <- function(name) py_table(evaluation[[name]], character(), "evaluation", call)
  core(call)$bridge$evaluation(list(
    predictions = py_answers(evaluation, call),
    metrics = table("metrics"), per_class = table("per_class"), errors = table("errors"),
    n = as.integer(evaluation$n), loss = evaluation$loss,
    n_seen = if (!is.na(evaluation$n_seen)) as.integer(evaluation$n_seen),
    left_out = as.list(evaluation$left_out),
    groups = if (!is.null(evaluation$groups)) as.list(evaluation$groups),
    grouped_by = evaluation$grouped_by
  ))
}
