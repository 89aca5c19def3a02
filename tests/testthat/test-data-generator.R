skip_if_no_core()

test_that("batches print as the tutorial's do", {
  generator <- data_generator(words(), 32, seed = 1)
  batch <- next_batch(generator)
  shown <- capture.output(str(batch))
  expect_match(shown[2], "num [1:32, 1:98, 1:257, 1]", fixed = TRUE)
  expect_match(shown[3], "num [1:32, 1:2]", fixed = TRUE)
  expect_equal(rowSums(batch[[2]]), rep(1, 32))
  expect_equal(capture.output(print(batch)), shown)
  expect_snapshot(generator)
})

test_that("head() shows the first clips of the first batch, and takes nothing away", {
  generator <- data_generator(words(), 8, shuffle = FALSE)
  first <- head(generator, 2)
  expect_match(capture.output(first)[2], "num [1:2, 1:98, 1:257, 1]", fixed = TRUE)
  expect_equal(dim(head(generator)[[2]]), c(6, 2))
  expect_equal(dim(head(generator, 100)[[1]]), c(8, 98, 257, 1))
  batch <- next_batch(generator)
  expect_equal(batch[[1]][1:2, , , , drop = FALSE], first[[1]])
  expect_equal(head(generator, 2), first)
})

test_that("a generator is predicted and evaluated as its clips are", {
  generator <- data_generator(part("test"), 8, shuffle = FALSE)
  files <- predict(trained(), part("test"))
  found <- predict(trained(), generator)
  expect_named(found, names(files))
  expect_equal(found$fname, files$fname)
  expect_equal(found$.pred_yes, files$.pred_yes, tolerance = 1e-3)
  steps <- nrow(part("test")) / 8 + 1 # as the tutorial counts them
  raw <- predict(trained(), generator, type = "raw", steps = steps)
  expect_equal(dim(raw), c(8 * floor(steps), 2))
  result <- evaluate(trained(), generator)
  expect_equal(result$n, nrow(part("test")))
  expect_equal(result$accuracy, evaluate(trained(), part("test"))$accuracy)
  expect_true(is.na(result$n_seen))
  expect_equal(evaluate(trained(), generator, steps = 1.9)$n, 8)
  expect_refused(predict(trained(), words(), steps = 2), "`steps` is for a generator")
  other <- data_generator(words(), 8, window_size_ms = 25)
  expect_refused(evaluate(trained(), other), "windows of 25 ms every 10 ms")
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

test_that("a table's own numbers order the classes", {
  labels <- function(table) unlist(data_generator(table, 8)$py$labels)
  reverse <- transform(words(), class = as.character(class), class_id = 1 - class_id)
  expect_equal(labels(words()), c("no", "yes"))
  expect_equal(labels(reverse), c("yes", "no"))
  expect_equal(labels(transform(reverse, class = factor(class))), c("yes", "no"))
  expect_equal(labels(transform(reverse, class_id = 0)), c("no", "yes"))
})

test_that("what shuffles cannot name its clips, and a table has no steps", {
  shuffled <- data_generator(part("test"), 8, seed = 1)
  expect_warning(found <- predict(trained(), shuffled), "shuffles, so no row can be told")
  expect_true(all(is.na(found$fname)))
  expect_refused(
    fit(trained(), words(), steps_per_epoch = 2), "`steps_per_epoch` is for a generator"
  )
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
