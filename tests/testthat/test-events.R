skip_if_no_core()

test_that("events are written for other programs and read back", {
  events <- tibble::tibble(
    fname = "a.wav", start = c(1.5, 1 / 3), end = c(2, 7.5),
    label = factor(c("yes", "NA")), score = c(0.5, NA)
  )
  csv <- withr::local_tempfile(fileext = ".csv")
  expect_equal(write_events(events, csv), csv)
  back <- read_events(csv)
  expect_equal(back, transform(events, label = as.character(label)), ignore_attr = TRUE)
  expect_identical(back$label, c("yes", "NA"))
  expect_refused(write_events(events, csv), "overwrite = TRUE")
  labels <- withr::local_tempfile(fileext = ".txt")
  write_events(events[1, ], labels)
  expect_equal(readLines(labels), "1.500000\t2.000000\tyes")
  expect_identical(read_events(labels)$fname, NA_character_)
  expect_refused(write_events(events, tempfile(fileext = ".doc")), "must end in")
  expect_refused(write_events(1, csv), "`events`")
  expect_refused(read_events("nowhere.csv"), "does not exist")
  found <- annotate(untrained(), bursts, hop = 0.5, threshold = low)
  expect_equal(nrow(read_events(write_events(found, csv, overwrite = TRUE))), nrow(found$events))
})
