#' Train a classifier
#'
#' Trains on a table of clips, or on a generator of spectrograms. The clips are decoded once, and
#' kept so for the next training; augmentations, front end and network run together in the compiled
#' step. Which clips train and which validate is decided by `validation`; else by the table's
#' `split` column (rows marked `"test"` are not touched) if it marks at least a quarter of them
#' `"train"`; else by the recipe's share, split by speaker, source or fold where the table names
#' them.
#'
#' A front end that scales learns mean and variance from the training clips first. Where the recipe
#' stops early, the weights of the best epoch come back.
#'
#' Interrupted (Esc or Ctrl-C), it ends cleanly with what was learnt so far. A training that
#' collapses (the loss is no longer finite, or is back at chance after it had been lower) is
#' stopped, named in a warning with its remedy, and ends with the best weights so far.
#'
#' @param object The name of a recipe, a recipe ([get_recipe()]), or a classifier, which is trained
#'   further, in place.
#' @param clips A table with at least `fname` and `class`; or a generator made by
#'   [data_generator()], which trains the classifier's network on its spectrograms.
#' @param validation A table (for a generator, a generator) to validate on after each epoch; a share
#'   of the clips between 0 and 1; or `FALSE` to train on every clip.
#' @param epochs Passes over the training clips; `NULL` takes the recipe's.
#' @param batch_size Clips a step; `NULL` takes the recipe's.
#' @param optimizer Name of a Keras optimizer; `NULL` takes the recipe's.
#' @param learning_rate Overrides the optimizer's.
#' @param clipnorm Largest norm of a gradient; overrides the optimizer's.
#' @param augment Augmentations in training: a list whose entries are names (such as
#'   `"time_shift"`), names with options (`list("time_shift", list(limit = 0.2))`) or
#'   [augmentations]; an empty list for none; `NULL` takes the recipe's.
#' @param class_weight `"balanced"` weighs rare classes up; or weights named by label, such as
#'   `c(yes = 2)`, 1 for those it does not name.
#' @param patience Epochs without improvement before training stops and the best epoch's weights
#'   come back; `NULL` takes the recipe's.
#' @param seed A whole number that decides initial weights, split, order, augmentation and dropout;
#'   `NULL` takes that of a `checkpoint` that is there, else draws one from R's random numbers, so
#'   that [set.seed()] decides it.
#' @param deterministic Make equal seeds give equal weights to the last bit, from R and Python
#'   alike, at some cost in speed. Stays on for the rest of the session.
#' @param steps_per_epoch,validation_steps Batches an epoch, for a generator of unknown length.
#' @param checkpoint A `.keras` file to save the state to after every epoch. A training that finds
#'   it there, with the same clips, seed and settings, goes on where that one was, and ends with the
#'   weights of one that was never stopped.
#' @param precision What the network computes in: `"float32"`; `"bfloat16"`, with the weights, the
#'   front end and the probabilities still in float32; or `"auto"`, bfloat16 where the processor or
#'   the GPU multiplies in it. The classifier answers in float32 either way.
#' @param device `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one.
#' @param store A folder to keep the decoded clips in, see [prepare()]; `NULL` keeps those of more
#'   than 64 MiB in the user's cache and decodes fewer in memory; `FALSE` keeps none.
#' @param on_error `"report"` leaves unreadable recordings out with a warning; `"raise"` stops.
#' @param progress Show a progress bar; `NULL` shows one in an interactive session.
#' @param ... Not used.
#' @return The trained classifier.
#' @seealso [predict()][predict.hearingai_classifier],
#'   [evaluate()][evaluate.hearingai_classifier], [training_history()]
#' @family classifier
#' @rdname fit.hearingai_classifier
#' @name fit.hearingai_classifier
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' fit("speech-commands-small", clips, epochs = 1, seed = 1)
NULL

#' @rdname fit.hearingai_classifier
#' @usage NULL
#' @export
fit.character <- function(object, clips, validation = NULL, epochs = NULL, batch_size = NULL,
                          optimizer = NULL, learning_rate = NULL, clipnorm = NULL, augment = NULL,
                          class_weight = NULL, patience = NULL, seed = NULL, deterministic = FALSE,
                          steps_per_epoch = NULL, validation_steps = NULL, checkpoint = NULL,
                          precision = "auto", device = "auto", store = NULL, on_error = "report",
                          progress = NULL, ...) {
  rlang::check_dots_empty()
  bar <- py_progress(progress)
  given <- mget(names(fit_settings()))
  settings <- py_named(given, fit_settings(), "fit")
  further <- inherits(object, "hearingai_classifier")
  if (further) on.exit(keep_weights(object))
  answer <- hold_interrupts(py_call("fit", py_trainable(object), py_clips(clips),
    validation = py_validation(validation), !!!settings, seed = py_seed_at(seed, checkpoint),
    deterministic = py_flag(deterministic), steps_per_epoch = py_int(steps_per_epoch),
    validation_steps = py_int(validation_steps), checkpoint = py_path(checkpoint),
    store = py_store(store), progress = listening(bar)
  ))
  if (further) object else new_classifier(answer)
}

#' @rdname fit.hearingai_classifier
#' @usage NULL
#' @export
fit.hearingai_recipe <- fit.character

#' @rdname fit.hearingai_classifier
#' @export
fit.hearingai_classifier <- fit.character

# How each setting of a training crosses.
fit_settings <- function() {
  list(
    epochs = py_int, batch_size = py_int, optimizer = py_string, learning_rate = py_number,
    clipnorm = py_number, augment = py_augment, class_weight = py_weights, patience = py_int,
    precision = py_string, device = py_string, on_error = py_string
  )
}

# Evaluates with interrupts held back. In the middle of a step they would end in an error, or in
# nothing kept; `listening()` lets them through where training can end cleanly.
hold_interrupts <- function(code) {
  suspendInterrupts({
    value <- code
    if (!is.null(value)) { # drop an impatient second one
      tryCatch(allowInterrupts(take_interrupt()), interrupt = function(e) NULL)
    }
  })
  if (is.null(value)) {
    take_interrupt() # it came before anything was learnt
    rlang::interrupt()
  }
  value
}

# Progress that the core calls between steps: interrupts come through here.
listening <- function(progress) {
  force(progress)
  function(done, total, text) {
    allowInterrupts(take_interrupt())
    if (is.function(progress)) progress(done, total, text)
  }
}

take_interrupt <- function() Sys.sleep(0)

py_trainable <- function(object, call = rlang::caller_env()) {
  if (inherits(object, "hearingai_classifier")) {
    py_network(object, call)
  } else {
    py_recipe(object, call)
  }
}

py_clips <- function(clips, arg = "clips", call = rlang::caller_env()) {
  if (inherits(clips, "hearingai_generator")) {
    return(clips$py)
  }
  if (inherits(clips, "rsplit")) {
    wanted <- "a table of clips, such as rsample::training() gives of a split"
    abort_argument(arg, wanted, clips, call)
  }
  if (!is.data.frame(clips)) {
    abort_argument(arg, "a table of clips (a data frame) or a generator", clips, call)
  }
  py_table(clips, arg = arg, call = call)
}

py_validation <- function(validation, call = rlang::caller_env()) {
  if (is.null(validation) || isFALSE(validation)) {
    return(validation)
  }
  if (is.numeric(validation)) {
    return(py_number(validation, "validation", call))
  }
  if (!is.data.frame(validation) && !inherits(validation, "hearingai_generator")) {
    wanted <- "a table of clips, a generator, a share between 0 and 1, or FALSE"
    abort_argument("validation", wanted, validation, call)
  }
  py_clips(validation, "validation", call)
}
