skip_if_no_core()

test_that("batches print as the tutorial's do", {
  generator <- data_generator(words(), 32, seed = 1)
  batch <- next_batch(generator)
  shown <- capture.output(str(batch))
  expect_match(shown[2], "num [1:32, 1:98, 1:257, 1]", fixed = TRUE)
  expect_match(shown[3], "num [1:32, 1:2]", fixed = TRUE)
  expect_equal(rowSums(batch[[2]]), rep(1, 32))
  expect_snapshot(generator)
})

test_that("a seed decides the order, set.seed() where there is none", {
  first <- function(...) next_batch(data_generator(words(), 8, ...))[[2]]
  expect_equal(first(seed = 3), first(seed = 3))
  expect_false(identical(first(seed = 3), first(seed = 4)))
  drawn <- function() {
    set.seed(5)
    first()
  }
  expect_equal(drawn(), drawn())
})

test_that("without shuffling the order is the table's, and one pass ends", {
  generator <- data_generator(words(), 25, shuffle = FALSE, endless = FALSE)
  classes <- rbind(next_batch(generator)[[2]], next_batch(generator)[[2]])
  expect_equal(classes[, 2], words()$class_id)
  expect_null(next_batch(generator))
})

test_that("labels decide the columns", {
  yes <- words()[words()$class == "yes", ]
  generator <- data_generator(yes, 4, labels = c("yes", "no", "up"), seed = 1)
  expect_equal(next_batch(generator)[[2]], cbind(rep(1, 4), 0, 0))
})

test_that("unfit input is named", {
  expect_refused(data_generator(words(), 0), "`batch_size` must be a positive whole number")
  expect_refused(data_generator("a folder", 4), "`df` must be a data frame")
  expect_refused(data_generator(words(), 4, sample_rate = 8000), "at 16000 Hz")
  expect_refused(next_batch(list()), "`generator`")
  path <- withr::local_tempfile(fileext = ".flac")
  write_audio(path, numeric(800), 16000)
  expect_refused(data_generator(clip_table(path, "a"), 2), "FLAC.*fit\\(classifier, clips\\)")
})
