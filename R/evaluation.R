#' Evaluate a classifier on labelled clips
#'
#' Warns where clips were used in training, since the metrics are then too optimistic; where classes
#' of the table are unknown to the classifier; and where recordings cannot be read.
#'
#' @param x A classifier, or an exported one, see [load_exported()].
#' @param clips A table with at least `fname` and `class`, or `labels` for a classifier that gives a
#'   clip any number of labels; or a generator, see [data_generator()].
#' @inheritParams predict.hearingai_classifier
#' @return A list of class `hearingai_evaluation`: `accuracy`, `loss` (mean cross-entropy, in nats),
#'   `n` (clips counted), `metrics` (tibble `metric`, `value`, `low`, `high`: accuracy with its 95 %
#'   bootstrap interval, `NA` with nothing to draw from; F1 under each average, areas under the ROC
#'   and precision-recall curves; and where one of two labels is the target, its precision, recall
#'   and F1, at 0.5 and at the threshold chosen in training), `per_class` (tibble `label`,
#'   `precision`, `recall`, `f1`, `n`), `confusion` (tibble `truth`, `predicted`, `n`),
#'   `predictions` (what `predict()` returns, with the true `class`), `errors`, `n_seen` (clips used
#'   in training; `NA` where that is unknown: for an exported classifier and for a generator),
#'   `left_out` (classes not counted), `target` (the positive class, `NULL` without one), and
#'   `groups` and `grouped_by`: what each row of `predictions` belongs to and what that is
#'   (`"speaker"`, `"source"`, `"fold"` or `"recording"`), since intervals draw all clips of one
#'   together; `NULL` where each clip stands for itself.
#'   `tidy()` gives `metrics`, `glance()` one row of them. Of any number of labels a clip,
#'   `accuracy` is the share of clips that got exactly the labels that they have; `metrics` has the
#'   mean average precision (`map_macro`, the mean over the labels, and `map_micro`, of all answers
#'   as one ranking), areas under the ROC curve and F1; `per_class` also `average_precision`,
#'   `roc_auc` and the `threshold`; `confusion` counts how many clips with one label got another;
#'   and `predictions` has the true `labels`. Labels that no clip has take no part in means.
#' @family classifier
#' @concept accuracy
#' @concept confusion matrix
#' @concept ROC
#' @concept F1 score
#' @export
#' @examplesIf hearingai_available()
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' classifier <- fit("speech-commands-small", clips, epochs = 1, seed = 1)
#' result <- evaluate(classifier, clips[clips$split == "test", ])
#' result
#' tidy(result)
evaluate.hearingai_classifier <- function(x, clips, batch_size = 64, device = "auto",
                                          runtime = NULL, on_error = "report", partial = FALSE,
                                          progress = NULL, steps = NULL, out = NULL, workers = NULL,
                                          shard = NULL,
                                          engine = "processes", address = NULL,
                                          gpus_per_worker = 0,
                                          ...) {
  check_unused(...)
  result <- py_call("bridge.evaluate", py_classifier(x), py_clips(clips),
    batch_size = py_int(batch_size), device = py_string(device), runtime = py_string(runtime),
    on_error = py_string(on_error), partial = py_flag(partial),
    progress = py_progress(progress), steps = py_number(steps),
    !!!py_run(out, workers, shard, engine, address, gpus_per_worker)
  )
  classes <- classes_of(x)
  known <- levels_again(x$labels, classes)
  labels <- list(label = known, truth = known, predicted = known)
  for (name in c("metrics", "per_class", "confusion", "errors")) {
    result[[name]] <- as_table(result[[name]], labels)
  }
  result$confusion <- as_confusion(result$confusion, "map_macro" %in% result$metrics$metric)
  result$predictions <- r_predictions(as_table(result$predictions), x$labels, classes)
  result$left_out <- as.character(unlist(result$left_out))
  result$n_seen <- if (is.null(result$n_seen)) NA_integer_ else result$n_seen
  result$target <- py_classifier(x)$target
  if (is.list(result$groups)) result$groups <- vapply(result$groups, r_text, "")
  as_object(result, "hearingai_evaluation")
}

#' @rdname evaluate.hearingai_classifier
#' @usage NULL
#' @export
evaluate <- function(x, ...) {
  if (!missing(x) && is_ours(x)) UseMethod("evaluate")
  # `model |> evaluate(x = ..., y = ...)` of keras3: the model is the first argument without a name
  named <- "x" %in% names(sys.call())
  model <- if (named) ..1 else x
  other <- generic_for("evaluate", model, c("generics", "tensorflow"))
  if (named) other(..., x = x) else other(x, ...)
}

