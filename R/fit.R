#' Train a classifier
#'
#' Trains on a table of clips, or on a generator of spectrograms. The clips are decoded once and
#' stored for the next training; augmentations, front end and network run together in the compiled
#' step. The clips are split into training and validation by `validation`; else by the table's
#' `split` column (rows marked `"test"` are not used) if it marks at least a quarter of them
#' `"train"`; else by the recipe's share, split by speaker, source or fold where the table names
#' them.
#'
#' A front end that scales learns mean and variance from the training clips first. Where the recipe
#' stops early, the weights of the best epoch are restored.
#'
#' Esc or Ctrl-C stops the training and returns the classifier trained so far. A training that
#' collapses (the loss is no longer finite, or is back at chance level after it had been lower) is
#' stopped with a warning that suggests what to change, and the best weights so far are restored.
#'
#' @param object The name of a recipe, a recipe ([get_recipe()]), or a classifier: a copy of it is
#'   trained further.
#' @param clips A table with at least `fname` and `class`, or `fname` and `labels` for a classifier
#'   that gives a clip any number of labels, see [clip_table()]; or a generator made by
#'   [data_generator()], which trains the network on its spectrograms as they are. The clips may
#'   come first, as in `clips |> fit("words")`.
#' @param validation A table (for a generator, a generator) to validate on after each epoch; a share
#'   of the clips between 0 and 1; or `FALSE` to train on every clip.
#' @param epochs Passes over the training clips; `NULL` takes the recipe's.
#' @param batch_size Clips a step; `NULL` takes the recipe's.
#' @param optimizer Name of a Keras optimizer; `NULL` takes the recipe's.
#' @param learning_rate Learning rate in place of the optimizer's own.
#' @param clipnorm Largest norm of a gradient, in place of the optimizer's own.
#' @param augment Augmentations in training: a list whose entries are names (such as
#'   `"time_shift"`), names with options (`list("time_shift", list(limit = 0.2))`) or
#'   [augmentations]; an empty list for none; `NULL` takes the recipe's.
#' @param class_weight `"balanced"` gives rare classes more weight in the loss; or weights named by
#'   label, such as `c(yes = 2)`, 1 for labels that are not named.
#' @param sampling `"shuffled"` shows each training clip once an epoch; `"balanced"` draws as many,
#'   so that rare classes or labels come as often as others; `NULL` takes the recipe's.
#' @param background Recordings in which none of the classes occurs, for a class `background` beside
#'   them: a folder, paths, or a table with `fname` (and `start` and `end`, seconds). Clips are cut
#'   from them at random places, as many as the mean class has. No recording is on both sides of a
#'   split.
#' @param patience Epochs without improvement before training stops and the best epoch's weights
#'   are restored; `NULL` takes the recipe's.
#' @param callbacks Callbacks, one or a list: R functions of
#'   `(epoch, logs)`, called after each epoch, and Keras callbacks such as those of the package
#'   keras3. As there, `epoch` counts from 0; `logs` is a named list of the numbers `loss`,
#'   `accuracy` and, with validation clips, `val_loss` and `val_accuracy`. The `model` of a Keras
#'   callback is the classifier; `model$stop_training <- TRUE` ends the training after the epoch or
#'   step. An error in a callback ends the training with that error.
#' @param seed A whole number that seeds initial weights, split, order, augmentation and dropout;
#'   `NULL` takes that of an existing `checkpoint`, else draws one from R's random numbers, so that
#'   [set.seed()] makes it reproducible.
#' @param deterministic Make equal seeds give equal weights to the last bit, from R and Python
#'   alike, at some cost in speed.
#' @param steps_per_epoch,validation_steps Batches an epoch, for generators; a fraction, such as
#'   that of `0.7 * nrow(clips) / 32`, is cut off, and less than one is one. `NULL` takes as many as
#'   show each clip once.
#' @param checkpoint A `.keras` file to save the state to after every epoch. If it exists and has
#'   the same clips, seed and settings, the training resumes from it, and ends with the weights of
#'   an uninterrupted one.
#' @param precision What the network computes in: `"float32"`; `"bfloat16"`, with the weights, the
#'   front end and the probabilities still in float32; or `"auto"`, bfloat16 where the processor or
#'   the GPU supports it in hardware. The trained classifier computes in float32 either way.
#' @param device `"cpu"`, `"gpu"`, or `"auto"`, the GPU where there is one; `"gpus"` shares each
#'   batch out over all GPUs of the machine, with the backend jax.
#' @param store A folder to store the decoded clips in, see [prepare()]; `NULL` stores those of more
#'   than 64 MiB in the user's cache and decodes smaller corpora in memory; `FALSE` stores none.
#'   Embeddings of a body are kept there too, as soon as they are computed.
#' @param on_error `"report"` leaves unreadable recordings out with a warning; `"raise"` stops.
#' @param partial Read what is there of recordings that are truncated or damaged; a warning names
#'   them, and says how much is there. Otherwise they cannot be read.
#' @param progress Show a progress bar; `NULL` shows one in an interactive session, and in a script
#'   a line an epoch.
#' @param network Network in place of the recipe's: the name of one, see [networks], or your own,
#'   see [network()].
#' @param body A body or its name, see [get_body()], for a recipe with one, such as `head`; `NULL`
#'   takes the recipe's.
#' @param duration Length that every recording is fitted to, seconds; `NULL` takes the recipe's, or
#'   the body's.
#' @param teacher A classifier whose answers are learnt beside the classes (knowledge distillation):
#'   half of each target is what it says of the clip. It has the same labels and hears the same
#'   clips; an [ensemble()], a large network or a head on a body makes a small network better than
#'   the classes alone. With `copies` in the recipe, as in `get_recipe("words", copies = 8)`, it
#'   answers what the network will hear. Measure on clips that neither of them was trained on.
#' @param in_place Train the given classifier itself, and with it every copy of it in R; saves the
#'   memory of a second one.
#' @param ... Not used.
#' @return The trained classifier. [update()][update.hearingai_classifier] repeats the training with
#'   other arguments.
#' @seealso [predict()][predict.hearingai_classifier],
#'   [evaluate()][evaluate.hearingai_classifier], [training_history()]
#' @family classifier
#' @concept training
#' @concept deep learning
#' @concept neural network
#' @concept Keras
#' @rdname fit.hearingai_classifier
#' @name fit.hearingai_classifier
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' show <- function(epoch, logs) cat(epoch, names(logs), "\n")
#' fit("speech-commands-small", clips, epochs = 1, seed = 1, callbacks = show)
NULL

