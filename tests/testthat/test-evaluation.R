skip_if_no_core()

test_that("an evaluation holds what was measured", {
  clips <- part("test")
  result <- evaluate(trained(), clips)
  expect_named(result, c(
    "accuracy", "loss", "n", "metrics", "per_class", "confusion", "predictions", "errors", "n_seen",
    "left_out", "groups", "grouped_by", "target"
  ))
  table <- predict(trained(), clips)
  expect_equal(result$accuracy, mean(table$.pred_class == clips$class))
  right <- ifelse(clips$class == "no", table$.pred_no, table$.pred_yes)
  expect_equal(result$loss, -mean(log(right)), tolerance = 1e-5)
  expect_equal(result$n, nrow(clips))
  expect_equal(result$confusion, confusion(clips$class, table$.pred_class))
  expect_equal(result$per_class, class_report(clips$class, table$.pred_class))
  expect_equal(result$predictions$class, clips$class)
  expect_equal(result$predictions[names(table)], table, tolerance = 1e-6)
  expect_equal(dim(result$errors), c(0, 2))
  expect_equal(result$n_seen, 0L)
  expect_identical(result$left_out, character())
})

test_that("an evaluation warns of what flatters it, or is left out", {
  expect_warning(heard <- evaluate(trained(), part("train")), "used in training")
  expect_equal(heard$n_seen, nrow(part("train")))
  expect_match(capture.output(print(heard))[1], "24 of them used in training")
  clips <- part("test")[c("fname", "class")]
  other <- tibble::tibble(fname = words()$fname[1], class = "up")
  expect_warning(left <- evaluate(trained(), rbind(clips, other)), "does not know: up")
  expect_equal(left$left_out, "up")
  bad <- tibble::tibble(fname = bad_file(), class = "no")
  expect_warning(some <- evaluate(trained(), rbind(clips, bad)), "1 of 9 recordings left out")
  expect_equal(some$errors$fname, bad$fname)
  expect_match(capture.output(print(some))[1], "on 8 clips, 1 more could not be read")
})

test_that("an evaluation prints", {
  result <- new_object("hearingai_evaluation",
    accuracy = 0.75, loss = 0.5, n = 4L, n_seen = 0L,
    metrics = tibble::tibble(
      metric = c("accuracy", "f1_macro", "f1_micro", "f1_weighted", "precision", "recall",
        "f1_positive"),
      value = c(0.75, 0.7333, 0.75, 0.7333, 1, 0.5, 0.6667), low = c(0.25, rep(NA, 6)),
      high = c(1, rep(NA, 6))
    ),
    per_class = class_report(c("a", "a", "b", "b"), c("a", "a", "b", "a")),
    errors = tibble::tibble(), target = "b"
  )
  expect_snapshot(result)
  result$metrics[c("low", "high")] <- NA_real_
  expect_match(format(result), "<accuracy 0.7500, loss 0.5000 on", fixed = TRUE, all = FALSE)
})

test_that("counts and rates are right", {
  truth <- factor(c("b", "b", "a", "a", "a"), c("b", "a", "c"))
  predicted <- c("b", "a", "a", "a", "b")
  counts <- confusion(truth, predicted)
  expect_equal(levels(counts$truth), c("b", "a", "c"))
  expect_equal(counts$n, c(1, 1, 0, 1, 2, 0, 0, 0, 0))
  expect_equal(as.character(counts$truth), rep(c("b", "a", "c"), each = 3))
  expect_equal(levels(confusion(c("z", "a"), c("a", "a"))$truth), c("a", "z"))
  report <- class_report(truth, predicted)
  expect_equal(report$label, factor(c("b", "a", "c"), c("b", "a", "c")))
  expect_equal(report$precision, c(1 / 2, 2 / 3, 0))
  expect_equal(report$recall, c(1 / 2, 2 / 3, NA)) # none to be recalled
  expect_equal(report$n, c(2, 3, 0))
})

test_that("every number has its own name", {
  clips <- part("test")
  result <- evaluate(trained(), clips)
  expect_equal(tidy(result), result$metrics)
  expect_named(result$metrics, c("metric", "value", "low", "high"))
  value <- stats::setNames(result$metrics$value, result$metrics$metric)
  expect_equal(value[["accuracy"]], result$accuracy)
  expect_equal(value[["f1_macro"]], mean(result$per_class$f1))
  yes <- binary_metrics(clips$class, result$predictions$.pred_yes, "yes")
  expect_equal(value[c("recall", "roc_auc")], unlist(yes[c("recall", "roc_auc")]))
  interval <- result$metrics[1, ]
  expect_true(interval$low <= interval$value && interval$value <= interval$high)
  expect_true(all(is.na(result$metrics$low[-1])))
  row <- glance(result)
  expect_equal(dim(row)[1], 1)
  expect_equal(c(row$n, row$accuracy, row$loss), c(result$n, result$accuracy, result$loss))
})

