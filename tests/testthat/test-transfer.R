skip_if_no_core()

pitched <- function(name) {
  table <- words()
  table$class <- name[as.integer(table$class)]
  table[c("fname", "class")]
}

test_that("an embedding is a row a recording, in order", {
  files <- c(words()$fname[c(7, 1)], bad_file())
  table <- embed(trained(), files)
  expect_s3_class(table, "tbl_df")
  expect_named(table, c("fname", paste0("embedding_", 1:128), ".error"))
  expect_equal(table$fname, files)
  expect_identical(is.na(table$.error), c(TRUE, TRUE, FALSE))
  expect_identical(table$embedding_5[3], NA_real_)
  expect_equal(table[2, ], embed(trained(), words()[1, ]), tolerance = 1e-5)
  expect_equal(dim(embed(trained(), character())), c(0, 130))
  sound <- read_audio(files[1])$waveform
  by_sound <- embed(trained(), sound)
  expect_identical(by_sound$fname, NA_character_)
  expect_equal(by_sound[2:129], table[1, 2:129], tolerance = 1e-4)
  expect_refused(embed(trained(), files, on_error = "raise"), basename(files[3]))
  expect_refused(embed(trained(), files, layer = "third"), "`layer` must be one of")
})

test_that("embeddings of AudioSet, and of R itself", {
  table <- embed(gated(), embeddings())
  expect_equal(nrow(table), nrow(embeddings()))
  expect_equal(embed(1:4, 2), stats::embed(1:4, 2))
})

test_that("a new task is trained on a frozen body", {
  before <- fingerprint(trained())
  clips <- pitched(c("left", "right"))
  tuned <- fine_tune(trained(), clips, epochs = 1, seed = 1, validation = FALSE)
  expect_s3_class(tuned, "hearingai_classifier")
  expect_equal(tuned$labels, c("left", "right"))
  expect_equal(fingerprint(trained()), before)
  facts <- classifier_info(tuned)
  expect_equal(facts$tuned_from, before)
  expect_length(facts$frozen, 4)
  expect_equal(embed(tuned, clips[1, ]), embed(trained(), clips[1, ]), tolerance = 1e-5)
  free <- fine_tune(trained(), clips,
    labels = c("right", "left"), freeze = "none", epochs = 1, seed = 1, validation = FALSE
  )
  expect_equal(free$labels, c("right", "left"))
  expect_null(classifier_info(free)$frozen)
  expect_refused(fine_tune(trained(), clips, freeze = "all"), "`freeze` must be one of")
  expect_refused(fine_tune(trained(), clips, shots = 3), "shots.*is no argument")
  expect_refused(fine_tune("speech-commands", clips), "`classifier` must be a classifier")
})

test_that("a few clips are enough", {
  clips <- pitched(c("left", "right"))
  learnt <- few_shot(trained(), clips, shots = 8, seed = 1)
  expect_equal(classifier_info(learnt)$n_train, 16L)
  expect_gt(mean(as.character(predict(learnt, clips)$.pred_class) == clips$class), 0.8)
  set.seed(3)
  drawn <- few_shot(trained(), clips, shots = 2)
  set.seed(3)
  expect_equal(fingerprint(few_shot(trained(), clips, shots = 2)), fingerprint(drawn))
  expect_match(capture.output(print(learnt)), "left, right", all = FALSE)
  expect_refused(few_shot(trained(), clips, shots = 0), "`shots`")
  expect_refused(few_shot(trained(), clips, penalty = NA), "`penalty`")
})
