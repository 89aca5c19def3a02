#' Build a network layer by layer
#'
#' `network()` begins a network and `layer()` adds to it any layer of Keras, by its own name and
#' with its own arguments. What results is a description in R, of which a Keras model is made where
#' it is used: as `network` of [get_recipe()], [fit()][fit.hearingai_classifier] and
#' [create_classifier()], which draw its weights by their `seed`. A network takes what the front end
#' gives, such as 98 frames of 257 bins and 1 channel, and gives the probability of each label.
#'
#' Wherever a network is taken, it may also be
#' \describe{
#'   \item{the name of one}{see [networks];}
#'   \item{a function of `input_shape` and `n_classes`}{which returns a network of the right size,
#'     built here or by Keras. It is called once for each classifier, with its further arguments, if
#'     any, as `network_options`. The weights that a Keras model comes with are kept;}
#'   \item{a Keras model}{of the package keras3 or of reticulate, sequential or functional. Its
#'     layers are taken, with new weights that are drawn by the seed of each training.}
#' }
#'
#' Every layer must be one that a file may hold: no `Lambda`, and no functions but those of Keras.
#'
#' The package ggplot2 has a `layer()` too, which draws on plots: what has a `geom` or a `stat` is
#' handed on to it, whichever package is attached first.
#'
#' @param input_shape Shape of one image, `c(frames, bins, channels)`, or of one clip's embeddings,
#'   `c(frames, values)`; `NULL` takes what the front end gives.
#' @param name Its name, which [classifier_info()] tells; `NULL` is `network`.
#' @return A network; `layer()` without one returns the layer alone, to be an argument of another
#'   one, such as `Bidirectional`. Printing a network shows its layers, and where the shape of its
#'   input is known the shapes of their outputs and their parameters.
#' @family classifier
#' @export
#' @examplesIf hearingai_available()
#' small <- network(c(98, 257, 1)) |>
#'   layer("Conv2D", 16, 3, activation = "relu") |>
#'   layer("MaxPooling2D", c(4, 4)) |>
#'   layer("Flatten") |>
#'   layer("Dropout", 0.25) |>
#'   layer("Dense", 2, activation = "softmax")
#' small
#' create_classifier("speech-commands", c("no", "yes"), network = small, seed = 1)
#'
#' # for any front end and any number of labels
#' recurrent <- function(input_shape, n_classes, units = 32) {
#'   network(input_shape) |>
#'     layer("Reshape", c(input_shape[1], prod(input_shape[-1]))) |>
#'     layer("Bidirectional", layer("GRU", units)) |>
#'     layer("Dense", n_classes, activation = "softmax")
#' }
#' get_recipe("words", network = recurrent, network_options = list(units = 16))
network <- function(input_shape = NULL, name = NULL) {
  if (!is.null(input_shape)) {
    whole <- is.numeric(input_shape) && rlang::is_integerish(input_shape)
    if (!whole || length(input_shape) < 2 || anyNA(input_shape) || any(input_shape < 1)) {
      abort_argument("input_shape", "c(frames, bins, channels) or c(frames, values)", input_shape)
    }
    input_shape <- as.integer(input_shape)
  }
  new_object("hearingai_network",
    input_shape = input_shape, layers = list(), name = py_string(name)
  )
}

#' @rdname network
#' @param .network A network, which the layer is added to; may be left out.
#' @param .layer Name of a layer of Keras, such as `"Conv2D"`.
#' @param ... Its arguments as Keras has them, in their order or by name. Whole numbers are whole,
#'   vectors are tuples, lists with names are dicts, and `NULL` is `None`. Axes are counted as Keras
#'   does, from 0 with the batch.
#' @export
layer <- function(.network, .layer = NULL, ...) {
  if (any(c("geom", "stat") %in% names(sys.call()))) { # of a plot
    call <- sys.call()
    call[[1]] <- quote(ggplot2::layer)
    return(eval(call, parent.frame()))
  }
  added <- !missing(.network) && inherits(.network, "hearingai_network")
  if (added) {
    if (is.null(.layer)) {
      abort_argument(".layer", "the name of a layer such as \"Conv2D\"", NULL)
    }
    made <- new_layer(.layer, list(...), ".layer")
    .network$layers <- c(.network$layers, list(made))
    return(.network)
  }
  if (missing(.network) || !rlang::is_string(.network)) {
    wanted <- "a network that network() begins, or the name of a layer such as \"Conv2D\""
    abort_argument(".network", wanted, if (missing(.network)) NULL else .network)
  }
  new_layer(.network, c(if (!missing(.layer)) list(.layer), list(...)), ".network")
}

# A layer that Keras has, with arguments that it takes.
new_layer <- function(name, args, arg, call = rlang::caller_env()) {
  py_call("bridge.check_layer_name", py_string(name, arg, call), .call = call)
  made <- new_object("hearingai_layer", name = name, args = args)
  py_call("bridge.check_layer", py_layer(made, call), .call = call)
  made
}

#' @export
format.hearingai_layer <- function(x, ...) sprintf("<layer %s>", layer_state(x))

layer_state <- function(x) {
  values <- vapply(x$args, value_state, character(1))
  names <- rlang::names2(x$args)
  sprintf("%s(%s)", x$name, toString(ifelse(nzchar(names), paste(names, "=", values), values)))
}

value_state <- function(x) {
  if (inherits(x, "hearingai_layer")) {
    return(layer_state(x))
  }
  if (is.list(x) || is.atomic(x)) deparse1(x) else sprintf("<%s>", class(x)[[1]])
}

#' @export
format.hearingai_network <- function(x, ...) {
  shown <- tryCatch(
    py_call("bridge.describe_network", py_architecture(x)),
    hearingai_error = function(e) cli::ansi_strip(conditionMessage(e))
  )
  if (is.character(shown) || is.null(shown$shapes)) {
    layers <- vapply(x$layers, layer_state, character(1))
    of <- if (is.null(x$input_shape)) "any shape" else shape_state(x$input_shape)
    return(c(
      sprintf("<network for %s: %s>", of, count_state(length(layers))),
      if (length(layers)) paste0("  ", layers),
      if (is.character(shown)) paste0("  but ", shown)
    ))
  }
  parameters <- format(c(unlist(shown$parameters), 0L), big.mark = ",")[seq_along(shown$layers)]
  total <- format(sum(unlist(shown$parameters)), big.mark = ",")
  c(
    sprintf("<network for %s: %s, %s parameters>", shape_state(unlist(shown$input)),
      count_state(length(shown$layers)), total
    ),
    paste0("  ", format(unlist(shown$layers)), "  ", format(unlist(shown$shapes)), "  ", parameters)
  )
}

shape_state <- function(shape) paste(shape, collapse = " x ")

count_state <- function(n) paste(n, if (n == 1) "layer" else "layers")