#' @export
format.hearingai_evaluation <- function(x, ...) {
  value <- stats::setNames(x$metrics$value, x$metrics$metric)
  first <- x$metrics[x$metrics$metric == "accuracy", ]
  of_labels <- "map_macro" %in% names(value)
  head <- sprintf(
    "<%saccuracy %.4f%s, loss %.4f on %s%s%s>",
    if (of_labels) sprintf("mAP %.4f, ", value[["map_macro"]]) else "",
    x$accuracy, if (is.na(first$low)) "" else sprintf(" (%.4f to %.4f)", first$low, first$high),
    x$loss, count_text(x$n, "clip"),
    if (isTRUE(x$n_seen > 0)) sprintf(", %d of them used in training", x$n_seen) else "",
    if (nrow(x$errors)) sprintf(", %d more could not be read", nrow(x$errors)) else ""
  )
  shown <- function(names) toString(sprintf("%s %.4f", sub("^f1_", "", names), value[names]))
  f1 <- shown(c("f1_macro", "f1_micro", "f1_weighted"))
  of_target <- if ("f1_positive" %in% names(value)) {
    sprintf("  %-11s %s, F1 %.4f", paste("of", x$target), shown(c("precision", "recall")),
      value[["f1_positive"]]
    )
  }
  c(head, paste0("  F1          ", f1), of_target)
}

#' @rdname evaluate.hearingai_classifier
#' @export
tidy.hearingai_evaluation <- function(x, ...) {
  check_unused(...)
  x$metrics
}

#' @rdname evaluate.hearingai_classifier
#' @export
glance.hearingai_evaluation <- function(x, ...) {
  check_unused(...)
  metrics <- stats::setNames(as.list(x$metrics$value), x$metrics$metric)
  tibble::tibble(n = x$n, n_seen = x$n_seen, loss = x$loss, !!!metrics)
}

#' Confusion table and report by class
#'
#' @param truth,predicted True and predicted labels, one a clip: character vectors or factors.
#' @param labels The labels in the order wanted; `NULL` takes the levels of `truth`, or what occurs,
#'   sorted.
#' @return `confusion()` returns a tibble with one row per pair of labels: `truth`, `predicted`,
#'   `n`; [plot_confusion()] and [plot_alluvial()] draw it. `class_report()` returns a tibble with
#'   one row per label: `label`, `precision`, `recall`, `f1`, `n`.
#' @family evaluation
#' @concept confusion matrix
#' @concept classification report
#' @concept accuracy
#' @concept precision and recall
#' @export
#' @examplesIf hearingai_available()
#' confusion(c("no", "no", "yes"), c("no", "yes", "yes"))
#' class_report(c("no", "no", "yes"), c("no", "yes", "yes"))
confusion <- function(truth, predicted, labels = NULL) {
  if (is.null(labels)) labels <- labels_in_order(truth, predicted)
  value <- py_call("confusion", py_classes(truth), py_classes(predicted),
    labels = py_classes(labels)
  )
  known <- unique(as_table(value)$truth)
  as_kind(as_table(value, list(truth = known, predicted = known)), "hearingai_confusion")
}

#' @rdname confusion
#' @export
class_report <- function(truth, predicted, labels = NULL) {
  if (is.null(labels)) labels <- labels_in_order(truth, predicted)
  value <- py_call("class_report", py_classes(truth), py_classes(predicted),
    labels = py_classes(labels)
  )
  as_table(value, list(label = as_table(value)$label))
}

