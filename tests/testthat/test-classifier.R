skip_if_no_core()

test_that("a classifier says what it is", {
  expect_snapshot({
    untrained()
    trained()
    create_classifier("speech-commands", letters, seed = 1)
  })
})

test_that("a classifier of embeddings says what it hears", {
  expect_snapshot(create_classifier("audio-gate", c("other", "turkey"), seed = 1))
})

test_that("one of two labels is looked for", {
  target <- function(...) classifier_info(create_classifier(tagger(), ..., seed = 1))$target
  expect_equal(target(c("other", "turkey")), "turkey")
  expect_equal(target(c("no", "yes")), "yes")
  expect_equal(target(c("no", "yes"), target = "no"), "no")
  expect_null(target(c("a", "b", "c")))
  expect_refused(target(c("no", "yes"), target = "up"), "`target` must be one of 'no', 'yes'")
})

test_that("a summary adds how it came to be", {
  lines <- capture.output(print(summary(trained())))
  expect_equal(lines[1:6], capture.output(print(trained())))
  expect_match(lines[7], "target      yes, best F1 from 0[.][0-9]+ on")
  expect_match(lines[8], "validation  8 clips, marked by the table", fixed = TRUE)
  expect_match(lines[9], "seed        1", fixed = TRUE)
  expect_match(lines, fingerprint(trained()), fixed = TRUE, all = FALSE)
  expect_match(lines, "Training history: 12", all = FALSE)
  expect_length(capture.output(print(summary(untrained()))), 8)
  unwatched <- summary(fit(tagger(), embeddings(), epochs = 1, seed = 1, validation = FALSE))
  expect_match(format(unwatched), "validation  none", all = FALSE)
})

test_that("a classifier is described", {
  facts <- classifier_info(trained())
  expect_equal(facts$recipe, "speech-commands-small")
  expect_equal(facts$labels, c("no", "yes"))
  expect_equal(facts$sample_rate, 16000L)
  expect_equal(facts$duration, 1)
  expect_equal(facts[c("epochs", "seed", "n_train", "n_validation")], list(
    epochs = 12L, seed = 1L, n_train = nrow(part("train")),
    n_validation = nrow(part("validation"))
  ))
  expect_false(facts$interrupted)
  expect_equal(facts$history, training_history(trained()))
  expect_null(classifier_info(untrained())$seed)
})

test_that("a history has a row an epoch", {
  history <- training_history(trained())
  expect_named(history, c("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds"))
  expect_equal(history$epoch, 1:12)
  expect_equal(nrow(training_history(untrained())), 0)
})

test_that("seeds decide the weights, set.seed() where there is none", {
  build <- function(seed) fingerprint(create_classifier("speech-commands-small", c("a", "b"), seed))
  expect_match(build(1), "^[0-9a-f]{64}$")
  expect_equal(build(1), fingerprint(untrained()))
  expect_false(build(1) == build(2))
  drawn <- function() {
    set.seed(3)
    build(NULL)
  }
  expect_equal(drawn(), drawn())
})

test_that("what is saved is opened, the same", {
  path <- withr::local_tempfile(fileext = ".keras")
  expect_equal(expect_invisible(save_classifier(trained(), path)), path)
  opened <- load_classifier(path)
  expect_s3_class(opened, "hearingai_classifier")
  expect_equal(fingerprint(opened), fingerprint(trained()))
  expect_equal(classifier_info(opened), classifier_info(trained()))
  expect_equal(predict(opened, part("test")), predict(trained(), part("test")))
})

test_that("nothing is overwritten unasked", {
  path <- withr::local_tempfile(fileext = ".keras")
  save_classifier(untrained(), path)
  expect_refused(save_classifier(trained(), path), "exists.*overwrite = TRUE")
  expect_equal(fingerprint(load_classifier(path)), fingerprint(untrained()))
  save_classifier(trained(), path, overwrite = TRUE)
  expect_equal(fingerprint(load_classifier(path)), fingerprint(trained()))
})

test_that("unfit input is named", {
  expect_refused(create_classifier("speech-commands", "no"), "at least two")
  expect_refused(create_classifier("speech-commands", c("no", "no")), "`labels` must differ")
  expect_refused(create_classifier(3, c("no", "yes")), "`recipe` must be a recipe or the name")
  expect_refused(save_classifier(untrained(), "a.rds"), "`path` must end in .keras")
  expect_refused(save_classifier(untrained(), "nowhere/a.keras"), "folder of")
  expect_refused(save_classifier(list(), "a.keras"), "`classifier` must be a classifier")
  expect_refused(load_classifier("nowhere.keras"), "does not exist")
  path <- withr::local_tempfile(fileext = ".keras", lines = "none")
  expect_refused(load_classifier(path), "is no .keras file")
  expect_refused(load_classifier(NA), "`path`.*NA")
})
