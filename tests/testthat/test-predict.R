skip_if_no_core()

test_that("there is a row a recording, in order", {
  shuffled <- words()[c(40, 1, 40, 7, 22), ]
  table <- predict(trained(), shuffled)
  expect_s3_class(table, "tbl_df")
  expect_named(table, c("fname", ".pred_class", ".pred_no", ".pred_yes", ".error"))
  expect_equal(table$fname, shuffled$fname)
  expect_equal(levels(table$.pred_class), c("no", "yes"))
  expect_identical(table$.error, rep(NA_character_, 5))
  expect_equal(table[1, ], table[3, ])
  expect_equal(predict(trained(), shuffled$fname), table)
  expect_equal(predict(trained(), shuffled, device = "cpu"), table, tolerance = 1e-5)
  expect_equal(predict(trained(), shuffled, batch_size = 2), table, tolerance = 1e-5)
})

test_that("another runtime gives the same answers", {
  skip_if_not(reticulate::py_module_available("onnxruntime"))
  told <- predict(trained(), words())
  expect_equal(predict(trained(), words(), runtime = "onnx"), told, tolerance = 1e-4)
  expect_equal(predict(trained(), words(), runtime = "auto"), told) # too few to measure
  expect_refused(predict(trained(), words(), runtime = "tensorrt"), "runtime")
})

test_that("probabilities are some, and the class is the most probable", {
  table <- predict(trained(), words())
  expect_equal(table$.pred_no + table$.pred_yes, rep(1, 40), tolerance = 1e-6)
  best <- ifelse(table$.pred_yes > table$.pred_no, "yes", "no")
  expect_equal(as.character(table$.pred_class), best)
})

test_that("a bad file is named and the rest answered", {
  bad <- bad_file()
  expect_warning(predict(trained(), "nowhere.wav"), "none of 1 .* nowhere.wav does not exist")
  expect_warning(
    expect_length(predict(trained(), "nowhere.wav", type = "class")$.pred_class, 1),
    "nowhere.wav does not exist"
  )
  table <- predict(trained(), c(words()$fname[1], bad, "nowhere.wav", words()$fname[2]))
  expect_equal(is.na(table$.error), c(TRUE, FALSE, FALSE, TRUE))
  expect_equal(table$.error[3], "does not exist")
  expect_identical(is.na(table$.pred_class), c(FALSE, TRUE, TRUE, FALSE))
  expect_identical(table$.pred_no[2], NA_real_)
  expect_false(is.nan(table$.pred_no[2]))
  expect_equal(table[c(1, 4), ], predict(trained(), words()$fname[1:2]))
  expect_refused(predict(trained(), bad, on_error = "raise"), basename(bad))
})

test_that("sound itself is heard: a matrix, a list, one waveform", {
  sound <- lapply(words()$fname[1:3], function(f) read_audio(f)$waveform)
  by_file <- predict(trained(), words()$fname[1:3])
  by_list <- predict(trained(), sound)
  expect_identical(by_list$fname, rep(NA_character_, 3))
  expect_equal(by_list[-1], by_file[-1], tolerance = 1e-5)
  expect_equal(predict(trained(), do.call(rbind, sound)), by_list, tolerance = 1e-5)
  expect_equal(predict(trained(), sound[[1]]), by_list[1, ], tolerance = 1e-5)
})

test_that("sound of another rate is converted", {
  sound <- read_audio(words()$fname[1])$waveform
  table <- predict(trained(), resample(sound, 16000, 48000), sample_rate = 48000)
  expect_equal(table$.pred_no, predict(trained(), sound)$.pred_no, tolerance = 0.05)
})

test_that("nothing in, nothing out", {
  none <- predict(trained(), character())
  expect_equal(none, predict(trained(), words()[0, ]))
  expect_equal(dim(none), c(0, 5))
  expect_equal(levels(none$.pred_class), c("no", "yes"))
})