#' @rdname fit.hearingai_classifier
#' @usage NULL
#' @export
fit <- function(object, ...) {
  if (is.character(object)) {
    call <- call_of(sys.call(), parent.frame())
    return(keep_call(fit(named_recipe(object), ...), call))
  }
  if (is.data.frame(object) || inherits(object, "hearingai_generator")) {
    call <- call_of(sys.call(), parent.frame(), clips_first = TRUE)
    return(keep_call(fit_first(object, ...), call))
  }
  if (is_trainable(object)) UseMethod("fit")
  generics::fit(object, ...)
}

is_trainable <- function(x) inherits(x, c("hearingai_recipe", "hearingai_classifier"))

# Clips that come first, as from a pipe.
fit_first <- function(clips, object, ...) {
  if (missing(object)) {
    if (is_ours(clips)) {
      abort_argument("object", "given: a recipe, its name, or a classifier", call = parent.frame())
    }
    return(generics::fit(clips, ...))
  }
  if (is.character(object) || is_trainable(object)) {
    return(fit(object, clips, ...))
  }
  generics::fit(clips, object, ...)
}

#' @rdname fit.hearingai_classifier
#' @usage NULL
#' @export
fit.hearingai_recipe <- function(object, clips, validation = NULL, epochs = NULL, batch_size = NULL,
                                 optimizer = NULL, learning_rate = NULL, clipnorm = NULL,
                                 augment = NULL, class_weight = NULL, sampling = NULL,
                                 background = NULL, patience = NULL, seed = NULL,
                                 deterministic = FALSE, steps_per_epoch = NULL,
                                 validation_steps = NULL, checkpoint = NULL, precision = "auto",
                                 device = "auto", store = NULL, on_error = "report",
                                 partial = FALSE, progress = NULL, callbacks = NULL,
                                 network = NULL, body = NULL, duration = NULL, teacher = NULL,
                                 in_place = FALSE, ...) {
  check_unused(...)
  bar <- py_progress(progress)
  given <- mget(names(fit_settings()))
  settings <- py_named(given, fit_settings(), "fit")
  settings$callbacks <- c(settings$callbacks, epoch_lines(progress))
  further <- inherits(object, "hearingai_classifier")
  in_place <- py_flag(in_place) && further
  if (in_place) on.exit(keep_trained(object))
  trained <- py_trainable(object)
  if (further && !in_place) trained <- copy_of(trained)
  answer <- hold_interrupts(py_call("fit", trained, py_clips(clips),
    validation = py_validation(validation), !!!settings, seed = py_seed_at(seed, checkpoint),
    deterministic = py_flag(deterministic), steps_per_epoch = py_number(steps_per_epoch),
    validation_steps = py_number(validation_steps), checkpoint = py_path(checkpoint),
    store = py_store(store), network = py_architecture(network), body = py_body(body),
    duration = py_number(duration), teacher = py_teacher(teacher), progress = listening(bar)
  ))
  if (in_place) object else keep_call(new_classifier(answer), match.call())
}

