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

test_that("classes without a recording that can be read are named, and a split is no class", {
  root <- withr::local_tempdir()
  for (folder in c("train/bark", "test/bark", "test/meow")) {
    dir.create(file.path(root, folder), recursive = TRUE)
  }
  for (folder in c("train", "test")) {
    write_audio(file.path(root, folder, "bark/1.wav"), numeric(800), 8000)
  }
  file.create(file.path(root, "test/meow/1.m4a"))
  expect_warning(clips <- audio_folder(root), "No clips are left of: meow",
    class = "hearingai_warning"
  )
  expect_equal(as.character(clips$class), c("bark", "bark"))
  expect_equal(clips$split, c("test", "train"))
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

test_that("spoken words are a table of clips", {
  expect_s3_class(words(), "tbl_df")
  expect_named(words(), c("fname", "class", "class_id", "speaker", "split"))
  expect_equal(levels(words()$class), c("no", "yes"))
  expect_equal(as.vector(table(words()$class)), c(20, 20))
  expect_type(words()$class_id, "integer")
  expect_equal(words()$class_id, as.integer(words()$class) - 1L)
  expect_true(all(file.exists(words()$fname)))
  expect_setequal(words()$split, c("train", "validation", "test"))
  expect_equal(spoken_words(c("no", "yes"), n = 20, seed = 1), words())
})

test_that("a folder of Speech Commands is read, wholly or in part", {
  expect_equal(speech_commands(folder()), words())
  yes <- speech_commands(folder(), words = "yes")
  expect_equal(levels(yes$class), "yes")
  expect_equal(unique(yes$class_id), 0L)
  expect_equal(load_clips(folder(), words = "yes"), yes)
  expect_equal(load_clips(folder(), kind = "folder")$fname, words()$fname)
  noise <- background_noise(folder())
  expect_equal(noise$duration, c(10, 10))
  expect_equal(noise$sample_rate, c(16000L, 16000L))
})

test_that("a folder of class folders leaves bad files out with a warning", {
  root <- withr::local_tempdir()
  for (class in c("low", "high")) {
    dir.create(file.path(root, class))
    write_audio(file.path(root, class, "a.wav"), sin(1:800), 8000)
  }
  clips <- audio_folder(root)
  expect_equal(as.character(clips$class), c("high", "low"))
  expect_equal(clips$class_id, 0:1)
  writeLines("none", file.path(root, "low", "bad.wav"))
  expect_warning(left <- audio_folder(root), "bad.wav", class = "hearingai_warning")
  expect_equal(left, clips)
})

test_that("the standard tasks of Speech Commands", {
  root <- withr::local_tempdir()
  ten <- c("down", "go", "left", "no", "off", "on", "right", "stop", "up", "yes")
  for (word in c(ten, "bed")) {
    dir.create(file.path(root, word))
    for (i in 1:9) {
      write_audio(file.path(root, word, sprintf("%08x_nohash_0.wav", i)), numeric(80), 16000)
    }
  }
  dir.create(file.path(root, "_background_noise_"))
  for (name in c("a", "b", "c")) {
    write_audio(file.path(root, "_background_noise_", paste0(name, ".wav")), numeric(32000), 16000)
  }
  clips <- speech_commands(root, task = 12)
  expect_equal(levels(clips$class), sort(c(ten, "silence", "unknown")))
  silence <- clips[clips$class == "silence", ]
  expect_equal(silence$end - silence$start, rep(1, nrow(silence)))
  expect_equal(unique(silence[c("speaker", "split")])$split, c("test", "validation", "train"))
  expect_true(all(is.na(clips$start[clips$class != "silence"])))
  expect_equal(load_clips(root, task = "12"), clips)
  expect_refused(speech_commands(root, task = 35), "`task = 35` needs words")
  expect_refused(speech_commands(root, task = 13), "`task` must be one of")
  expect_refused(speech_commands(root, task = 12, words = "yes"), "give one of them")
})
