test_that("a synthetic data set is a table of clips", {
  skip_if_no_core()
  clips <- words()
  expect_s3_class(clips, "tbl_df")
  expect_named(clips, c("fname", "class", "class_id", "speaker", "split"))
  expect_identical(levels(clips$class), c("no", "yes"))
  expect_identical(clips$class_id, as.integer(clips$class) - 1L)
  expect_true(all(file.exists(clips$fname)))
  expect_identical(spoken_words(c("no", "yes"), n = 24, seed = 5), clips)
})

test_that("one word stays a vector", {
  skip_if_no_core()
  folder <- dirname(dirname(words()$fname[1]))
  only <- speech_commands(folder, words = "yes")
  expect_identical(levels(only$class), "yes")
  expect_identical(nrow(only), 24L)
  expect_identical(load_clips(folder, words = "yes"), only)
  expect_identical(load_clips(folder), words())
})

test_that("the background noise is apart", {
  skip_if_no_core()
  noise <- background_noise(dirname(dirname(words()$fname[1])))
  expect_named(noise, c("fname", "duration", "sample_rate"))
  expect_true(all(noise$duration > 1))
})

test_that("any folder of class folders is a table; bad files are named", {
  skip_if_no_core()
  folder <- withr::local_tempdir()
  for (class in c("low", "high")) {
    dir.create(file.path(folder, class))
    write_audio(file.path(folder, class, "a.ogg"), rep(0, 800), 8000)
  }
  expect_identical(as.character(audio_folder(folder)$class), c("high", "low"))
  file.create(file.path(folder, "low", "empty.wav"))
  expect_warning(clips <- audio_folder(folder), "empty.wav", class = "hearingai_warning")
  expect_identical(nrow(clips), 2L)
})

test_that("tables come from vectors and from CSV", {
  skip_if_no_core()
  clips <- clip_table(c("a.wav", "b.wav"), factor(c("yes", "no")), speaker = c("ann", "bob"))
  expect_identical(levels(clips$class), c("no", "yes"))
  expect_identical(clips$class_id, c(1L, 0L))
  path <- withr::local_tempfile(fileext = ".csv")
  utils::write.csv(clips, path, row.names = FALSE)
  read <- read_clips(path)
  expect_identical(basename(read$fname), c("a.wav", "b.wav"))
  expect_identical(read$class, clips$class)
})

test_that("a split keeps speakers together", {
  skip_if_no_core()
  clips <- split_clips(words(), c(train = 0.5, validation = 0.25, test = 0.25), seed = 2)
  expect_setequal(clips$split, c("train", "validation", "test"))
  expect_true(all(rowSums(table(clips$speaker, clips$split) > 0) == 1))
  expect_identical(split_clips(words(), c(train = 0.5, validation = 0.25, test = 0.25), seed = 2), clips)
  expect_setequal(split_clips(words())$split, c("train", "validation"))
})

test_that("a split that leaks is named", {
  skip_if_no_core()
  expect_warning(split_clips(words(), by = NULL), "leaks", class = "hearingai_warning")
  expect_error(split_clips(words(), by = "village"), "village", class = "hearingai_error")
  expect_error(split_clips(words(), c(0.5, 0.5)), "fractions", class = "hearingai_error")
  expect_error(split_clips(words(), c(train = 1, test = -1)), "fractions", class = "hearingai_error")
})

test_that("NA and malformed tables are refused by name", {
  skip_if_no_core()
  expect_error(clip_table(c("a.wav", NA), c("yes", "no")), "fname", class = "hearingai_error")
  expect_error(clip_table(c("a.wav", "b.wav"), c("yes", NA)), "class", class = "hearingai_error")
  expect_error(split_clips(data.frame(file = "a")), "fname", class = "hearingai_error")
  expect_error(split_clips("a"), "data frame", class = "hearingai_error")
  expect_error(spoken_words(c("no", NA)), "NA", class = "hearingai_error")
  expect_error(spoken_words(n = 1e10), "n", class = "hearingai_error")
  expect_error(speech_commands(tempfile()), "one folder a word", class = "hearingai_error")
})
