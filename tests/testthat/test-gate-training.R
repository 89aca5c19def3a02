skip_if_no_core()

test_that("a gate is trained on tables and files", {
  folder <- withr::local_tempdir()
  set.seed(1)
  noises <- file.path(folder, c("a.wav", "b.wav"))
  for (noise in noises) write_audio(noise, stats::rnorm(32000, sd = 0.05), 16000)
  trained <- train_gate(words(), folder,
    n_mixtures = 4, epochs = 1, seed = 1, snr_db = 10,
    window = 0.1
  )
  sounds <- lapply(noises, read_audio)
  heard <- train_gate(words(), sounds,
    n_mixtures = 4, epochs = 1, seed = 1, snr_db = 10,
    window = 0.1
  )
  expect_equal(classifier_info(heard)$gate$target, "wanted")
  expect_refused(train_gate(words(), NULL), "`unwanted` must be a folder, paths")
  learnt <- classifier_info(trained)$gate
  expect_equal(learnt$target, "wanted")
  expect_equal(learnt$hop, 0.02)
  expect_equal(Gate(trained, 16000)$settings$threshold, learnt$threshold)
})
