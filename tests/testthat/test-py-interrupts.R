test_that("progress is silent here, and a function passes through", {
  expect_false(py_progress(NULL))
  expect_false(py_progress(FALSE))
  expect_identical(py_progress(sum), sum)
  expect_refused(py_progress(NA), "`progress` must be TRUE or FALSE")
  rlang::local_interactive()
  expect_type(py_progress(NULL), "closure")
  expect_false(py_progress(FALSE))
})

test_that("one bar follows the other without an error", {
  withr::local_options(cli.progress_show_after = 0, cli.dynamic = TRUE, cli.ansi = FALSE)
  work <- function() {
    bar <- py_progress(TRUE)
    for (total in c(3, 5)) {
      for (done in c(seq_len(total), total)) bar(done, total, "Working")
    }
    for (done in 1:3) bar(done, NULL, "Working, nobody knows how long")
  }
  expect_no_error(suppressMessages(capture.output(work(), type = "message")))
})

test_that("at 80 columns the whole text of a training is shown, with its validation", {
  text <- paste0("Epoch 10/15 ", sub("Epoch 1 ", "", epoch_text(1, list(
    loss = 0.1234, accuracy = 0.9, val_loss = 0.5, val_accuracy = 0.8
  ))))
  expect_identical(text, "Epoch 10/15 loss 0.123 accuracy 0.900 validation 0.800")
  expect_lte(nchar(text) + nchar(" 100% ETA: 10m"), 80)
  expect_no_match(progress_format(80), "pb_bar")
  expect_match(progress_format(120), "pb_bar.*pb_status")
})

test_that("a script gets a line an epoch, a test, a bar and a function get none", {
  expect_null(epoch_lines(NULL))
  withr::local_envvar(TESTTHAT = "")
  expect_null(epoch_lines(FALSE))
  expect_null(epoch_lines(TRUE))
  withr::with_options(list(knitr.in.progress = TRUE), expect_null(epoch_lines(NULL)))
  rlang::with_interactive(expect_null(epoch_lines(NULL)))
  skip_if_no_core()
  said <- capture.output(
    fit(tagger(), embeddings(), epochs = 2, seed = 1), type = "message"
  )
  said <- said[startsWith(said, "Epoch")]
  expect_length(said, 2)
  expect_match(said, "^Epoch [12] loss [0-9.]+ accuracy [0-9.]+ validation [0-9.]+$")
})
