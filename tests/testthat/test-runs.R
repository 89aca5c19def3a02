skip_if_no_core()

test_that("a run in a folder finds what a call without finds, and is read again", {
  classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
  folder <- withr::local_tempdir()
  set.seed(1)
  for (i in 1:3) {
    write_audio(file.path(folder, paste0(i, ".wav")), rnorm(16000 * (i + 1)) / 10, 16000)
  }
  writeLines("no sound", file.path(folder, "4.wav"))
  run <- withr::local_tempdir()
  found <- annotate(classifier, folder, hop = 0.5, threshold = 0.4, out = run)
  without <- annotate(classifier, folder, hop = 0.5, threshold = 0.4)
  parts <- c("events", "windows", "recordings", "errors", "seconds")
  expect_identical(unclass(found)[parts], unclass(without)[parts])
  expect_identical(read_run(run), found$events)
  expect_identical(read_run(run, "windows"), found$windows)
  expect_identical(read_run(run, "errors"), found$errors)
  expect_identical(read_run(run, "manifest")$state, c("done", "done", "done", "error"))
  expect_error(annotate(classifier, folder, hop = 0.25, out = run), "hop is",
    class = "hearingai_error"
  )
  expect_error(read_run(folder), "holds no run", class = "hearingai_error")
  expect_error(annotate(classifier, folder, out = run, workers = "all"), "or \"auto\"")
  expect_error(annotate(classifier, folder, shard = "1/2"), "`out`")
})

test_that("predictions, embeddings, evaluations and clips are kept in folders too", {
  classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
  clips <- spoken_words(c("no", "yes"), n = 4, seed = 1)
  clips$fname[[3]] <- "none.wav"
  runs <- replicate(4, withr::local_tempdir(.local_envir = rlang::current_env()))
  predictions <- predict(classifier, clips, out = runs[[1]])
  expect_identical(predictions, predict(classifier, clips))
  expect_identical(read_run(runs[[1]])[names(predictions)], predictions)
  embeddings <- embed(classifier, clips, out = runs[[2]])
  expect_identical(embeddings, embed(classifier, clips))
  expect_identical(read_run(runs[[2]])[names(embeddings)], embeddings)
  kept <- suppressWarnings(evaluate(classifier, clips, out = runs[[3]]))
  expect_identical(kept, suppressWarnings(evaluate(classifier, clips)))
  expect_identical(read_run(runs[[3]])$class, kept$predictions$class)
  store <- withr::local_tempdir()
  made <- prepare(clips, "speech-commands-small", store = store, out = runs[[4]])
  expect_identical(made$n, 7L)
  expect_identical(is.na(read_run(runs[[4]])$digest), clips$fname == "none.wav")
})

test_that("a run is a data set of arrow", {
  skip_if_not_installed("arrow")
  classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
  run <- withr::local_tempdir()
  sound <- withr::local_tempfile(fileext = ".wav")
  write_audio(sound, rnorm(32000) / 10, 16000)
  found <- annotate(classifier, sound, hop = 0.5, out = run)
  data <- read_run(run, "windows", as_dataset = TRUE)
  expect_identical(nrow(data), nrow(found$windows))
})

test_that("a cluster of Ray is asked for as in Python", {
  clips <- spoken_words(c("no", "yes"), n = 4, seed = 1)
  classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
  run <- withr::local_tempdir()
  expect_error(annotate(classifier, "night.wav", out = run, engine = "dask"), "`engine` must be")
  expect_error(
    predict(classifier, "night.wav", out = run, address = "auto"),
    "`address` is for workers on Ray: `engine` must be"
  )
  expect_error(
    cross_validate("speech-commands-small", clips, folds = 2, engine = "dask"), "`engine` must be"
  )
  few <- list(batch_size = 8)
  expect_error(tune("speech-commands-small", clips, few, parallel = 2), "`engine` must be")
})
