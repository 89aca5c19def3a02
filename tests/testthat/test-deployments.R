skip_if_no_core()

times_table <- function() {
  data.frame(
    fname = c("a.wav", "b.wav"), duration = c(3600, 600), site = c("fen", "bog"),
    time = as.POSIXct(c("2024-05-01 23:30:00.25", "2024-05-03 04:00:00"), tz = "UTC")
  )
}

test_that("times come from names, in UTC", {
  folder <- withr::local_tempdir()
  path <- file.path(folder, "FEN_20240501_043000.wav")
  write_audio(numeric(500), path, 1000)
  table <- recording_times(folder, tz = "Europe/Berlin")
  expect_named(table, c(
    "fname", "time", "duration", "site", "latitude", "longitude", "recorder", "source"
  ))
  expect_s3_class(table$time, "POSIXct")
  expect_identical(attr(table$time, "tzone"), "UTC")
  expect_identical(format(table$time), "2024-05-01 02:30:00")
  expect_identical(table$site, "FEN")
  expect_identical(table$duration, 0.5)
  expect_identical(recording_times(path, pattern = "(?<site>[^/]+)_\\d+_")$site, "FEN")
})

test_that("columns of a data frame come first, others stay, and POSIXct keeps its fractions", {
  given <- times_table()
  given$observer <- factor(c("x", "y"))
  given$seen <- as.Date("2024-05-01")
  table <- recording_times(given)
  expect_equal(as.numeric(table$time), as.numeric(given$time), tolerance = 1e-12)
  expect_identical(table$source, c("table", "table"))
  expect_identical(table$observer, given$observer)
  expect_identical(table$seen, given$seen)
  local <- given
  local$time <- as.POSIXct("2024-05-01 04:30", tz = "Europe/Berlin")
  expect_identical(format(recording_times(local)$time[[1]]), "2024-05-01 02:30:00")
  given$time <- NULL
  expect_warning(table <- recording_times(given), "2 of 2 recordings have no time")
  expect_identical(is.na(table$time), c(TRUE, TRUE))
  expect_error(recording_times(given, on_error = "raise"), class = "hearingai_error")
})

test_that("a clock's drift is taken out", {
  given <- data.frame(fname = "20240511_000020.wav", duration = 1)
  told <- function(set) format(recording_times(given, drift = 2, clock_set = set)$time)
  expect_identical(told(as.POSIXct("2024-05-01", tz = "UTC")), "2024-05-11")
  expect_identical(told(as.Date("2024-05-01")), "2024-05-11")
  expect_identical(told("2024-05-01 00:00"), "2024-05-11")
  expect_error(recording_times(given, drift = 2), "clock_set")
})

test_that("events get times", {
  events <- data.frame(
    fname = c("a.wav", "b.wav"), start = c(0.5, 60), end = c(1, 61),
    label = factor(c("x", "x"), c("x", "y"))
  )
  table <- add_times(events, times_table())
  expect_s3_class(table, "hearingai_events")
  expect_identical(levels(table$label), c("x", "y"))
  expect_equal(as.numeric(table$time - times_table()$time), c(0.5, 60), tolerance = 1e-6)
  expect_identical(table$site, c("fen", "bog"))
  expect_warning(part <- add_times(events, times_table()[1, ]), "1 of 2 events have no time")
  expect_identical(is.na(part$time), c(FALSE, TRUE))
  path <- withr::local_tempfile(fileext = ".csv")
  write_events(table, path)
  expect_equal(read_events(path)$time, table$time)
})

test_that("list columns, factors and sites stay as they were", {
  events <- tibble::tibble(fname = c("a.wav", "b.wav"), start = c(0.5, 60), end = c(1, 61),
    label = "x", note = list(1:2, "y")
  )
  times <- times_table()
  times$site <- factor(times$site, c("fen", "bog"))
  table <- add_times(events, times)
  expect_identical(table$note, events$note)
  expect_identical(table$site, times$site)
  times$note <- I(events$note)
  same <- c("site", "note")
  expect_identical(recording_times(times)[same], tibble::as_tibble(times)[same])
})
