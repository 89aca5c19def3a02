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
  more <- tibble::add_column(events, views = list(1, 2:3), marks = list(c("a", "b"), NULL))
  more$parts <- list(data.frame(x = 1), NULL)
  expect_warning(write_events(more, csv, overwrite = TRUE), "list columns, .*parts",
    class = "hearingai_warning"
  )
  expect_named(read_events(csv), c(names(events), "views", "marks"))
  expect_match(readLines(csv)[2], "^a.wav,1.5,.*,1,a;b$")
  expect_match(readLines(csv)[3], "^a.wav,0.333.*,2;3,$")
  found <- annotate(untrained(), bursts, hop = 0.5, threshold = low)
  expect_equal(nrow(read_events(write_events(found, csv, overwrite = TRUE))), nrow(found$events))
})

test_that("selections of several recordings are all read, their views once", {
  path <- withr::local_tempfile(fileext = ".selections.txt")
  header <- c("Selection", "View", "Begin Time (s)", "End Time (s)", "Begin Path", "Species")
  rows <- list(
    header, c(1, "W", "1,5", 2, "a.wav", "wren"), c(1, "S", "1,5", 2, "a.wav", "wren"), header,
    c(1, "S", "1,5", 2, "b.wav", "NA")
  )
  writeLines(vapply(rows, paste, character(1), collapse = "\t"), path)
  suppressWarnings(
    expect_warning(back <- read_events(path), "1 of 3 rows are further views",
      class = "hearingai_warning"
    )
  )
  expect_equal(back$fname, c("a.wav", "b.wav"))
  expect_equal(back$start, c(1.5, 1.5))
  expect_equal(back$label, c("wren", "NA"))
})
