skip_if_no_core()

test_that("there is a row a recording, in order", {
  shuffled <- words()[c(40, 1, 40, 7, 22), ]
  table <- predict(trained(), shuffled)
  expect_s3_class(table, "tbl_df")
  expect_named(table, c("fname", ".pred_class", ".pred_no", ".pred_yes", ".error"))
  expect_equal(table$fname, shuffled$fname)
  expect_equal(levels(table$.pred_class), c("no", "yes"))
  expect_identical(table$.error, rep(NA_character_, 5))
  expect_equal(table[1, ], table[3, ])
  expect_equal(predict(trained(), shuffled$fname), table)
  expect_equal(predict(trained(), shuffled, batch_size = 2), table, tolerance = 1e-5)
})

test_that("probabilities are some, and the class is the most probable", {
  table <- predict(trained(), words())
  expect_equal(table$.pred_no + table$.pred_yes, rep(1, 40), tolerance = 1e-6)
  best <- ifelse(table$.pred_yes > table$.pred_no, "yes", "no")
  expect_equal(as.character(table$.pred_class), best)
})

test_that("a bad file is named and the rest answered", {
  bad <- bad_file()
  table <- predict(trained(), c(words()$fname[1], bad, "nowhere.wav", words()$fname[2]))
  expect_equal(is.na(table$.error), c(TRUE, FALSE, FALSE, TRUE))
  expect_equal(table$.error[3], "does not exist")
  expect_identical(is.na(table$.pred_class), c(FALSE, TRUE, TRUE, FALSE))
  expect_identical(table$.pred_no[2], NA_real_)
  expect_false(is.nan(table$.pred_no[2]))
  expect_equal(table[c(1, 4), ], predict(trained(), words()$fname[1:2]))
  expect_refused(predict(trained(), bad, on_error = "raise"), basename(bad))
})

test_that("sound itself is heard: a matrix, a list, one waveform", {
  sound <- lapply(words()$fname[1:3], function(f) read_audio(f)$waveform)
  by_file <- predict(trained(), words()$fname[1:3])
  by_list <- predict(trained(), sound)
  expect_identical(by_list$fname, rep(NA_character_, 3))
  expect_equal(by_list[-1], by_file[-1], tolerance = 1e-5)
  expect_equal(predict(trained(), do.call(rbind, sound)), by_list, tolerance = 1e-5)
  expect_equal(predict(trained(), sound[[1]]), by_list[1, ], tolerance = 1e-5)
})

test_that("sound of another rate is converted", {
  sound <- read_audio(words()$fname[1])$waveform
  table <- predict(trained(), resample(sound, 16000, 48000), sample_rate = 48000)
  expect_equal(table$.pred_no, predict(trained(), sound)$.pred_no, tolerance = 0.05)
})

test_that("nothing in, nothing out", {
  none <- predict(trained(), character())
  expect_equal(none, predict(trained(), words()[0, ]))
  expect_equal(dim(none), c(0, 5))
  expect_equal(levels(none$.pred_class), c("no", "yes"))
})

test_that("an evaluation holds what was measured", {
  clips <- part("test")
  result <- evaluate(trained(), clips)
  expect_named(result, c(
    "accuracy", "loss", "n", "per_class", "confusion", "predictions", "errors", "n_seen", "left_out"
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
  expect_warning(heard <- evaluate(trained(), part("train")), "heard in training")
  expect_equal(heard$n_seen, nrow(part("train")))
  expect_match(capture.output(print(heard))[1], "24 of them heard in training")
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
  result <- structure(list(
    accuracy = 0.75, loss = 0.5, n = 4L, n_seen = 0L,
    per_class = class_report(c("a", "a", "b", "b"), c("a", "a", "b", "a")),
    errors = tibble::tibble()
  ), class = "hearingai_evaluation")
  expect_snapshot(result)
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

test_that("unfit input is named", {
  expect_refused(predict(trained(), NA_character_), "`recordings` is missing")
  expect_refused(predict(trained(), data.frame(file = "a")), "must have a column fname")
  expect_refused(predict(trained(), data.frame(fname = NA)), "`recordings\\$fname` is missing")
  expect_refused(predict(trained(), list(1:3, "a")), "`recordings\\[\\[2\\]\\]` must be numbers")
  expect_refused(predict(trained(), c(0, NA)), "`recordings` is missing")
  expect_refused(predict(trained(), sum), "`recordings` must be paths.*a function")
  expect_refused(predict(trained(), words(), batch_size = 0), "`batch_size`")
  expect_error(predict(trained(), words(), rate = 8000), "must be empty")
  expect_refused(evaluate(trained(), "a folder"), "`clips` must be a data frame")
  expect_refused(
    evaluate(trained(), data.frame(fname = "a.wav", class = "up")), "no clip is of a class"
  )
  expect_refused(confusion(c("a", NA), c("a", "b")), "`truth` is missing")
  expect_refused(confusion(1:2, c("a", "b")), "`truth` must be a character vector")
  expect_refused(class_report("a", c("a", "b")), "equally long")
})
