test_that("a row a recording, in order", {
  skip_if_no_core()
  some <- words()[c(30, 2, 11), ]
  table <- predict(trained(), some)
  expect_named(table, c("fname", ".pred_class", ".pred_no", ".pred_yes", ".error"))
  expect_identical(table$fname, some$fname)
  expect_identical(levels(table$.pred_class), c("no", "yes"))
  expect_equal(table$.pred_no + table$.pred_yes, rep(1, 3), tolerance = 1e-6)
  best <- ifelse(table$.pred_no > table$.pred_yes, "no", "yes")
  expect_identical(as.character(table$.pred_class), best)
  expect_identical(predict(trained(), some$fname), table)
  # A batch of another size may differ in the last bits.
  expect_equal(predict(trained(), some$fname[1])$.pred_no, table$.pred_no[1], tolerance = 1e-5)
})

test_that("sound is heard as its file is", {
  skip_if_no_core()
  path <- words()$fname[1]
  wave <- read_audio(path)$waveform
  columns <- c(".pred_class", ".pred_no", ".pred_yes")
  by_file <- predict(trained(), path)[columns]
  expect_identical(predict(trained(), matrix(wave, nrow = 1))[columns], by_file)
  expect_identical(predict(trained(), list(wave))[columns], by_file)
  fast <- resample(wave, 16000, 48000)
  expect_equal(predict(trained(), list(fast), sample_rate = 48000)$.pred_no, by_file$.pred_no,
    tolerance = 0.05
  )
})

test_that("bad files are named and the rest answered", {
  skip_if_no_core()
  text <- withr::local_tempfile(fileext = ".wav", lines = "this is text")
  table <- predict(trained(), c(words()$fname[1], "no-such.wav", text))
  expect_identical(is.na(table$.pred_class), c(FALSE, TRUE, TRUE))
  expect_identical(is.na(table$.error), c(TRUE, FALSE, FALSE))
  expect_match(table$.error[2], "does not exist")
  expect_match(table$.error[3], "not audio")
  expect_error(predict(trained(), "no-such.wav", on_error = "raise"), "no-such.wav",
    class = "hearingai_error"
  )
})

test_that("what is no recording is refused", {
  skip_if_no_core()
  expect_error(predict(trained(), c("a.wav", NA)), "NA", class = "hearingai_error")
  expect_error(predict(trained(), c(0, NA)), "NA", class = "hearingai_error")
  expect_error(predict(trained(), data.frame(x = 1)), "fname", class = "hearingai_error")
  expect_error(predict(trained(), TRUE), "recordings", class = "hearingai_error")
  expect_error(predict(trained(), words(), batch_size = 0), "batch_size", class = "hearingai_error")
})

test_that("evaluate counts what predict says", {
  skip_if_no_core()
  result <- evaluate(trained(), unseen())
  table <- predict(trained(), unseen())
  expect_identical(result$n, nrow(unseen()))
  expect_equal(result$accuracy, mean(as.character(table$.pred_class) == unseen()$class))
  expect_identical(levels(result$confusion$truth), c("no", "yes"))
  expect_equal(sum(result$confusion$n), nrow(unseen()))
  expect_identical(as.character(result$predictions$class), as.character(unseen()$class))
  expect_identical(result$n_seen, 0L)
  expect_output(print(result), sprintf("accuracy %.4f", result$accuracy))
  expect_s3_class(plot(result), "ggplot")
})

test_that("evaluating on training clips is named", {
  skip_if_no_core()
  seen <- words()[words()$split == "train", ]
  expect_warning(result <- evaluate(trained(), seen), "heard in training", class = "hearingai_warning")
  expect_identical(result$n_seen, nrow(seen))
})

test_that("confusions and reports are counted", {
  skip_if_no_core()
  counts <- confusion(c("no", "no", "yes"), c("no", "yes", "yes"))
  expect_identical(counts$n, c(1L, 1L, 0L, 1L))
  expect_identical(levels(counts$predicted), c("no", "yes"))
  reversed <- confusion(factor("no", c("yes", "no")), "no")
  expect_identical(levels(reversed$truth), c("yes", "no"))
  report <- class_report(c("no", "no", "yes"), c("no", "yes", "yes"))
  expect_equal(report$recall, c(0.5, 1))
  expect_equal(report$precision, c(1, 0.5))
  expect_error(confusion(c("no", NA), c("no", "no")), "NA", class = "hearingai_error")
})
