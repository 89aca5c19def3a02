# Python objects inside R objects. After saveRDS(), in a saved workspace or in another process they
# are lost, and created again on first use from R values stored beside them.

# `fun` names the function of this package that creates the object again from `...`.
new_handle <- function(py, fun, ...) {
  handle <- new.env(parent = emptyenv())
  handle$py <- py
  keep_by(handle, fun, ...)
}

keep_by <- function(handle, fun, ...) {
  handle$fun <- fun
  handle$args <- list(...)
  invisible(handle)
}

handle_of <- function(x) {
  if (is.function(x)) attr(x, "handle", exact = TRUE) else .subset2(x, "handle")
}

py_object <- function(x, call = rlang::caller_env()) py_of(handle_of(x), call)

# The Python object, created again if this session does not have it.
py_of <- function(handle, call = rlang::caller_env()) {
  refuse_fork(call)
  if (reticulate::py_is_null_xptr(handle$py)) {
    core(call) # where Python cannot start, the error is the caller's
    fun <- get(handle$fun, envir = topenv(), mode = "function")
    made <- tryCatch(rlang::exec(fun, !!!handle$args), hearingai_error = function(e) {
      e$call <- rlang::error_call(call) # the user knows nothing of `fun`
      stop(e)
    })
    handle$py <- if (inherits(made, "python.builtin.object")) made else py_object(made, call)
  }
  handle$py
}

# `x$py` is the Python object, whichever session created it.
#' @export
`$.hearingai_object` <- function(x, name) {
  if (identical(name, "py") && !is.null(handle_of(x))) {
    return(py_object(x, rlang::caller_env()))
  }
  .subset2(x, name)
}

# An object with a state, such as a stream, cannot be created again.
refuse_gone <- function(py, what, call = rlang::caller_env()) {
  if (reticulate::py_is_null_xptr(py)) {
    cli::cli_abort(
      c("The {what} was left behind in another R session.", i = "Begin a new one."),
      class = "hearingai_error", call = call
    )
  }
  py
}

# A classifier or a layer of the core as raw bytes.
pack <- function(py, call = rlang::caller_env()) py_call("bridge.pack", py, .call = call)

unpack <- function(bytes, body = NULL) {
  py_call("bridge.unpack", bytes, body = py_body_itself(body))
}
