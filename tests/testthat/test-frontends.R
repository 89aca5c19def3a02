test_that("one second gives 98 frames of 257 bins", {
  skip_if_no_core()
  front_end <- LogSpectrogram()
  expect_identical(dim(front_end(rep(0, 16000))), c(1L, 98L, 257L, 1L))
  expect_equal(range(front_end(matrix(0, 2, 16000))), rep(log(0.01), 2), tolerance = 1e-6)
})

test_that("a tone peaks in its bin", {
  skip_if_no_core()
  image <- LogSpectrogram()(sin(2 * pi * 1000 * seq_len(16000) / 16000))
  expect_identical(unique(apply(image[1, , , 1], 1, which.max)), 33L)
})

test_that("arguments out of range are named", {
  skip_if_no_core()
  expect_error(LogSpectrogram(window_size_ms = 0), "window_size_ms", class = "hearingai_error")
  expect_error(LogSpectrogram(sample_rate = 16000.5), "whole", class = "hearingai_error")
  expect_error(LogSpectrogram()(rep(0, 10)), "shorter", class = "hearingai_error")
})

test_that("a batch prints as the tutorial's does", {
  skip_if_no_core()
  generator <- data_generator(words(), 32, seed = 1)
  shown <- capture.output(str(next_batch(generator)))
  expect_match(shown[2], "[1:32, 1:98, 1:257, 1]", fixed = TRUE)
  expect_match(shown[3], "[1:32, 1:2]", fixed = TRUE)
  expect_output(print(generator), "2 classes, 2 batches")
})

test_that("the seed decides the order, and R's own where none is given", {
  skip_if_no_core()
  first <- function(seed = NULL) next_batch(data_generator(words(), 8, seed = seed))[[2]]
  expect_identical(first(3), first(3))
  set.seed(7)
  one <- first()
  set.seed(7)
  expect_identical(first(), one)
})

test_that("a pass ends, and another format is an error that says what reads it", {
  skip_if_no_core()
  once <- data_generator(words()[1:3, ], 2, shuffle = FALSE, `repeat` = FALSE)
  expect_identical(dim(next_batch(once)[[2]]), c(2L, 2L) - c(0L, 1L))
  next_batch(once)
  expect_null(next_batch(once))
  path <- withr::local_tempfile(fileext = ".flac")
  write_audio(path, rep(0, 800), 16000)
  clips <- clip_table(c(path, path), c("a", "b"))
  expect_error(data_generator(clips, 2), "FLAC.*fit", class = "hearingai_error")
})
