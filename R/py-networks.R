# Networks for the core: names, layers described in R, functions and models of Keras.

py_architecture <- function(network, arg = "network", call = rlang::caller_env(),
                            name = "network") {
  if (is.null(network) || inherits(network, "python.builtin.object")) {
    return(network)
  }
  if (inherits(network, "hearingai_network")) {
    if (!is.null(network$config)) {
      return(py_call("bridge.architecture", network$config, .call = call))
    }
    layers <- lapply(network$layers, py_layer, call = call)
    shape <- if (!is.null(network$input_shape)) as.list(network$input_shape)
    if (!is.null(network$name)) name <- network$name
    return(py_call("bridge.Layers", layers, input_shape = shape, name = name, .call = call))
  }
  if (is.function(network)) {
    return(py_maker(network, arg, call, name))
  }
  wanted <- "the name of a network, network(), a Keras model or function(input_shape, n_classes)"
  py_string(network, arg, call, wanted)
}

# A function of R that makes networks: it gets R's values, and may return a network of either kind.
py_maker <- function(make, arg, call, name) {
  takes <- names(formals(args(make)))
  named <- setdiff(takes, "...")
  if (length(named) < 2 && !"..." %in% takes) {
    abort_argument(arg, "a function of `input_shape` and `n_classes`", make, call)
  }
  called <- function(input_shape, n_classes, ...) {
    made <- make(as.integer(unlist(input_shape)), n_classes, ...)
    wanted <- inherits(made, c("hearingai_network", "python.builtin.object"))
    if (!wanted) abort_argument(arg, "a function that returns a network", made, call)
    py_architecture(made, arg, call, name)
  }
  py_call("bridge.Function", called, as.list(named[-(1:2)]), name = name, .call = call)
}

# A network that outlives the session: a model of Keras, as text.
kept_network <- function(network, call = rlang::caller_env()) {
  if (!inherits(network, "python.builtin.object")) {
    return(network)
  }
  text <- py_call("bridge.architecture_text", network, .call = call)
  new_object("hearingai_network", input_shape = NULL, layers = list(), config = text)
}

# A layer, described.
py_layer <- function(layer, call = rlang::caller_env()) {
  names <- rlang::names2(layer$args)
  shown <- ifelse(nzchar(names), names, paste("argument", seq_along(names)))
  values <- Map(py_layer_value, layer$args, shown, MoreArgs = list(call = call))
  list(
    layer = layer$name, args = unname(values[!nzchar(names)]),
    options = do.call(reticulate::dict, values[nzchar(names)])
  )
}

py_layer_value <- function(x, arg, call) {
  if (is.null(x) || inherits(x, "python.builtin.object")) {
    return(x)
  }
  if (inherits(x, "hearingai_layer")) {
    return(py_layer(x, call))
  }
  if (is.list(x) && !is.object(x)) {
    values <- Map(py_layer_value, x, arg, MoreArgs = list(call = call))
    return(if (rlang::is_named(x)) do.call(reticulate::dict, values) else unname(values))
  }
  py_plain_value(x, arg, call)
}

# A vector of length one is a value, any other one a list.
py_plain_value <- function(x, arg, call) {
  if (is.factor(x)) x <- as.character(x)
  if (!is.atomic(x)) {
    wanted <- "numbers, text, TRUE, FALSE, NULL, or a layer; functions go by their name in Keras"
    abort_argument(arg, wanted, x, call)
  }
  refuse_na(x, arg, call)
  x <- whole(x)
  if (length(x) == 1 || !is.null(dim(x))) x else as.list(unname(x))
}
