# Convert sound and recordings for the core.

# Any array of numbers, with the axes it has.
py_waveform <- function(waveform, arg = rlang::caller_arg(waveform), call = rlang::caller_env()) {
  if (!is.numeric(waveform) || !length(waveform)) {
    wanted <- if (is.numeric(waveform)) "numbers, at least one" else "numbers"
    abort_argument(arg, wanted, waveform, call)
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

# Sound: numbers in -1...1, or integers, which are 16-bit samples everywhere, as tuneR has them. Of
# a sound that brings its rate, the samples alone.
py_samples <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (inherits(x, "connection")) { # a number, to R
    abort_argument(arg, "a path or samples, no connection", call = call)
  }
  sound <- own_sound(x)
  if (!is.null(sound)) x <- sound$waveform
  if (is_column(x)) x <- as.vector(x)
  array <- py_waveform(x, arg, call)
  refuse_samples_first(x, arg, call)
  if (!is.integer(x)) {
    return(array)
  }
  refuse_beyond_16_bits(x, arg, call)
  array$astype("int16")
}

# The same, and a sound that brings its rate as a pair of both.
py_heard <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  sound <- own_sound(x)
  if (is.null(sound$sample_rate)) {
    return(py_samples(x, arg, call))
  }
  reticulate::tuple(py_samples(sound$waveform, arg, call), sound$sample_rate)
}

# The same, and a list of them.
py_all_heard <- function(x, arg, call = rlang::caller_env()) {
  if (!is.list(x) || !is.null(own_sound(x))) {
    return(py_heard(x, arg, call))
  }
  names <- sprintf("%s[[%d]]", arg, seq_along(x))
  unname(Map(function(x, name) py_heard(x, name, call), x, names))
}

# One channel in a column, as seewave has it.
is_column <- function(x) is.numeric(x) && length(dim(x)) == 2 && ncol(x) == 1 && nrow(x) >= 16

# The same for what stays in R.
as_floats <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (!is.integer(x)) {
    return(x)
  }
  refuse_beyond_16_bits(x, arg, call)
  x / 32768
}

refuse_beyond_16_bits <- function(x, arg, call) {
  if (any(x < -32768L | x > 32767L)) {
    abort_argument(arg, paste(
      "integers of 16 bits, or numbers in -1...1;",
      sprintf("as_sound(%s, bits = 24) or 32 says another depth", arg)
    ), call = call)
  }
}

# Many packages have a column a channel; here a matrix has a row a channel, or a clip.
refuse_samples_first <- function(x, arg, call) {
  size <- dim(x)
  if (length(size) == 2 && size[2] %in% 1:8 && size[1] >= 16 * size[2]) {
    abort_argument(arg, sprintf(paste(
      "a matrix with a column a sample; as_sound(%s) is one sound of %d channels, t(%s) has",
      "a row a clip, or a channel of a file"
    ), arg, size[2], arg), x, call)
  }
}

# A batch of sounds; a vector is one. One that brings its rate is resampled to `rate`.
py_sound_batch <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env(), rate = NULL) {
  force(arg)
  sound <- own_sound(x)
  if (!is.null(sound)) {
    x <- sound$waveform
    if (!is.null(sound$sample_rate) && !is.null(rate)) x <- resample(sound, to_rate = rate)
    if (is.matrix(x)) x <- array(x, c(1, dim(x)))
  }
  if (is_column(x)) x <- as.vector(x)
  if (is.numeric(x) && length(dim(x)) < 2) x <- matrix(x, nrow = 1)
  py_samples(x, arg, call)
}

# Recordings of any length: paths, a table, or one sound.
py_long <- function(recordings, call = rlang::caller_env()) {
  if (are_files(recordings)) {
    return(py_files(recordings, "recordings", call))
  }
  if (!is.numeric(recordings) && is.null(own_sound(recordings))) {
    abort_argument("recordings", "paths, a data frame or one sound", recordings, call)
  }
  py_heard(recordings, "recordings", call)
}

# A path or a waveform
py_sound <- function(sound, call = rlang::caller_env()) {
  if (is.null(sound)) {
    return(NULL)
  }
  heard <- is.numeric(sound) || !is.null(own_sound(sound))
  if (heard) py_heard(sound, "sound", call) else py_path(sound, "sound", call)
}

py_recordings <- function(recordings, call = rlang::caller_env(), arg = "recordings") {
  if (inherits(recordings, "hearingai_generator")) {
    return(py_object(recordings, call))
  }
  if (are_files(recordings)) {
    return(py_files(recordings, arg, call))
  }
  sound <- own_sound(recordings)
  if (is.null(sound$sample_rate) && is.matrix(sound$waveform)) {
    recordings <- list(sound$waveform) # one, of several channels
  }
  if (is.numeric(recordings) || is.list(recordings) || !is.null(sound)) {
    return(py_all_heard(recordings, arg, call))
  }
  abort_argument(arg, "paths, a data frame or sound", recordings, call)
}

# Paths in a vector, a factor or a list, or a table of them.
are_files <- function(x) {
  texts <- is.list(x) && length(x) && all(vapply(x, rlang::is_string, logical(1)))
  is.data.frame(x) || is.character(x) || is.factor(x) || texts
}

# Paths, or a table of them without classes.
py_files <- function(files, arg, call = rlang::caller_env()) {
  if (!is.data.frame(files)) {
    if (is.list(files)) files <- as.character(unlist(files))
    return(py_paths(unlist(py_strings(files, arg, call))))
  }
  require_columns(files, "fname", arg, call)
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
  if (is.list(source) || !is.null(own_sound(source))) {
    return(py_all_heard(source, "source", call))
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
  if (is.numeric(x) || !is.null(own_sound(x))) {
    return(py_heard(x, arg, call))
  }
  if (!is.null(x)) py_files(x, arg, call)
}

# A folder, paths, a table or sounds.
py_examples <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  force(arg)
  if (rlang::is_string(x)) {
    return(py_path(x, arg, call))
  }
  if (is.data.frame(x)) {
    require_columns(x, "fname", arg, call)
    kept <- intersect(c("fname", "start", "end", "speaker", "source", "fold"), names(x))
    return(py_table(x[kept], "fname", arg, call))
  }
  if (are_files(x)) {
    return(py_files(x, arg, call))
  }
  if (!is.numeric(x) && !is.list(x) && is.null(own_sound(x))) {
    abort_argument(arg, "a folder, paths, a data frame or sound", x, call)
  }
  py_all_heard(x, arg, call)
}

# A block of sound; none is a vector, or a matrix without columns.
py_block <- function(block, several, call = rlang::caller_env()) {
  sound <- own_sound(block)
  if (!is.null(sound$sample_rate)) {
    return(py_heard(sound, "block", call))
  }
  if (!is.numeric(block)) abort_argument("block", "numbers", block, call)
  refuse_na(block, "block", call)
  if (several && length(dim(block)) != 2) {
    abort_argument("block", "a matrix of channels by samples", block, call)
  }
  block <- if (several) block else as.vector(block)
  if (length(block)) {
    return(py_samples(block, "block", call))
  }
  reticulate::np_array(block, dtype = if (is.integer(block)) "int16" else "float64")
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
  if (is.list(noise) && is.null(own_sound(noise))) {
    return(py_all_heard(noise, arg, call))
  }
  list(py_heard(noise, arg, call))
}