#' @rdname fit.hearingai_classifier
#' @export
fit.hearingai_classifier <- fit.hearingai_recipe

py_teacher <- function(teacher, call = rlang::caller_env()) {
  if (!is.null(teacher)) py_classifier(teacher, call, "teacher")
}

# Values of R do not change: what is trained further is a copy.
copy_of <- function(py, call = rlang::caller_env()) py_call("bridge.copied", py, .call = call)

# What was trained in place is no longer what its call made.
keep_trained <- function(classifier) {
  keep_weights(classifier)
  assign("in_place", TRUE, envir = handle_of(classifier))
}

# A call of fit() with all arguments named; `envir` is where it was made.
call_of <- function(call, envir, clips_first = FALSE) {
  call <- match.call(fit.hearingai_recipe, call, envir = envir)
  if (clips_first) {
    swapped <- c(object = "clips", clips = "object")
    both <- names(call) %in% names(swapped)
    names(call)[both] <- swapped[names(call)[both]]
  }
  call
}

# The call that made a classifier, for update().
keep_call <- function(classifier, call) {
  if (inherits(classifier, "hearingai_classifier")) {
    call[[1]] <- quote(fit)
    classifier[["call"]] <- call
  }
  classifier
}

#' Train again with some arguments changed
#'
#' `update()` repeats the call of [fit()][fit.hearingai_classifier] that made a classifier, as it
#' does for models of R itself: what the call names is looked up anew. Of a recipe it is
#' [get_recipe()] with changes.
#'
#' @param object A classifier that `fit()` returned, and that was not trained in place; or a recipe.
#' @param ... Arguments of `fit()` that replace or join those of the call, such as `epochs = 20`;
#'   `NULL` takes one out of it. Of a recipe, what should differ, see [get_recipe()].
#' @param evaluate Train; `FALSE` returns the call.
#' @return The newly trained classifier, or the call; or the changed recipe.
#' @family classifier
#' @name update.hearingai_classifier
#' @examplesIf hearingai_available()
#' update(get_recipe("speech-commands"), epochs = 5)
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' classifier <- fit("speech-commands-small", clips, epochs = 1, seed = 1)
#' update(classifier, epochs = 2, evaluate = FALSE)
NULL

#' @rdname update.hearingai_classifier
#' @importFrom stats update
#' @export
update.hearingai_classifier <- function(object, ..., evaluate = TRUE) {
  call <- .subset2(object, "call")
  in_place <- isTRUE(handle_of(object)$in_place)
  if (is.null(call) || in_place) {
    why <- if (in_place) "it was trained in place" else "it is not what {.fn fit} returned in R"
    cli::cli_abort(
      c(paste0("{.arg object} has no call to repeat: ", why, "."),
        i = "{.code fit(object, clips)} trains it further."
      ),
      class = "hearingai_error"
    )
  }
  changes <- match.call(expand.dots = FALSE)[["..."]]
  if (length(changes) && !all(nzchar(rlang::names2(changes)))) {
    abort_argument("...", "arguments of fit() by name")
  }
  for (name in names(changes)) call[[name]] <- changes[[name]]
  if (py_flag(evaluate)) eval(call, parent.frame()) else call
}

#' @rdname update.hearingai_classifier
#' @export
update.hearingai_recipe <- function(object, ...) get_recipe(object, ...)

# How each setting of a training is converted for Python.
fit_settings <- function() {
  list(
    epochs = py_int, batch_size = py_int, optimizer = py_string, learning_rate = py_number,
    clipnorm = py_number, augment = py_augment, class_weight = py_weights,
    sampling = py_string, background = py_background, patience = py_int,
    precision = py_string, device = py_string, on_error = py_string, partial = py_flag,
    callbacks = py_callbacks
  )
}
