skip_if_no_core()

set.seed(1)
sound <- rnorm(96000) / 10 * rep(c(0, 1, 1), each = 16000)
low <- c(no = 0.45, yes = 0.45)
whole <- function() annotate(untrained(), sound, hop = 0.5, threshold = low)$events[-1]
chunks <- function(size) unname(split(sound, (seq_along(sound) - 1) %/% size))

test_that("a stream finds in chunks what is found in the whole", {
  for (size in c(7000, 40000)) {
    stream <- Stream(untrained(), hop = 0.5, threshold = low)
    found <- do.call(rbind, c(lapply(chunks(size), feed, stream = stream), list(finish(stream))))
    found <- found[order(found$start, found$end), ]
    expect_equal(found, whole(), tolerance = 1e-5)
  }
  expect_gt(nrow(found), 0)
})

test_that("a stream tells how it stands", {
  stream <- Stream(untrained(), sample_rate = 8000, hop = 0.5, threshold = low)
  expect_match(format(stream), "<stream: 0 s of sound at 8000 Hz, events within")
  expect_equal(nrow(feed(stream, numeric())), 0)
  feed(stream, rbind(sound[1:20000], sound[1:20000]))
  state <- stream_state(stream)
  expect_equal(state$seconds, 2.5)
  expect_gt(state$delay, 0.5)
  expect_named(state$active, c("start", "end", "label", "score"))
  expect_named(state$windows, c("start", "end", ".pred_no", ".pred_yes"))
  expect_equal(state$windows$start, c(0, 0.5, 1))
  expect_refused(feed(stream, c(1, NA)), "missing")
  expect_refused(feed(stream, "a"), "`chunk`")
  expect_refused(feed(1, sound), "`stream`")
  expect_refused(Stream(untrained(), sample_rate = 0), "`sample_rate`")
})

test_that("listening to chunks tells the events, and calls back with each", {
  found <- listen(untrained(), chunks(1600), hop = 0.5, threshold = low)
  expect_equal(found, whole(), tolerance = 1e-5)
  told <- list()
  invisible(listen(untrained(), chunks(1600), function(event) told <<- c(told, list(event)),
    hop = 0.5, threshold = low
  ))
  expect_equal(vapply(told, `[[`, "", "label"), as.character(found$label[order(found$end)]))
  expect_named(told[[1]], c("start", "end", "label", "score"))
  first <- listen(untrained(), chunks(1600), function(event) FALSE, hop = 0.5, threshold = low)
  expect_equal(nrow(first), 1)
  expect_equal(nrow(listen(untrained(), chunks(1600), seconds = 0.5, threshold = 0.99)), 0)
})

test_that("a file of raw samples is followed", {
  path <- withr::local_tempfile(fileext = ".raw")
  writeBin(as.integer(round(sound * 32768)), path, size = 2, endian = "little")
  found <- listen(untrained(), path, hop = 0.5, threshold = low, wait = 0.3)
  expect_equal(found, whole(), tolerance = 1e-3)
})

test_that("a microphone is the usual one, or has a number", {
  expect_null(py_source(NULL))
  expect_identical(py_source(2), 2L)
  expect_refused(py_source(NA), "`source`")
})

test_that("what cannot be listened to is refused", {
  expect_refused(listen(untrained(), TRUE), "`source`")
  expect_refused(listen(untrained(), chunks(1600), callback = 3), "`callback`")
  expect_refused(listen(untrained(), "nowhere.raw", wait = 0.1), "does not exist")
  expect_error(listen(untrained(), chunks(1600), function(event) stop("mine"), threshold = low),
    "mine"
  )
})

test_that("an interrupt ends listening with the last events", {
  skip_on_os("windows")
  lines <- run_r(c(
    "library(hearingai)",
    "classifier <- create_classifier('speech-commands-small', c('no', 'yes'), seed = 1)",
    "pipe <- tempfile(); system2('mkfifo', pipe)",
    "run <- function(code) system(sprintf(\"sh -c '%s' >/dev/null 2>&1\", code), wait = FALSE)",
    "run(sprintf('(head -c 96000 /dev/zero; sleep 40) > %s', pipe))",
    "run(sprintf('sleep 6; kill -INT %d', Sys.getpid()))",
    "began <- Sys.time()",
    "found <- listen(classifier, pipe, threshold = 0.1)",
    "cat(nrow(found), max(found$end), difftime(Sys.time(), began, units = 'secs') < 30)"
  ))
  expect_match(lines[length(lines)], "^[12] 3 TRUE$")
})
