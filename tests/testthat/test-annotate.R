skip_if_no_core()

set.seed(1)
sound <- rnorm(80000) / 10 * rep(c(0, 1), each = 8000)
low <- c(no = 0.45, yes = 0.45)

recording <- function(envir = parent.frame()) {
  path <- withr::local_tempfile(fileext = ".wav", .local_envir = envir)
  write_audio(path, sound, 16000, "FLOAT")
  path
}

test_that("a recording is annotated, and one that is none is named", {
  path <- recording()
  bad <- bad_file()
  found <- annotate(untrained(), c(path, bad), hop = 0.5, threshold = low)
  expect_s3_class(found, "hearingai_annotation")
  expect_named(found$events, c("fname", "start", "end", "label", "score"))
  expect_equal(levels(found$events$label), c("no", "yes"))
  expect_gt(nrow(found$events), 0)
  expect_named(found$windows, c("fname", "start", "end", ".pred_no", ".pred_yes"))
  expect_equal(found$windows$start, seq(0, 4, by = 0.5))
  expect_equal(found$recordings, tibble::tibble(fname = path, seconds = 5))
  expect_equal(found$errors$fname, bad)
  expect_equal(found$seconds, 5)
  expect_identical(tidy(found), found$events)
  expect_match(format(found), "events? in 1 recording of 5 s, 1 not read, heard .* times faster")
  expect_output(print(found), "tibble")
  expect_refused(annotate(untrained(), bad, on_error = "raise"), "not audio")
})

test_that("sound, a table of parts and a folder are heard alike", {
  path <- recording()
  by_file <- annotate(untrained(), path, hop = 0.5, threshold = low)
  by_sound <- annotate(untrained(), sound, hop = 0.5, threshold = low)
  expect_equal(by_sound$windows[-1], by_file$windows[-1], tolerance = 1e-5)
  expect_identical(by_sound$windows$fname, rep(NA_character_, 9))
  part <- annotate(untrained(), data.frame(fname = path, start = 1, end = 3), hop = 0.5)
  expect_equal(part$windows$start, c(1, 1.5, 2))
  expect_equal(part$windows[-1], by_file$windows[3:5, -1], tolerance = 1e-6)
  expect_null(annotate(untrained(), path, keep_windows = FALSE)$windows)
})

test_that("what is kept is not computed again", {
  kept <- withr::local_tempdir()
  path <- recording()
  first <- annotate(untrained(), path, hop = 0.5, threshold = low, path = kept)
  again <- annotate(untrained(), path, hop = 0.5, threshold = low, path = kept)
  expect_null(again$speed)
  expect_equal(again$windows, first$windows)
  expect_equal(again$events, first$events)
})

test_that("arguments that cannot be are refused by name", {
  expect_refused(annotate(untrained(), 1:3, hop = 2), "`hop` must be at most")
  expect_refused(annotate(untrained(), sound, threshold = c(0.5, 0.6)), "`threshold`")
  expect_refused(annotate(untrained(), sound, threshold = c(up = 0.6)), "`threshold` must name")
  expect_refused(annotate(untrained(), sound, low = 0.9), "`low` must be at most")
  expect_refused(annotate(untrained(), c(sound, NA)), "missing")
  expect_refused(annotate(untrained(), TRUE), "`recordings`")
  expect_refused(annotate(untrained(), sound, ignore = c("no", "yes")), "no label")
  expect_refused(annotate("a", sound), "`classifier`")
})

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
  found <- annotate(untrained(), sound, hop = 0.5, threshold = low)
  expect_equal(nrow(read_events(write_events(found, csv, overwrite = TRUE))), nrow(found$events))
})

test_that("events are drawn", {
  skip_if_not_installed("ggplot2")
  path <- recording()
  found <- annotate(untrained(), path, hop = 0.5, threshold = low)
  plot <- plot(found)
  expect_s3_class(plot, "ggplot")
  file <- withr::local_tempfile(fileext = ".png")
  expect_silent(ggplot2::ggsave(file, plot, width = 8, height = 3, dpi = 50))
  expect_equal(nrow(ggplot2::layer_data(plot, 3)), nrow(found$events))
  shown <- plot_events(found$events, recording = sound, sample_rate = 16000, start = 1, end = 2)
  expect_equal(ggplot2::layer_data(shown, 3)$xmin >= 1, rep(TRUE, nrow(found$events)))
  expect_refused(plot_events(found, end = -1), "`end`")
})
