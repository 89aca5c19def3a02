#' Compute embeddings of recordings
#'
#' An embedding is the input of the network's head, its last layer with weights (normalisations
#' aside). If it is a map or a sequence, it is averaged over its positions. Recordings that are
#' similar to the network have embeddings near each other, whatever their labels. That of a head on
#' a body, see [few_shot()], puts its windows together, the speech embedding's by the mean, the
#' largest and the smallest of each of 96 values. Of a body itself, each window has a row.
#' For anything else, `embed()` is [stats::embed()].
#'
#' @param x A classifier, of sound or of AudioSet embeddings; an exported one, see
#'   [load_exported()]; or a body, see [get_body()].
#' @inheritParams predict.hearingai_classifier
#' @param layer Name of the layer of the network whose output is taken instead; exported files hold
#'   the input of the head alone.
#' @param on_error `"report"` returns the reason in `.error` for a file that cannot be read;
#'   `"raise"` stops at the first.
#' @param ... For a classifier, not used.
#' @return A tibble with one row per recording, in order: `fname`, `embedding_1`, `embedding_2` ...
#'   (`NA` where the recording cannot be read), and `.error` (`NA` where all went well); with
#'   `partial = TRUE` also `.note`, see [predict()][predict.hearingai_classifier]. Of a body one
#'   with a row per window: `row` (the recording's place in `recordings`, from 1), `fname` (`NA` for
#'   sound), `start` and `end` of the window, `embedding_1` ... and `.error`; a file that cannot be
#'   read has one row. Times are seconds in the file. Windows may begin before what is heard and end
#'   behind it: some bodies put silence around each recording or part, and all of them around what
#'   is shorter than a window.
#' @seealso [fine_tune()] and [few_shot()] put a new head on what `embed()` gives.
#' @family transfer
#' @concept transfer learning
#' @concept feature extraction
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 10, seed = 1)
#' classifier <- fit("speech-commands-small", clips, epochs = 1, seed = 1)
#' embed(classifier, head(clips, 3))
embed <- function(x, ...) UseMethod("embed")

#' @export
embed.default <- function(x, ...) stats::embed(x, ...)

#' @rdname embed
#' @export
embed.hearingai_classifier <- function(x, recordings, layer = NULL, sample_rate = NULL,
                                       batch_size = 64, device = "auto", runtime = NULL,
                                       on_error = "report", partial = FALSE, progress = NULL,
                                       out = NULL, workers = NULL, shard = NULL,
                                       engine = "processes", address = NULL,
                                       gpus_per_worker = 0, ...) {
  check_unused(...)
  table <- as_table(py_call("embed", py_classifier(x), py_recordings(recordings),
    layer = py_string(layer), sample_rate = py_int(sample_rate), batch_size = py_int(batch_size),
    device = py_string(device), runtime = py_string(runtime),
    on_error = py_string(on_error), partial = py_flag(partial), progress = py_progress(progress),
    !!!py_run(out, workers, shard, engine, address, gpus_per_worker)
  ))
  r_embeddings(table)
}

# Embeddings as embed() gives them.
r_embeddings <- function(table) {
  table$fname <- as.character(table$fname)
  table$error <- as.character(table$error)
  if ("note" %in% names(table)) table$note <- as.character(table$note)
  own <- names(table) %in% c("error", "note")
  names(table)[own] <- paste0(".", names(table)[own])
  table
}

#' @rdname embed
#' @export
embed.hearingai_body <- function(x, recordings, sample_rate = NULL, on_error = "report",
                                 partial = FALSE, progress = NULL, ...) {
  check_unused(...)
  table <- as_table(py_call("embed", py_body(x), py_recordings(recordings),
    sample_rate = py_int(sample_rate), on_error = py_string(on_error), partial = py_flag(partial),
    progress = py_progress(progress)
  ))
  table$row <- as.integer(table$row) + 1L
  r_embeddings(table)
}

#' @rdname embed
#' @export
embed.hearingai_exported <- embed.hearingai_classifier

#' @rdname embed
#' @export
embed.hearingai_ensemble <- embed.hearingai_classifier

#' Fine-tune a trained classifier for a new task
#'
#' The network keeps its layers up to the head, see [embed()], and gets a new head: one dense layer
#' with a probability a label. [fit()][fit.hearingai_classifier] trains it, with the recipe of the
#' classifier, which itself stays unchanged. Frozen layers keep their weights to the last bit;
#' frozen batch normalisation uses the means and variances it has, and scaling in the front end
#' those of the first task's clips. Freezing applies to this training only:
#' [fit()][fit.hearingai_classifier] of the result trains all layers.
#'
#' @param classifier A trained classifier.
#' @param clips A table with at least `fname` and `class`.
#' @param labels The classes of the new task, in the order of the probabilities; `NULL` takes those
#'   of the table, sorted.
#' @param freeze The layers to freeze: `"body"`, all but the head; `"none"`, so that all are trained
#'   (with a lower `learning_rate` they change less); or the name of a layer of the network, which
#'   is frozen with all layers before it.
#' @param seed A whole number that seeds the head's initial weights and all random choices; `NULL`
#'   takes that of an existing `checkpoint`, else draws one from R's random numbers, so that
#'   [set.seed()] makes it reproducible.
#' @inheritParams fit.hearingai_classifier
#' @inheritDotParams fit.hearingai_classifier epochs:patience precision device on_error partial
#'   callbacks
#' @return A new classifier. In [classifier_info()], `tuned_from` is the fingerprint of the original
#'   one and `frozen` names the layers that were not trained; the original one's training clips
#'   count as used in training.
#' @references Yosinski, J. and others (2014). How transferable are features in deep neural
#'   networks? NeurIPS.
#' @seealso [few_shot()], where there are only a few clips a class.
#' @family transfer
#' @concept transfer learning
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("down", "no", "up", "yes"), n = 12, seed = 1)
#' first <- fit("speech-commands-small", clips[clips$class %in% c("no", "yes"), ],
#'   epochs = 1, seed = 1
#' )
#' fine_tune(first, clips[clips$class %in% c("down", "up"), ], epochs = 1, seed = 1)
fine_tune <- function(classifier, clips, labels = NULL, freeze = "body", validation = NULL,
                      seed = NULL, deterministic = FALSE, checkpoint = NULL, store = NULL,
                      progress = NULL, ...) {
  settings <- py_named(list(...), fit_settings(), "fine_tune")
  bar <- py_progress(progress)
  answer <- hold_interrupts(py_call("fine_tune", py_network(classifier), py_table(clips),
    labels = py_strings(labels), freeze = py_string(freeze),
    validation = py_validation(validation), seed = py_seed_at(seed, checkpoint),
    deterministic = py_flag(deterministic), checkpoint = py_path(checkpoint),
    store = py_store(store), progress = listening(bar), !!!settings
  ))
  new_classifier(answer)
}

