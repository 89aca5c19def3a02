# Any number of labels a clip: list columns in, list columns out.

tone <- function(names, seed) {
  time <- seq_len(8000) / 16000
  sound <- withr::with_seed(seed, stats::rnorm(8000, 0, 0.01))
  for (name in names) sound <- sound + 0.2 * sin(2 * pi * c(high = 4000, low = 500)[[name]] * time)
  sound
}

tones <- function(n = 40, envir = parent.frame()) {
  folder <- withr::local_tempdir(.local_envir = envir)
  sets <- withr::with_seed(1, lapply(seq_len(n), function(i) c("low", "high")[runif(2) < 0.5]))
  paths <- file.path(folder, sprintf("%d.wav", seq_len(n)))
  for (i in seq_len(n)) write_audio(paths[[i]], tone(sets[[i]], i), 16000)
  clip_table(paths, labels = sets, site = "pond")
}

test_that("labels are a list column of sorted text", {
  skip_if_no_core()
  clips <- clip_table(c("a.wav", "b.wav", "c.wav"),
    labels = list(c("owl", "frog", "owl"), character(), "frog"), site = 1:3
  )
  expect_s3_class(clips, "hearingai_clips")
  expect_named(clips, c("fname", "labels", "site"))
  expect_equal(clips$labels, list(c("frog", "owl"), character(), "frog"))
  expect_match(format(clips)[[2]], "Labels: +2: frog, owl", all = FALSE)
  split <- split_clips(clips[c(1, 2, 3, 1), ], c(train = 0.5, test = 0.5), by = NULL, seed = 1)
  expect_equal(split$labels[[4]], c("frog", "owl"))
  expect_equal(split$site, c(1L, 2L, 3L, 1L))
  expect_error(clip_table("a.wav"), class = "hearingai_error")
  expect_error(clip_table("a.wav", "x", labels = list("x")), class = "hearingai_error")
  expect_error(clip_table("a.wav", labels = list("a;b")), "row 1", class = "hearingai_error")
  for (set in list(NA, c("a", NA), list(c("a", "b")))) {
    expect_error(clip_table(c("a.wav", "b.wav"), labels = list("x", set)), "labels\\[\\[2\\]\\]",
      class = "hearingai_error"
    )
  }
  expect_error(split_clips(tibble::tibble(fname = "a.wav", class = list("x"))), "called `labels`")
  expect_match(format(clip_table("a.wav", labels = list(NULL)))[[2]], "Labels: +0[^:]*$")
  expect_lt(nrow(summary(clips)), 9)
})

test_that("a CSV holds them with semicolons", {
  skip_if_no_core()
  path <- withr::local_tempfile(fileext = ".csv")
  writeLines(c("fname,labels", "a.wav,x;y", "b.wav,"), path)
  expect_equal(read_clips(path)$labels, list(c("x", "y"), character()))
})

test_that("a classifier gives labels and their probabilities", {
  skip_if_no_core()
  clips <- tones()
  classifier <- fit("gate", clips,
    epochs = 5, batch_size = 8, seed = 1, precision = "float32", sampling = "balanced"
  )
  expect_match(format(classifier)[[1]], "2 labels, any number a clip")
  expect_named(training_history(classifier), c("epoch", "loss", "val_loss", "val_map", "seconds"))
  found <- predict(classifier, c(clips$fname[1:3], "gone.wav"))
  expect_named(found, c("fname", ".pred_labels", ".pred_high", ".pred_low", ".error"))
  expect_type(found$.pred_labels, "list")
  taken <- c("high", "low")[unlist(found[1, c(".pred_high", ".pred_low")]) >= 0.5]
  expect_equal(found$.pred_labels[[1]], taken)
  expect_equal(found$.pred_labels[[4]], NA_character_)
  none <- suppressWarnings(predict(classifier, "gone.wav"))
  expect_identical(none$.pred_labels, list(NA_character_))
  expect_type(predict(classifier, clips[0, ])$.pred_labels, "list")
  expect_named(predict(classifier, clips[1:2, ], type = "class"), ".pred_labels")
  expect_named(glance(classifier)["val_map"], "val_map")
  expect_equal(augment(classifier, clips[1:2, ])$labels, clips$labels[1:2])
  expect_s3_class(plot_history(classifier), "ggplot")
  expect_s3_class(plot_clips(clips), "ggplot")
  result <- suppressWarnings(evaluate(classifier, clips))
  expect_match(format(result)[[1]], "^<mAP [01]\\.[0-9]{4}, accuracy ")
  expect_true(all(c("map_macro", "map_micro", "roc_auc_macro") %in% tidy(result)$metric))
  expect_equal(result$predictions$labels, clips$labels)
  expect_named(
    result$per_class,
    c("label", "average_precision", "roc_auc", "precision", "recall", "f1", "threshold", "n")
  )
  expect_no_match(format(result$confusion), "Right")
  expect_s3_class(plot_confusion(result$confusion), "ggplot")
})