test_that("a target is measured under every name", {
  truth <- factor(c("go", "go", "no", "no"), c("no", "go"))
  score <- c(0.9, 0.4, 0.6, 0.2)
  row <- binary_metrics(truth, score, "go")
  expect_equal(dim(row), c(1, 12))
  expect_equal(row$positives, 2)
  expect_equal(unlist(row[c("precision", "recall", "roc_auc")], use.names = FALSE),
    c(0.5, 0.5, 0.75)
  )
  expect_equal(binary_metrics(truth, score, "go", threshold = 0.3)$recall, 1)
  curve <- score_curve(truth, score, "go")
  expect_equal(curve$threshold, sort(score, decreasing = TRUE))
  expect_equal(curve$true_positive_rate, c(0.5, 0.5, 1, 1))
  expect_equal(curve$false_positive_rate, c(0, 0.5, 0.5, 1))
  expect_equal(choose_threshold(truth, score, "go"), 0.3)
  expect_equal(choose_threshold(truth, score, "go", metric = "accuracy"), 0.75)
})

test_that("areas are those of each label against the rest", {
  scores <- rbind(c(0.9, 0.1, 0), c(0.4, 0.6, 0), c(0.3, 0.7, 0))
  areas <- class_aucs(c("go", "go", "no"), scores, c("go", "no", "up"))
  expect_equal(areas$label, factor(c("go", "no", "up"), c("go", "no", "up")))
  expect_equal(areas$roc_auc, c(1, 1, NA))
  expect_equal(areas$n, c(2, 1, 0))
  by_frame <- class_aucs(c("go", "go", "no"), as.data.frame(scores), c("go", "no", "up"))
  expect_equal(by_frame, areas)
})

test_that("an interval is drawn by groups, for a named metric or a function", {
  truth <- rep(c("go", "no"), 50)
  predicted <- rep(c("go", "no", "go", "go"), 25)
  whole <- bootstrap_interval(truth, predicted, seed = 1)
  expect_named(whole, c("estimate", "low", "high", "level", "n_groups"))
  expect_equal(whole$estimate, 0.75)
  expect_true(whole$low < 0.75 && whole$high > 0.75)
  expect_equal(bootstrap_interval(truth, predicted, groups = rep(1:20, each = 5))$n_groups, 20)
  own <- bootstrap_interval(truth, predicted, metric = function(t, p) mean(t == p), seed = 1)
  expect_equal(own, whole)
  drawn <- function() {
    set.seed(2)
    bootstrap_interval(truth, predicted, seed = NULL, n = 50)
  }
  expect_equal(drawn(), drawn())
})

test_that("unfit input is named", {
  expect_refused(evaluate(trained(), "a folder"), "`clips` must be a table of clips")
  expect_refused(
    evaluate(trained(), data.frame(fname = "a.wav", class = "up")), "no clip is of a class"
  )
  expect_refused(confusion(c("a", NA), c("a", "b")), "`truth` is missing")
  expect_refused(confusion(list("a"), "a"), "`truth` must be")
  expect_refused(class_report("a", c("a", "b")), "equally long")
  truth <- c("a", "b")
  expect_refused(binary_metrics(truth, c(0.1, NA), "a"), "`score` is missing")
  expect_refused(binary_metrics(truth, c("1", "2"), "a"), "`score` must be numbers")
  expect_refused(binary_metrics(truth, c(0.1, 0.2, 0.3), "a"), "equally long")
  expect_refused(score_curve(c("a", "b", "c"), 1:3, "d"), "target")
  expect_refused(choose_threshold(truth, 1:2, "a", metric = "best"), "`metric` must be one of")
  expect_refused(class_aucs(truth, 1:2, truth), "`probabilities` must be a matrix")
  expect_refused(class_aucs(truth, matrix(0, 2, 3), truth), "\\(clips, 2\\)")
  expect_refused(bootstrap_interval(truth, truth, groups = c("x", NA)), "`groups` is missing")
  between <- "`level` must be a number above 0 and below 1"
  expect_refused(bootstrap_interval(truth, truth, level = 2), between)
  expect_refused(bootstrap_interval(truth, truth, metric = 3), "`metric` must be the name")
})
