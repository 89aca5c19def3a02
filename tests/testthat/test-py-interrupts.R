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
