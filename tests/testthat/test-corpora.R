skip_if_no_core()

test_that("UrbanSound8K is listed by its table", {
  root <- withr::local_tempdir()
  dir.create(file.path(root, "metadata"))
  table <- data.frame(
    slice_file_name = c("7-3-0-0.wav", "8-9-0-0.wav", "none.wav"), fsID = 7:9, start = c(0, 1.5, 0),
    end = c(0.5, 2, 1), salience = c(1, 2, 1), fold = c(1, 10, 2), classID = c(3, 9, 3),
    class = c("dog_bark", "street_music", "dog_bark")
  )
  utils::write.csv(table, file.path(root, "metadata", "UrbanSound8K.csv"), row.names = FALSE)
  for (row in 1:2) {
    folder <- file.path(root, "audio", paste0("fold", table$fold[row]))
    dir.create(folder, recursive = TRUE)
    write_audio(file.path(folder, table$slice_file_name[row]), numeric(4000), 8000)
  }
  expect_warning(clips <- urbansound8k(root), "none.wav", class = "hearingai_warning")
  expect_equal(levels(clips$class), c("dog_bark", "street_music"))
  expect_equal(clips$fold, c(1, 10))
  expect_equal(clips$source, c("7", "8"))
  expect_equal(clips$source_start, c(0, 1.5))
  expect_equal(suppressWarnings(load_clips(root)), clips)
  expect_equal(suppressWarnings(load_clips(root, words = "dog_bark"))$fname, clips$fname[1])
  expect_refused(urbansound8k(tempdir()), "`path` must hold `metadata/UrbanSound8K.csv`")
})

test_that("ESC-10 is listed by its names", {
  root <- withr::local_tempdir()
  for (class in c("001 - Dog bark", "002 - Rain")) {
    dir.create(file.path(root, class))
    write_audio(file.path(root, class, "3-1234-A.ogg"), numeric(8000), 8000)
  }
  clips <- esc50(root)
  expect_equal(levels(clips$class), c("Dog bark", "Rain"))
  expect_equal(unique(clips$fold), 3)
  expect_equal(unique(clips$source), "1234")
  expect_equal(esc50(root, esc10 = TRUE), clips)
  expect_equal(load_clips(root), clips)
  expect_refused(esc50(tempdir()), "as ESC-50 has it")
  expect_refused(esc50(root, esc10 = NA), "`esc10` must be TRUE or FALSE")
})

test_that("spoken digits are listed by their names", {
  root <- withr::local_tempdir()
  for (name in c("7_ann_4.wav", "7_ann_5.wav", "0_bob_6.wav")) {
    write_audio(file.path(root, name), numeric(800), 8000)
  }
  clips <- fsdd(root)
  expect_equal(as.character(clips$class), c("0", "7", "7"))
  expect_equal(clips$speaker, c("bob", "ann", "ann"))
  expect_equal(clips$split, c("train", "test", "train"))
  expect_equal(load_clips(root), clips)
  expect_refused(fsdd(tempdir()), "7_jackson_32.wav")
})

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