#' Learn a new task from a few clips a class, in seconds
#'
#' The body stays as it is: a pretrained one, see [get_body()], or all of a trained classifier up to
#' its head. Each clip is embedded once, see [embed()], and the head is the multinomial logistic
#' regression of the labels on the standardised embeddings, solved to its optimum. The result is a
#' classifier like any other; [fit()][fit.hearingai_classifier] trains it further. With enough clips
#' to train the layers of a classifier too, use [fine_tune()].
#'
#' @inheritParams fine_tune
#' @param device `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one.
#' @inheritParams fit.hearingai_classifier
#' @param classifier A body or its name, see [get_body()], or a trained classifier.
#' @param clips A table with at least `fname` and `class`; rows whose `split` is `"test"` are not
#'   touched.
#' @param shots Clips a class to learn from, drawn from different speakers, sources or folds as far
#'   as the table names them and has them; `NULL` takes all.
#' @param penalty Weight of the L2 penalty on the coefficients, relative to the loss summed over the
#'   clips; more makes predictions less sure. `NULL` takes 100 for the long embeddings of a body,
#'   else 10.
#' @param seed A whole number that seeds the choice of `shots` and `background` clips; `NULL` draws
#'   one from R's random numbers, so that [set.seed()] makes it reproducible.
#' @param duration Length that every recording is fitted to, seconds, on a body; `NULL` takes the
#'   body's. A longer clip has more embeddings, which the head puts together.
#' @return A new classifier. Of one from a classifier, `tuned_from` in [classifier_info()] is the
#'   fingerprint of the original one, whose training clips count as used in training.
#' @references Chen, W.-Y. and others (2019). A closer look at few-shot classification. ICLR.
#' @family transfer
#' @concept transfer learning
#' @concept few-shot learning
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("down", "no", "up", "yes"), n = 12, seed = 1)
#' first <- fit("speech-commands-small", clips[clips$class %in% c("no", "yes"), ],
#'   epochs = 1, seed = 1
#' )
#' few_shot(first, clips[clips$class %in% c("down", "up"), ], shots = 5, seed = 1)
#' if (reticulate::py_module_available("pyopen_wakeword")) {
#'   few_shot("speech-embedding", clips, shots = 5, seed = 1)
#' }
few_shot <- function(classifier, clips, labels = NULL, shots = NULL, penalty = NULL,
                     duration = NULL, background = NULL, seed = NULL, device = "auto",
                     on_error = "report", partial = FALSE, progress = NULL) {
  if (rlang::is_string(classifier)) classifier <- get_body(classifier)
  learner <- if (inherits(classifier, "hearingai_body")) {
    py_body(classifier)
  } else {
    py_network(classifier, wanted = "a body, the name of one, or a classifier")
  }
  new_classifier(py_call("few_shot", learner, py_table(clips),
    labels = py_strings(labels), shots = py_int(shots), penalty = py_number(penalty),
    duration = py_number(duration), background = py_background(background), seed = py_seed(seed),
    device = py_string(device), on_error = py_string(on_error), partial = py_flag(partial),
    progress = py_progress(progress)
  ))
}

#' Merge labels of a classifier
#'
#' Several labels get one name, and its probability is the sum of theirs; where clips may have any
#' number of labels, it is the largest of theirs. A network that has learnt
#' to tell many words apart knows better what is none of the ten that are wanted: train it on all,
#' then merge the others into `unknown`. Nothing is trained here, and [embed()] gives the same
#' embeddings. Files, exported ones too, hold the merged labels alone.
#'
#' @param classifier A classifier; it stays as it is.
#' @param groups A list that names each new label, with the labels that it stands for. A group of
#'   one renames a label.
#' @return A new classifier: the labels that are in no group, in their order, then the groups. Its
#'   record is that of the training, with `merged`, and without the metrics, which were those of the
#'   labels before. Thresholds go with the labels that stay or are renamed; a warning names labels
#'   that are merged and had some, or odds in a stream, of their own.
#' @seealso [fit()][fit.hearingai_classifier] trains it further.
#' @family transfer
#' @export
#' @examplesIf hearingai_available()
#' labels <- c("bed", "bird", "no", "yes")
#' classifier <- create_classifier("speech-commands-small", labels, seed = 1)
#' merge_labels(classifier, list(unknown = c("bed", "bird")))
merge_labels <- function(classifier, groups) {
  new_classifier(py_call("merge_labels", py_network(classifier), py_groups(groups)))
}
