skip_if_no_core()

# What is told while `code(progress)` runs.
told <- function(code) {
  texts <- character()
  code(function(done, total, text) texts <<- c(texts, text))
  unique(sub(" .*", "", texts))
}

test_that("a corpus is decoded once, and found from then on", {
  store <- file.path(withr::local_tempdir(), "store")
  made <- prepare(words(), "speech-commands-small", store = store)
  expect_s3_class(made, "hearingai_prepared")
  expect_named(made, c("path", "n", "bytes", "errors", "notes"))
  expect_equal(made$n, 40)
  expect_identical(made$bytes, 40 * 2 * 16000)
  expect_equal(names(made$errors), c("fname", "error"))
  expect_equal(nrow(made$errors), 0)
  expect_setequal(list.files(made$path), c("index.tsv", "store.json", "waveforms.i16"))
  samples <- file.path(made$path, "waveforms.i16")
  before <- file.info(samples)$mtime
  again <- prepare(words()$fname[3:1], untrained(), store)
  expect_equal(again[c("path", "n", "bytes")], list(path = made$path, n = 3, bytes = 3 * 2 * 16000))
  expect_equal(file.info(samples)$mtime, before)
  expect_equal(list.files(store, "^store.json$", recursive = TRUE), file.path(
    basename(dirname(made$path)), basename(made$path), "store.json"
  ))
})

test_that("trainings decode into a store, and find what it holds", {
  store <- withr::local_tempdir()
  train <- function(...) {
    told(function(progress) {
      fit("speech-commands-small", words(), epochs = 1, seed = 1, progress = progress, ...)
    })
  }
  expect_setequal(train(store = store), c("Preparing", "Epoch"))
  expect_equal(train(store = store), "Epoch")
  expect_setequal(train(store = FALSE), c("Reading", "Epoch"))
  prepared <- prepare(words(), "speech-commands-small", store) # the test clips too
  folds <- cross_validate("speech-commands-small", words(), list(1:20, 21:40),
    epochs = 1, seed = 1, store = store, precision = "float32"
  )
  expect_equal(folds$settings$precision, "float32")
  stores <- list.files(store, "^store.json$", recursive = TRUE)
  expect_length(stores, 2)
  expect_true(basename(prepared$path) %in% basename(dirname(stores)))
})

test_that("parts of recordings and paths without classes will do", {
  store <- withr::local_tempdir()
  clip <- words()$fname[1]
  parts <- tibble::tibble(fname = clip, start = c(0, 0.2, 0.2), end = c(0.5, NA, NA), room = "hall")
  expect_equal(prepare(parts, store = store)$n, 2)
  expect_equal(prepare(clip, store = store)$n, 1)
})

test_that("what cannot be read is listed, or stops", {
  store <- withr::local_tempdir()
  files <- c(words()$fname[1], bad_file(), "nowhere.wav")
  prepared <- prepare(files, store = store)
  expect_equal(prepared$n, 1)
  expect_equal(prepared$errors$fname, files[2:3])
  expect_equal(prepared$errors$error[2], "does not exist")
  expect_equal(prepare(files, store = store), prepared)
  expect_refused(prepare(files, store = store, on_error = "raise"), basename(files[2]))
})

test_that("an interrupt ends it, and the next call goes on", {
  store <- withr::local_tempdir()
  stop_at <- function(done, total, text) rlang::interrupt() # after the first clip
  answer <- tryCatch(
    prepare(words(), store = store, progress = stop_at),
    interrupt = function(e) "interrupted"
  )
  expect_equal(answer, "interrupted")
  kept <- list.files(store, "index.tsv", recursive = TRUE, full.names = TRUE)
  expect_gt(length(readLines(kept)), 0)
  expect_equal(prepare(words(), store = store)$n, 40)
})

test_that("it prints", {
  none <- tibble::tibble(fname = character(), error = character())
  bad <- tibble::tibble(fname = c("a.wav", "b.wav"), error = c("does not exist", "is empty"))
  one <- list(path = "cache/clips", n = 1L, bytes = 32000, errors = none)
  many <- list(path = "cache/clips", n = 64720L, bytes = 64720 * 32000, errors = bad)
  expect_snapshot({
    as_object(one, "hearingai_prepared")
    as_object(many, "hearingai_prepared")
  })
})

test_that("unfit input is named", {
  refused <- function(..., message) expect_refused(prepare(words(), ...), message)
  expect_refused(prepare(3), "`clips` must be a table of clips.*or paths")
  expect_refused(prepare(c("a.wav", NA)), "`clips` is missing.*position 2")
  expect_refused(prepare(data.frame(file = "a.wav")), "must have a column fname")
  expect_refused(prepare(data.frame(fname = NA)), "`clips\\$fname` is missing")
  refused("nothing", message = "`recipe` must be one of")
  refused(NA, message = "`recipe`.*NA")
  refused("audio-gate", message = "takes embeddings")
  refused(get_recipe("speech-commands", crop = "random"), message = "at random")
  refused(store = FALSE, message = "`store` must be one path")
  refused(store = NA_character_, message = "`store`.*NA")
  refused(store = words()$fname[1], message = "cannot write the decoded clips")
  refused(on_error = "ignore", message = "`on_error` must be one of")
  refused(progress = NA, message = "`progress` must be TRUE or FALSE")
})
