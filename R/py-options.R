# Named settings: options in lists, weights, rules of events, search spaces.

# "balanced", or weights named by label.
py_weights <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (is.null(x) || rlang::is_string(x)) {
    return(py_string(x, arg, call))
  }
  if (is.list(x)) x <- unlist(x)
  if (!is.numeric(x) || !rlang::is_named(x)) {
    abort_argument(arg, "\"balanced\", or numbers named by label such as c(yes = 2)", x, call)
  }
  refuse_na(x, arg, call)
  as.list(x)
}

# Labels by the name of their group.
py_groups <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env()) {
  if (!is.list(x) || !rlang::is_named(x)) {
    abort_argument(arg, "a list such as list(unknown = c(\"bed\", \"bird\"))", x, call)
  }
  twice <- anyDuplicated(names(x))
  if (twice) {
    wanted <- sprintf("a list without two groups called \"%s\"", names(x)[[twice]])
    abort_argument(arg, wanted, call = call)
  }
  Map(function(labels, name) {
    arg <- sprintf("%s$%s", arg, name)
    if (is.null(labels)) abort_argument(arg, "a character vector", labels, call)
    py_strings(labels, arg, call)
  }, x, names(x))
}

# Arguments in `...`, each converted by the function of its name.
py_named <- function(given, convert, of, call = rlang::caller_env()) {
  refuse_unknown(rlang::names2(given), names(convert), of, call)
  Map(function(value, name) convert[[name]](value, name, call), given, names(given))
}

# A named list of plain options as a dict, empty or not; whole numbers are whole unless `exact`.
py_options <- function(x, arg = rlang::caller_arg(x), call = rlang::caller_env(), exact = FALSE) {
  if (!is.list(x) || !all(nzchar(rlang::names2(x)))) {
    abort_argument(arg, "a list of named options", x, call)
  }
  x <- Map(function(value, name) py_option(value, sprintf("%s$%s", arg, name), call, exact),
    x, rlang::names2(x)
  )
  do.call(reticulate::dict, x)
}

py_option <- function(x, arg, call, exact = FALSE) {
  if (is.list(x)) {
    return(unname(Map(function(value, i) py_option(value, sprintf("%s[[%d]]", arg, i), call, exact),
      x, seq_along(x)
    )))
  }
  if (is.function(x) || !is.null(x) && !is.atomic(x)) {
    abort_argument(arg, "plain values", x, call)
  }
  refuse_na(x, arg, call)
  if (is.factor(x)) x <- as.character(x)
  if (is.numeric(x) && length(x) > 2) {
    return(py_waveform(as.double(x), arg, call)) # sound, not a setting
  }
  if (exact) x else whole(x)
}

# The rules by which probabilities become events, for the core.
py_rules <- function(window, hop, threshold, low, smooth, min_duration, min_gap, refractory,
                     labels, ignore, call = rlang::caller_env()) {
  c(
    py_times(window, hop, smooth, min_duration, min_gap, refractory, labels, ignore, call = call),
    list(threshold = py_levels(threshold, call = call), low = py_levels(low, call = call))
  )
}

# The same without the thresholds.
py_times <- function(window, hop, smooth, min_duration, min_gap, refractory, labels, ignore,
                     call = rlang::caller_env()) {
  list(
    window = py_number(window, call = call), hop = py_number(hop, call = call),
    smooth = py_number(smooth, call = call), min_duration = py_number(min_duration, call = call),
    min_gap = py_number(min_gap, call = call), refractory = py_number(refractory, call = call),
    labels = py_strings(labels, call = call), ignore = py_strings(ignore, call = call)
  )
}

# Settings that are never restricted to whole numbers.
fractions <- c("learning_rate", "clipnorm", "weight_decay", "momentum")

py_space <- function(space, call = rlang::caller_env()) {
  if (!is.list(space) || !length(space) || !rlang::is_named(space)) {
    wanted <- "a named list of vectors or ranges, such as list(batch_size = c(8, 32))"
    abort_argument("space", wanted, space, call)
  }
  Map(py_tried, space, names(space), MoreArgs = list(call = call))
}

# What is tried of one setting.
py_tried <- function(values, name, call) {
  arg <- paste0("space$", name)
  if (inherits(values, "hearingai_network")) values <- list(values)
  if (name == "network" && is.list(values)) {
    py_networks(values, arg, call)
  } else if (is.list(values) && rlang::is_named(values)) {
    py_bounds(values, name %in% fractions, arg, call)
  } else if (name == "augment" && is.list(values)) {
    lapply(values, py_augment, arg, call)
  } else {
    py_values(values, name %in% fractions, arg, call)
  }
}

# Networks by name, or called as in the list.
py_networks <- function(networks, arg, call) {
  called <- rlang::names2(networks)
  called[!nzchar(called)] <- "network"
  Map(function(network, at, name) py_architecture(network, at, call, name),
    unname(networks), sprintf("%s[[%d]]", arg, seq_along(networks)), called
  )
}

py_bounds <- function(values, exact, arg, call) {
  numbers <- values[setdiff(names(values), "log")]
  for (name in names(numbers)) py_number(values[[name]], paste0(arg, "$", name), call)
  if (!is.null(values$log)) py_flag(values$log, paste0(arg, "$log"), call)
  all_whole <- all(vapply(numbers, rlang::is_integerish, logical(1)))
  convert <- if (all_whole && !exact) whole else as.numeric
  values[names(numbers)] <- lapply(numbers, convert)
  values
}

py_values <- function(values, exact, arg, call) {
  if (is.factor(values)) values <- as.character(values)
  if (is.list(values)) values <- unlist(values)
  if (!is.atomic(values) || !length(values)) {
    abort_argument(arg, "a vector of values, or list(low = , high = )", values, call)
  }
  refuse_na(values, arg, call)
  as.list(unname(if (exact) as.numeric(values) else whole(values)))
}

# What `augment` may be: names, names with options, and augmentations.
py_augment <- function(augment, arg = "augment", call = rlang::caller_env()) {
  if (is.null(augment)) {
    return(NULL)
  }
  if (inherits(augment, "hearingai_augmentation")) augment <- list(augment)
  if (is.character(augment)) augment <- py_strings(augment, arg, call)
  if (!is.list(augment)) {
    abort_argument(arg, "a list of augmentations or of their names", augment, call)
  }
  names <- sprintf("%s[[%d]]", arg, seq_along(augment))
  unname(Map(function(entry, name) py_augmentation(entry, name, call), augment, names))
}

py_augmentation <- function(entry, arg, call) {
  if (inherits(entry, "hearingai_augmentation")) {
    return(py_object(entry, call))
  }
  if (is_name(entry)) {
    return(entry)
  }
  if (is_pair(entry)) {
    arg <- paste0(arg, "[[2]]")
    held <- rlang::names2(entry[[2]]) %in% sounds_held
    options <- py_options(entry[[2]][!held], arg, call)
    for (name in names(entry[[2]])[held]) {
      sound <- py_noise(entry[[2]][[name]], paste0(arg, "$", name), call)
      if (!is.null(sound)) reticulate::py_set_item(options, name, sound)
    }
    return(reticulate::tuple(entry[[1]], options))
  }
  wanted <- "a name, list(name, list(option = value)), or an augmentation such as TimeShift()"
  abort_argument(arg, wanted, entry, call)
}

is_name <- function(x) rlang::is_string(x) && !is.na(x)

is_pair <- function(x) is.list(x) && length(x) == 2 && is_name(x[[1]]) && is.list(x[[2]])
