skip_if_no_core()

test_that("turkeys are listed, and their embeddings read", {
  clips <- embeddings()
  expect_equal(levels(clips$class), c("other", "turkey"))
  expect_equal(clips$record, 0:23)
  expect_equal(clips$class_id, rep(1:0, 12))
  expect_equal(load_clips(clips$fname[1]), clips)
  read <- read_embeddings(clips)
  expect_equal(dim(read$embeddings), c(24, 10, 128))
  expect_equal(read$good, 1:24)
  expect_equal(dim(read$errors), c(0, 2))
  expect_equal(read$embeddings[1, 1:7, ], matrix(0, 7, 128))
  expect_equal(read$embeddings[1, 8, ], 180 + seq_len(128) %% 60)
  expect_equal(dim(read_embeddings(clips[3, ], frames = 2)$embeddings), c(1, 2, 128))
})

test_that("a bad record is named and the rest read", {
  clips <- embeddings()[c(1, 2, 3), ]
  clips$record[2] <- 99L
  read <- read_embeddings(clips)
  expect_equal(read$good, c(1, 3))
  expect_equal(read$errors$error, "holds no record 99")
  expect_equal(dim(read$embeddings), c(2, 10, 128))
  expect_refused(read_embeddings(clips, on_error = "raise"), "holds no record 99")
  expect_refused(read_embeddings(words()), "`clips` must have a column record")
  expect_refused(read_embeddings(clips, frames = 0), "`frames` must be a positive whole number")
})

test_that("a target is one label or several", {
  expect_null(py_target(NULL))
  expect_equal(py_target("Speech"), "Speech")
  expect_equal(py_target(c("Speech", "Turkey")), list("Speech", "Turkey"))
  expect_equal(py_target(list("Speech")), list("Speech"))
  expect_refused(py_target(3), "`target` must be one string")
  expect_refused(py_target(c("a", NA)), "`target` is missing")
  expect_refused(audioset_embeddings(tempdir(), "Speech"), "`path` must be a .tfrecord file")
  expect_refused(turkey("nowhere.json"), "`path` must be a JSON file")
  path <- embeddings()$fname[1]
  expect_refused(load_clips(path, target = "turkey"), "`target` is for audioset-embeddings")
})
