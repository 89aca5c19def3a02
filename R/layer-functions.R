# Layers of the core, augmentations and front ends, as functions of arrays.

# Arguments that are sound, in a list of settings too.
sounds_held <- c("noise", "responses")

# An augmentation. Without a seed each call starts from one of R's.
new_augmentation <- function(name, ..., seed = NULL, .call = rlang::caller_env()) {
  layer <- py_call(name, ..., seed = seed, .call = .call)
  given <- mget(names(formals(name)), envir = .call)
  handle <- rlang::exec("new_handle", layer, name, !!!given)
  change <- function(x, labels, training, call) {
    start <- if (training && is.null(seed)) py_seed(NULL)
    is_image <- is.double(x) || length(dim(x)) == 4
    batch <- if (is_image) py_batch(x, "x", call) else py_sound_batch(x, "x", call)
    py_call("bridge.change", py_of(handle, call), batch,
      labels = labels, training = py_flag(training, call = call), seed = start, .call = call
    )
  }
  augmentation <- if (layer$mixes) {
    function(x, labels, training = TRUE) {
      change(x, py_labels(labels), training, environment())
    }
  } else {
    function(x, training = TRUE) change(x, NULL, training, environment())
  }
  new_function(augmentation, "hearingai_augmentation", handle, name = name)
}

#' @export
format.hearingai_augmentation <- function(x, ...) {
  settings <- py_object(x)$get_config()
  settings <- settings[setdiff(names(settings), c("name", "dtype", "trainable", sounds_held))]
  settings <- Filter(Negate(is.null), settings)
  settings <- settings[order(names(settings) == "probability")]
  values <- vapply(settings, function(v) paste(unique(unlist(v)), collapse = " to "), character(1))
  sprintf("<augmentation %s: %s>", attr(x, "name"), toString(paste(names(values), values)))
}

# A front end, made by the function `name` of `given`: a function from arrays of
# waveforms, or of images, to images.
new_frontend <- function(layer, name, says, given, of = "waveforms") {
  handle <- rlang::exec("new_handle", layer, name, !!!given)
  frontend_of(handle, paste0(name, ": ", says), of, given$sample_rate)
}

frontend_of <- function(handle, title, of, sample_rate = NULL) {
  front_end <- switch(of,
    waveforms = function(waveforms) {
      py_call("bridge.apply", py_of(handle), py_sound_batch(waveforms, rate = sample_rate))
    },
    images = function(images) {
      py_call("bridge.apply", py_of(handle), py_waveform(images))
    }
  )
  new_function(front_end, "hearingai_frontend", handle, title = title)
}

windows_of <- function(layer) {
  sprintf("windows of %g ms every %g ms at %g Hz", layer$window_size_ms, layer$window_stride_ms,
    layer$sample_rate
  )
}

axis_of <- function(axis) switch(axis, all = "all values", paste("each", axis))

#' @export
format.hearingai_frontend <- function(x, ...) sprintf("<front end %s>", attr(x, "title"))
