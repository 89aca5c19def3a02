#' Set optimizer, loss and metrics of a classifier
#'
#' For the next trainings of the classifier, as Keras's `compile()` does for its models. What is set
#' is saved with the classifier; what [fit()][fit.hearingai_classifier] is given goes before it, and
#' what neither sets is the recipe's. An optimizer of the recipe, named again, has the recipe's
#' learning rate: that of the Adadelta of `speech-commands` is 1.0, as it was by default when the
#' system was published; Keras's default today, 0.001, trains nothing.
#'
#' @param object A classifier.
#' @param optimizer Name of a Keras optimizer, or one that the package keras3 makes.
#' @param loss Name of a Keras loss of one-hot classes, or one that the package keras3 makes; `NULL`
#'   is the cross-entropy.
#' @param metrics Names of Keras metrics of one-hot classes, or metrics that the package keras3
#'   makes, one or a list, beside the accuracy. [training_history()] has a column each.
#' @param learning_rate Learning rate of an optimizer given by its name.
#' @param ... Not used.
#' @return A new classifier with these settings; `object` stays as it is.
#' @family classifier
#' @rdname compile.hearingai_classifier
#' @export
#' @examplesIf hearingai_available()
#' classifier <- create_classifier("speech-commands", c("no", "yes"), seed = 1) |>
#'   compile(optimizer = "adadelta", loss = "categorical_crossentropy", metrics = "accuracy")
#' classifier
compile.hearingai_classifier <- function(object, optimizer = NULL, loss = NULL, metrics = NULL,
                                         learning_rate = NULL, ...) {
  check_unused(...)
  new_classifier(py_call("bridge.compile", py_network(object, arg = "object"),
    optimizer = py_made(optimizer), loss = py_made(loss), metrics = py_metrics(metrics),
    learning_rate = py_number(learning_rate)
  ))
}