test_that("a classifier of embeddings hears tables, files and arrays of them", {
  by_table <- predict(tagged(), embeddings())
  expect_equal(levels(by_table$.pred_class), c("other", "turkey"))
  expect_equal(by_table$fname, embeddings()$fname)
  read <- read_embeddings(embeddings())$embeddings
  expect_equal(predict(tagged(), read)[-1], by_table[-1], tolerance = 1e-5)
  expect_equal(predict(tagged(), read[3, , ])[-1], by_table[3, -1], tolerance = 1e-5)
  expect_equal(predict(tagged(), embeddings()$fname[1]), by_table)
  some <- embeddings()[c(5, 2), ]
  some$record[2] <- 99L
  expect_equal(predict(tagged(), some)$.error, c(NA, "holds no record 99"))
  expect_refused(predict(tagged(), "a.wav"), "takes embeddings.*a.wav")
  expect_refused(predict(tagged(), array(0, c(2, 5, 128))), "\\(2, 5, 128\\)")
})

test_that("stereo sound is an array of clips by channels by samples", {
  setup <- get_recipe("speech-commands-small",
    network = "sound_cnn", frontend = LogMel(), channels = 2
  )
  stereo <- create_classifier(setup, c("no", "yes"), seed = 1)
  expect_match(capture.output(print(stereo)), "1 s in stereo at 16000 Hz", all = FALSE)
  sound <- array(sin(seq_len(4 * 16000)), c(2, 2, 16000))
  table <- predict(stereo, sound)
  expect_equal(predict(stereo, list(sound[1, , ], sound[2, , ])), table, tolerance = 1e-5)
  expect_equal(predict(stereo, sound[1, 1, ]), predict(stereo, list(sound[1, c(1, 1), ])),
    tolerance = 1e-5
  )
})

test_that("a part of a recording is heard", {
  clip <- words()$fname[1]
  part <- predict(trained(), tibble::tibble(fname = clip, start = 0.2, end = 0.7))
  sound <- read_audio(clip, start = 0.2, duration = 0.5)$waveform
  expect_equal(part[-1], predict(trained(), list(sound))[-1], tolerance = 1e-4)
})

test_that("unfit input is named", {
  expect_refused(predict(trained(), NA_character_), "`recordings` is missing")
  expect_refused(predict(trained(), data.frame(file = "a")), "must have a column fname")
  expect_refused(predict(trained(), data.frame(fname = NA)), "`recordings\\$fname` is missing")
  expect_refused(predict(trained(), list(1:3, "a")), "`recordings\\[\\[2\\]\\]` must be numbers")
  expect_refused(predict(trained(), c(0, NA)), "`recordings` is missing")
  expect_refused(predict(trained(), sum), "`recordings` must be paths.*a function")
  expect_refused(predict(trained(), words(), batch_size = 0), "`batch_size`")
  expect_refused(predict(trained(), words(), device = "tpu"), "`device` must be one of")
  expect_refused(predict(trained(), words(), device = NA), "`device`.*NA")
  expect_refused(
    predict(trained(), words(), rate = 8000),
    "`rate` is no argument of `predict\\(\\)`.*Did you mean `sample_rate`"
  )
})

test_that("type chooses a part of the answer", {
  clips <- part("test")
  all <- predict(trained(), clips)
  expect_identical(predict(trained(), clips, type = "class"), all[".pred_class"])
  expect_identical(predict(trained(), clips, type = "prob"), all[c(".pred_no", ".pred_yes")])
  raw <- predict(trained(), clips, type = "raw")
  expect_identical(raw, cbind(no = all$.pred_no, yes = all$.pred_yes))
  expect_identical(dim(predict(trained(), clips[0, ], type = "raw")), c(0L, 2L))
  expect_refused(predict(trained(), clips, type = "labels"), "`type` must be NULL, \"class\"")
  expect_refused(predict(trained(), clips, type = NA), "`type` must be")
})

test_that("where a type has no place for errors, they are warned of", {
  files <- c(bad_file(), part("test")$fname[1])
  expect_warning(
    found <- predict(trained(), files, type = "class"), "1 recording could not be read, and is NA",
    class = "hearingai_warning"
  )
  expect_identical(is.na(found$.pred_class), c(TRUE, FALSE))
  expect_warning(raw <- predict(trained(), files, type = "raw"), "could not be read")
  expect_identical(is.na(raw[, "no"]), c(TRUE, FALSE))
})
