test_that("a classifier is calibrated, and its reliability measured and drawn", {
  skip_if_no_core()
  clips <- spoken_words(c("no", "yes"), n = 24, seed = 1)
  classifier <- fit("speech-commands-small", clips, epochs = 2, seed = 1)
  others <- spoken_words(c("no", "yes"), n = 40, seed = 2)
  calibrated <- calibrate(classifier, others, method = "platt")
  told <- classifier_info(calibrated)$calibration
  expect_identical(told[c("method", "n")], list(method = "platt", n = 80L))
  expect_output(print(summary(calibrated)), "calibrated  by platt")
  evaluation <- evaluate(calibrated, others)
  found <- reliability(evaluation)
  expect_s3_class(found, "hearingai_reliability")
  expect_identical(sum(tidy(found)$n), 80L)
  said <- pmax(evaluation$predictions$.pred_no, evaluation$predictions$.pred_yes)
  right <- as.character(evaluation$predictions$class) ==
    as.character(evaluation$predictions$.pred_class)
  expect_equal(glance(found)$brier, mean((said - right)^2), tolerance = 1e-6)
  before <- glance(reliability(evaluate(classifier, others)))
  expect_equal(before$expected_calibration_error, told$before, tolerance = 1e-6)
  each <- reliability(evaluation, bins = 5, by_label = TRUE)
  expect_identical(levels(tidy(each)$label), c("no", "yes"))
  expect_match(format(each), "mean of 2 labels")
  skip_if_not_installed("ggplot2")
  plot <- plot_reliability(list(one = found, two = tidy(found)), title = "t")
  expect_identical(levels(plot$data$curve), c("one", "two"))
  expect_s3_class(plot(each), "ggplot")
  expect_error(plot_reliability(3), "what reliability\\(\\) returned")
  expect_error(reliability(3), "what evaluate\\(\\) returned")
})

test_that("labelled clips decide thresholds", {
  skip_if_no_core()
  clips <- spoken_words(c("no", "yes"), n = 24, seed = 1)
  classifier <- fit("speech-commands-small", clips, epochs = 1, seed = 1)
  others <- spoken_words(c("no", "yes"), n = 40, seed = 2)
  chosen <- choose_thresholds(classifier, others, best_f1 = TRUE)
  expect_identical(
    names(tidy(chosen)), c("label", "threshold", "n", "precision", "recall", "f1")
  )
  expect_identical(classifier_info(chosen$classifier)$thresholds, chosen$thresholds)
  expect_match(format(chosen), "F1 0\\.\\d+ on 80 clips")
  expect_error(
    choose_thresholds(classifier, others, best_f1 = TRUE, wanted_precision = 0.9), "give one of"
  )
  expect_error(
    choose_thresholds(classifier, others, wanted_precision = c(yes = 0.9)), "without a name"
  )
  expect_error(choose_thresholds(classifier, others), "clips of no, yes.*`best_f1`")
})

test_that("what is like nothing known is unknown", {
  skip_if_no_core()
  clips <- spoken_words(c("no", "yes"), n = 24, seed = 1)
  classifier <- fit("speech-commands-small", clips, epochs = 2, seed = 1)
  knowing <- learn_novelty(classifier, clips, rate = 0.1)
  expect_identical(classifier_info(knowing)$novelty$rate, 0.1)
  tones <- lapply(c(2000, 3000, 5000), function(hz) sin(2 * pi * hz * seq_len(16000) / 16000))
  found <- predict(knowing, tones, unknown = TRUE)
  expect_identical(levels(found$.pred_class), c("no", "yes", "unknown"))
  expect_identical(as.character(found$.pred_class), rep("unknown", 3))
  expect_true(all(found$.novelty > 1))
  expect_false(".novelty" %in% names(predict(knowing, tones)))
  expect_error(predict(classifier, tones, unknown = TRUE), "needs a classifier that learn_novelty")
})
