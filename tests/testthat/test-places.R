skip_if_no_core()
skip_if_not(reticulate::py_module_available("fsspec"), "fsspec is not installed")

store <- function() reticulate::import("fsspec")$filesystem("memory")

put <- function(seconds, address, rate = 16000) {
  path <- withr::local_tempfile(fileext = ".wav")
  set.seed(seconds)
  write_audio(path, rnorm(rate * seconds) / 10, rate)
  store()$put_file(path, address)
  read_audio(path)
}

test_that("recordings at addresses are described and read as those of this machine", {
  sound <- put(2, "memory://r-audio/deep/a.wav")
  expect_identical(read_audio("memory://r-audio/deep/a.wav"), sound)
  store()$pipe_file("memory://r-audio/b.wav", charToRaw("no sound"))
  found <- audio_info("memory://r-audio/")
  expect_identical(found$fname, paste0("memory://r-audio/", c("b.wav", "deep/a.wav")))
  expect_identical(found$duration, c(NA, 2))
  expect_identical(is.na(found$.error), c(FALSE, TRUE))
  expect_error(audio_info("memory://r-audio/none.wav"), "does not exist", class = "hearingai_error")
  expect_error(read_audio("memory://r-audio/b.wav"), "memory://r-audio/b.wav", fixed = TRUE)
  clips <- data.frame(fname = c("memory://r-audio/deep/a.wav"), start = 0.5, end = 1)
  expect_identical(lengths(read_audio(clips)$waveform), 8000L)
})

test_that("a password and a signature are in no message", {
  address <- "http://me:hunter2@127.0.0.1:9/a.wav?X-Amz-Signature=5ec7e7"
  message <- tryCatch(read_audio(address), error = conditionMessage)
  expect_match(message, "http://127.0.0.1:9/a.wav?...", fixed = TRUE)
  expect_no_match(message, "hunter2|5ec7e7")
})

test_that("runs, tables and classifiers may lie in stores", {
  skip_if_not(reticulate::py_module_available("pyarrow"), "pyarrow is not installed")
  for (i in 1:2) put(i, sprintf("memory://r-run/clips/%d.wav", i))
  path <- "memory://r-run/models/a.keras"
  expect_identical(save_classifier(untrained(), path), path)
  classifier <- load_classifier(path)
  expect_identical(fingerprint(classifier), fingerprint(untrained()))
  run <- "memory://r-run/run"
  found <- annotate(classifier, "memory://r-run/clips/", threshold = 0.4, out = run)
  expect_identical(found$recordings$fname, sprintf("memory://r-run/clips/%d.wav", 1:2))
  expect_identical(read_run(run), found$events)
  if (rlang::is_installed("arrow")) {
    data <- read_run(run, "recordings", as_dataset = TRUE)
    expect_identical(nrow(data), 2L)
  }
  table <- charToRaw("fname,class\nclips/1.wav,no\nclips/2.wav,yes\n")
  store()$pipe_file("memory://r-run/clips.csv", table)
  clips <- read_clips("memory://r-run/clips.csv")
  expect_identical(clips$fname, found$recordings$fname)
  expect_identical(predict(classifier, clips)$fname, clips$fname)
})