#' Measure the detection of one target
#'
#' `binary_metrics()` gives the measures at one threshold, each F1 under its own name;
#' `score_curve()` those at every threshold; `choose_threshold()` the threshold at which one is
#' highest, to be chosen on validation data. A clip is predicted as the target where its score
#' reaches the threshold.
#'
#' @param truth The true label of each clip, a character vector or factor.
#' @param score The probability of the target for each clip.
#' @param target The label to detect; every other label counts as "not the target".
#' @param threshold A clip with this score or more is predicted as the target.
#' @return `binary_metrics()` returns a tibble of one row: `n` (clips), `positives` (those of the
#'   target), `threshold`, `accuracy`, `precision`, `recall`, `f1_positive`, `f1_macro`, `f1_micro`,
#'   `f1_weighted`, `roc_auc` and `pr_auc`. `score_curve()` returns a tibble with one row per
#'   distinct score, the highest first: `threshold`, `true_positive_rate`, `false_positive_rate`,
#'   `precision`, `recall` and `f1`. `choose_threshold()` returns a number.
#' @references Fawcett, T. (2006). An introduction to ROC analysis. Pattern Recognition Letters 27.
#' @family evaluation
#' @concept ROC
#' @concept AUC
#' @concept F1 score
#' @concept precision and recall
#' @export
#' @examplesIf hearingai_available()
#' truth <- c("go", "go", "no")
#' score <- c(0.9, 0.4, 0.3)
#' binary_metrics(truth, score, "go")
#' score_curve(truth, score, "go")
#' choose_threshold(truth, score, "go")
binary_metrics <- function(truth, score, target, threshold = 0.5) {
  as_table(py_call("binary_metrics", py_classes(truth), py_waveform(score),
    target = py_class(target), threshold = py_number(threshold)
  ))
}

#' @rdname binary_metrics
#' @export
score_curve <- function(truth, score, target) {
  as_table(py_call("score_curve", py_classes(truth), py_waveform(score),
    target = py_class(target)
  ))
}

#' @rdname binary_metrics
#' @param metric What is to be highest: `"f1"` of the target, `"accuracy"`, `"balanced_accuracy"` or
#'   `"youden"`.
#' @export
choose_threshold <- function(truth, score, target, metric = "f1") {
  py_call("choose_threshold", py_classes(truth), py_waveform(score),
    target = py_class(target), metric = py_string(metric)
  )
}

#' Measure each label against the rest
#'
#' Areas under the ROC and precision-recall curves. Their plain means over labels are the macro
#' averages; the mean of `pr_auc` is the mAP of AudioSet.
#'
#' @inheritParams binary_metrics
#' @param probabilities A matrix or data frame with one row per clip and one column per label.
#' @param labels The label of each column.
#' @return A tibble with one row per label: `label` (a factor), `roc_auc`, `pr_auc` and `n`, the
#'   clips of that label. Both areas are `NA` for a label without clips.
#' @family evaluation
#' @concept ROC
#' @concept AUC
#' @concept average precision
#' @export
#' @examplesIf hearingai_available()
#' probabilities <- rbind(c(0.9, 0.1), c(0.4, 0.6), c(0.3, 0.7))
#' class_aucs(c("go", "go", "no"), probabilities, c("go", "no"))
class_aucs <- function(truth, probabilities, labels) {
  value <- py_call("class_aucs", py_classes(truth), py_matrix(probabilities),
    labels = py_classes(labels)
  )
  as_table(value, list(label = as.character(labels)))
}

#' Bootstrap confidence interval of a metric
#'
#' Clips of one speaker or of one source recording resemble each other: if they are drawn one by
#' one, the interval is too narrow, so name their group.
#'
#' @inheritParams confusion
#' @param groups The group of each clip, such as its speaker; `NULL` draws single clips.
#' @param metric `"accuracy"`, `"f1_macro"`, `"f1_weighted"` or a function of `truth` and
#'   `predicted`, two character vectors, that returns a number.
#' @param level The share of samples inside the interval.
#' @param n How many samples to draw.
#' @param seed A whole number that seeds the draws; `NULL` draws one from R's random numbers.
#' @return A tibble of one row: `estimate`, `low`, `high`, `level` and `n_groups`.
#' @references Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap.
#' @family evaluation
#' @concept confidence interval
#' @export
#' @examplesIf hearingai_available()
#' truth <- rep(c("go", "no"), 50)
#' predicted <- rep(c("go", "no", "go", "go"), 25)
#' bootstrap_interval(truth, predicted, groups = rep(1:20, each = 5))
bootstrap_interval <- function(truth, predicted, groups = NULL, metric = "accuracy", level = 0.95,
                               n = 1000, seed = NULL) {
  if (!is.null(groups)) {
    refuse_na(groups, "groups")
    groups <- as.character(groups)
  }
  as_table(py_call("bootstrap_interval", py_classes(truth), py_classes(predicted),
    groups = py_strings(groups), metric = py_metric(metric), level = py_number(level),
    n = py_int(n), seed = py_seed(seed)
  ))
}
