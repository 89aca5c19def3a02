# Sound and recordings, as the core takes them.

# Sound, or any array of numbers, with the axes it has.
py_waveform <- function(waveform, arg = rlang::caller_arg(waveform), call = rlang::caller_env()) {
  if (!is.numeric(waveform) || !length(waveform)) {
    abort_argument(arg, "numbers", waveform, call)
  }
  refuse_na(waveform, arg, call)
  reticulate::np_array(if (length(dim(waveform)) > 1) waveform else as.vector(waveform))
}

# A batch of clips; a vector is one.
py_batch <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (is.numeric(x) && length(dim(x)) < 2) x <- matrix(x, nrow = 1)
  py_waveform(x, arg, call)
}

# Numbers a clip and a label: a matrix, or a data frame of such columns.
py_matrix <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (is.data.frame(x)) x <- as.matrix(x)
  if (!is.matrix(x) || !is.numeric(x)) {
    abort_argument(arg, "a matrix or data frame of numbers", x, call)
  }
  py_waveform(x, arg, call)
}

# Sound as numbers in -1...1, also where R took whole numbers for integers.
py_samples <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (is.integer(x)) storage.mode(x) <- "double"
  py_waveform(x, arg, call)
}

# Recordings to be heard as a whole: paths, a table, or one sound.
py_long <- function(recordings, call = rlang::caller_env()) {
  if (is.data.frame(recordings) || is.character(recordings)) {
    return(py_files(recordings, "recordings", call))
  }
  if (!is.numeric(recordings)) {
    abort_argument("recordings", "paths, a data frame or one sound", recordings, call)
  }
  py_samples(recordings, "recordings", call)
}

# A path or a waveform
py_sound <- function(sound, call = rlang::caller_env()) {
  if (is.null(sound)) {
    return(NULL)
  }
  if (is.numeric(sound)) py_waveform(sound, "sound", call) else py_path(sound, "sound", call)
}

py_recordings <- function(recordings, call = rlang::caller_env(), arg = "recordings") {
  if (is.data.frame(recordings) || is.character(recordings)) {
    return(py_files(recordings, arg, call))
  }
  if (is.numeric(recordings)) {
    return(py_waveform(recordings, arg, call))
  }
  if (is.list(recordings)) {
    names <- sprintf("%s[[%d]]", arg, seq_along(recordings))
    return(unname(Map(function(x, name) py_waveform(x, name, call), recordings, names)))
  }
  abort_argument(arg, "paths, a data frame or sound", recordings, call)
}

# Paths, or a table of them that needs no classes.
py_files <- function(files, arg, call = rlang::caller_env()) {
  if (is.character(files)) {
    return(py_paths(unlist(py_strings(files, arg, call))))
  }
  known <- intersect(c("fname", "record", "start", "end"), names(files))
  py_table(files[known], "fname", arg, call)
}

# A matrix is one recording of several channels or frames here, not several recordings.
py_one_recording <- function(recording, call = rlang::caller_env()) {
  one <- is.numeric(recording) && length(dim(recording)) == 2 && nrow(recording) > 1
  py_recordings(if (one) list(recording) else recording, call, "recording")
}

# A microphone, a path, or a list of chunks.
py_source <- function(source, call = rlang::caller_env()) {
  if (is.list(source)) {
    names <- sprintf("source[[%d]]", seq_along(source))
    return(unname(Map(function(x, name) py_samples(x, name, call), source, names)))
  }
  if (is.character(source)) {
    return(py_path(source, "source", call))
  }
  if (is.null(source) || rlang::is_scalar_integerish(source)) {
    return(py_int(source, "source", call))
  }
  abort_argument("source", "a path, the number of a microphone, a list of chunks, or NULL", source,
    call
  )
}

# Recordings, or a table of them.
py_background <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (is.data.frame(x)) {
    return(py_table(x, "fname", arg, call))
  }
  paths <- py_strings(x, arg, call)
  if (!is.null(paths)) py_paths(unlist(paths))
}

# A folder, paths or a table.
py_examples <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (rlang::is_string(x)) {
    return(py_path(x, arg, call))
  }
  if (is.data.frame(x)) {
    kept <- intersect(c("fname", "start", "end", "speaker", "source", "fold"), names(x))
    return(py_table(x[kept], "fname", arg, call))
  }
  py_paths(unlist(py_strings(x, arg, call)))
}

# A block of sound; none is a vector, or a matrix without columns.
py_block <- function(block, several, call = rlang::caller_env()) {
  if (!is.numeric(block)) abort_argument("block", "numbers", block, call)
  refuse_na(block, "block", call)
  if (!several) {
    return(reticulate::np_array(as.double(block)))
  }
  if (length(dim(block)) != 2) {
    abort_argument("block", "a matrix of channels by samples", block, call)
  }
  reticulate::np_array(block, dtype = "float64")
}

py_noise <- function(noise, arg = "noise", call = rlang::caller_env()) {
  if (is.null(noise)) {
    return(NULL)
  }
  if (is.data.frame(noise)) {
    return(py_table(noise, "fname", arg, call))
  }
  if (is.character(noise)) {
    return(py_paths(unlist(py_strings(noise, arg, call))))
  }
  each <- if (is.list(noise)) noise else list(noise)
  names <- if (is.list(noise)) sprintf("%s[[%d]]", arg, seq_along(each)) else arg
  unname(Map(function(x, name) {
    sound <- py_waveform(x, name, call)
    if (is.integer(x)) sound$astype("float64") else sound
  }, each, names))
}
