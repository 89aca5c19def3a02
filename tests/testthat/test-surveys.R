skip_if_no_core()

effort <- data.frame(
  fname = c("a.wav", "b.wav", "c.wav"), duration = c(3600, 600, 1800),
  site = c("fen", "fen", "bog"),
  time = as.POSIXct(
    c("2024-05-01 23:30", "2024-05-03 04:00", "2024-05-03 04:00"),
    tz = "UTC"
  )
)
events <- data.frame(
  fname = c("a.wav", "a.wav", "a.wav", "c.wav"), start = c(0, 1790, 1800, 5),
  end = c(1, 1801, 1802, 6), label = c("wren", "wren", "owl", "wren"), score = c(9, 4, 8, 7) / 10
)

test_that("detections and effort are counted by site and day", {
  history <- detection_history(events, effort)
  expect_s3_class(history, "hearingai_detection_history")
  expect_named(
    history, c("site", "label", "occasion", "occasion_end", "n", "effort", "detected")
  )
  expect_type(history$n, "integer")
  expect_s3_class(history$occasion, "POSIXct")
  dates <- c("2024-05-01", "2024-05-02", "2024-05-03")
  expect_identical(
    presence_matrix(history, "wren"),
    matrix(c(NA, 1, NA, 0, 1, 0), 2, dimnames = list(c("bog", "fen"), dates))
  )
  expect_equal(
    unname(presence_matrix(history, "owl", values = "effort")),
    matrix(c(0, 0.5, 0, 0.5, 0.5, 1 / 6), 2)
  )
  expect_error(presence_matrix(history), "label", class = "hearingai_error")
  expect_output(print(history), "2: bog and fen|2: bog, fen")
})

test_that("days are those of a zone, also one without a name", {
  for (tz in c("Europe/Berlin", "UTC+2")) {
    history <- detection_history(events, effort, tz = tz)
    expect_identical(format(history$occasion[[1]], "%F %R %z"), "2024-05-02 00:00 +0200")
    expect_identical(colnames(presence_matrix(history, "owl")), c("2024-05-02", "2024-05-03"))
  }
})

test_that("scores, labels and sites can be chosen", {
  n <- function(...) {
    with(detection_history(events, effort, site = NULL, ...), tapply(n, label, sum, na.rm = TRUE))
  }
  expect_equal(c(n(min_score = 0.75)), c(owl = 1, wren = 1))
  expect_equal(c(n(min_score = c(wren = 0.5))), c(owl = 1, wren = 2))
  expect_warning(counts <- n(labels = c("lark", "owl")), "no event has the label lark")
  expect_equal(c(counts), c(lark = 0, owl = 1))
  expect_identical(unique(detection_history(events, effort, by = 2, site = NULL)$site), "all")
})

test_that("an annotation brings what was heard", {
  folder <- withr::local_tempdir()
  for (name in c("20240501_043000.wav", "20240501_053000.wav")) {
    write_audio(numeric(32000), file.path(folder, name), 16000)
  }
  times <- recording_times(folder)
  found <- annotate(untrained(), folder, hop = 0.5, threshold = 0.01, times = times)
  expect_equal(found$recordings$time, times$time)
  expect_s3_class(found$events$time, "POSIXct")
  history <- detection_history(found, by = "hour")
  expect_equal(unique(history$effort) * 3600, 2)
  expect_equal(sum(history$n), nrow(found$events))
  plain <- annotate(untrained(), folder, hop = 0.5, threshold = 0.01)
  expect_equal(detection_history(plain, times, by = "hour"), history)
  expect_error(detection_history(plain), "effort", class = "hearingai_error")
})

test_that("sites and labels are factors where they were such", {
  effort$site <- factor(effort$site, c("fen", "bog"))
  events$label <- factor(events$label, c("wren", "owl"))
  history <- detection_history(events, effort)
  expect_identical(levels(history$site), c("fen", "bog"))
  expect_identical(levels(history$label), c("wren", "owl"))
  expect_identical(rownames(presence_matrix(history, "wren")), c("bog", "fen"))
  expect_identical(levels(activity_pattern(events, effort)$label), c("wren", "owl"))
})

test_that("activity is told by the hour", {
  pattern <- activity_pattern(events, effort, labels = "wren")
  expect_s3_class(pattern, "hearingai_activity")
  expect_identical(nrow(pattern), 24L)
  expect_equal(pattern$rate[[24]], 4)
  expect_true(is.na(pattern$rate[[2]]))
  expect_error(activity_pattern(events, effort, bin = 5), "bin", class = "hearingai_error")
})
