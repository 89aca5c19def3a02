skip_if_no_core()

test_that("events are counted against the truth", {
  result <- detection_metrics(heard, there, duration = 1800)
  expect_named(result, c("summary", "per_label", "curve", "events", "truth",
    "operating_points"
  ))
  row <- result$summary
  counts <- c("n_truth", "n_events", "hits", "misses", "false_accepts", "substitutions",
    "duplicates"
  )
  expect_equal(unlist(row[counts], use.names = FALSE), c(4, 5, 2, 2, 3, 1, 1))
  expect_equal(row$false_accepts_per_hour, 6)
  expect_equal(row$threshold, NA_real_)
  expect_equal(result$per_label$label, factor(c("go", "no", "up")))
  expect_equal(result$events$outcome,
    c("hit", "duplicate", "substitution", "false accept", "hit")
  )
  expect_equal(result$truth$event, c(1, 3, NA, 5)) # rows of R
  expect_equal(result$curve$threshold, heard$score)
  expect_equal(tidy(result), result$per_label)
  expect_equal(glance(result), result$summary)
  expect_match(capture.output(print(result))[1],
    "<2 of 4 events found, 3 false accepts (6 an hour), precision 0.400, recall 0.500, F1 0.444>",
    fixed = TRUE
  )
  expect_no_match(capture.output(print(detection_metrics(heard, there)))[1], "hour")
})

test_that("durations, thresholds and rules reach the core", {
  by_name <- detection_metrics(heard, there, duration = c(a = 3000, b = 600))
  table <- data.frame(fname = c("a", "b"), duration = c(3000, 600))
  expect_equal(by_name, detection_metrics(heard, there, duration = table))
  expect_equal(by_name, detection_metrics(heard, there, duration = list(a = 3000, b = 600)))
  chosen <- detection_metrics(heard, there, duration = 3600, wanted_per_hour = 1)
  expect_equal(chosen$summary$threshold, 0.75)
  expect_equal(nrow(detection_metrics(heard, there, threshold = 0.65)$events), 3)
  at <- detection_metrics(heard, there, duration = 3600, at_false_accepts_per_hour = c(0.5, 2))
  expect_equal(at$operating_points$at_false_accepts_per_hour, c(0.5, 2))
  expect_equal(at$operating_points$false_accepts_per_hour, c(0, 2))
  expect_equal(at$operating_points$false_reject_rate, c(0.75, 0.75))
  strict <- detection_metrics(heard, there, tolerance = 0.05, by = "onset")
  expect_equal(strict$summary$hits, 1)
})

test_that("an annotation brings its events and its length", {
  annotation <- structure(list(events = heard, seconds = 1800), class = "hearingai_annotation")
  expect_equal(detection_metrics(annotation, there), detection_metrics(heard, there,
    duration = 1800
  ))
  expect_equal(streaming_accuracy(annotation, there), streaming_accuracy(heard, there))
})

test_that("nothing found, and nothing there", {
  none <- detection_metrics(heard[0, ], there, duration = 60)
  expect_equal(none$summary$recall, 0)
  expect_equal(nrow(none$curve), 0)
  silent <- detection_metrics(heard, there[0, ], duration = 60)
  expect_equal(silent$summary$recall, NA_real_)
  expect_equal(silent$summary$false_accepts, 5)
})

test_that("streaming accuracy is told in shares", {
  row <- streaming_accuracy(heard, there)
  expect_equal(unlist(row, use.names = FALSE), c(4, 5, 0.75, 0.5, 0.5, 0.25))
  expect_equal(streaming_accuracy(heard, there, tolerance = 0.15)$false_positives, 0.5)
})

test_that("unfit events are named", {
  expect_refused(detection_metrics("events.csv", there), "must be a table of events")
  expect_refused(detection_metrics(heard, there["fname"]), "`truth` must have a column start")
  gap <- heard
  gap$start[2] <- NA
  expect_refused(detection_metrics(gap, there), "`events.start` is missing .NA. in position 2")
  expect_refused(detection_metrics(heard, there, duration = c(1, 2)), "`duration` must be one")
  expect_refused(detection_metrics(heard, there, duration = c(a = 9)), "It lacks: b")
  expect_refused(detection_metrics(heard, there, by = "end"), "`by` must be one of")
  expect_refused(detection_metrics(heard, there, wanted_per_hour = 1), "needs `duration`")
  expect_warning(detection_metrics(transform(heard, fname = "c"), there), "no recording")
})
