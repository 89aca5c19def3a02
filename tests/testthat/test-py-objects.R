skip_if_no_core()

test_that("every object that R keeps answers with equal bits in another session", {
  sound <- matrix(sin(seq_len(16000) / 10), nrow = 1)
  images <- array(seq_len(400) / 7, c(2, 10, 20, 1))
  path <- file.path(withr::local_tempdir(), "words")
  objects <- list(
    sound = sound, images = images, clips = part("test"), classifier = trained(),
    few = few_shot(trained(), part("train"), shots = 2, seed = 1), front_end = LogMel(n_mels = 20),
    scaling = adapt(Scaling(), images), noise = BackgroundNoise(noise = sound[1, ] / 3, seed = 2),
    recipe = get_recipe("speech-commands-small", frontend = LogMel(n_mels = 100), patience = NULL),
    generator = data_generator(words(), 8, seed = 1),
    gated = gate(opener(), sound[1, ], threshold = 0.4),
    explanation = explain(trained(), words()[1, ], steps = 16),
    exported = load_exported(export(trained(), path, verify = FALSE)$path)
  )
  told <- quote(list(
    predict(classifier, clips), classifier_info(classifier), evaluate(classifier, clips),
    fingerprint(few), front_end(sound), scaling(images), noise(sound), format(recipe),
    next_batch(generator), gate_levels(gated, sound[1, ], sound[1, ]),
    hearingai:::py_explanation(explanation)$relevance, predict(exported, clips),
    fingerprint(create_classifier(recipe, c("no", "yes"), seed = 1))
  ))
  here <- eval(told, objects)
  unlink(path, recursive = TRUE)
  there <- eval(substitute(elsewhere(objects, told), list(told = told)))
  for (i in seq_along(here)) expect_identical(there[[i]], here[[i]], info = deparse(told[[i + 1]]))
})

test_that("what is kept are the weights after the last training, not the optimizer", {
  classifier <- fit(tagger(), embeddings(), epochs = 1, seed = 1)
  before <- fingerprint(classifier)
  other <- classifier
  expect_identical(fit(classifier, embeddings(), epochs = 1, seed = 2, in_place = TRUE), classifier)
  after <- fingerprint(classifier)
  expect_false(after == before)
  back <- unserialize(serialize(other, NULL))
  expect_true(reticulate::py_is_null_xptr(handle_of(back)$py))
  expect_identical(fingerprint(back), after)
  expect_identical(predict(back, embeddings()), predict(classifier, embeddings()))
  expect_lt(length(serialize(classifier, NULL)), 5 * classifier_info(classifier)$parameters)
  expect_equal(nrow(training_history(fit(back, embeddings(), epochs = 1, seed = 3))), 1)
})

test_that("a training that breaks off keeps the weights it came to", {
  classifier <- fit(tagger(), embeddings(), epochs = 1, seed = 1)
  stopped <- function(done, total, text) if (grepl("Epoch [23]", text)) stop("enough")
  expect_error(fit(classifier, embeddings(), epochs = 3, seed = 1, progress = stopped))
  now <- fingerprint(classifier)
  expect_identical(fingerprint(unserialize(serialize(classifier, NULL))), now)
})

test_that("several names for one classifier stay one", {
  pair <- unserialize(serialize(list(untrained(), untrained()), NULL))
  fit(pair[[1]], words(), epochs = 1, seed = 1)
  expect_identical(fingerprint(pair[[1]]), fingerprint(pair[[2]]))
})

test_that("what lives by what it heard says that it was left behind", {
  stream <- Stream(untrained(), hop = 0.5)
  opened <- Gate(opener(), 16000)
  gone <- unserialize(serialize(list(stream = stream, gate = opened), NULL))
  expect_snapshot(error = TRUE, {
    gone$stream
    feed(gone$stream, 1:10)
    gone$gate$feed(1:10)
  })
  expect_output(print(gone$gate), "gate for wanted")
})

test_that("where Python cannot start, the caller's call fails", {
  kept <- withr::local_tempfile(fileext = ".rds")
  out <- withr::local_tempfile(fileext = ".rds")
  saveRDS(untrained(), kept)
  run_r(c(
    "library(hearingai, warn.conflicts = FALSE)",
    sprintf("error <- tryCatch(predict(readRDS('%s'), 1:10), error = identity)", kept),
    sprintf("saveRDS(error, '%s')", out)
  ), env = c(RETICULATE_PYTHON = "/nowhere/python"))
  error <- readRDS(out)
  expect_s3_class(error, "hearingai_error")
  expect_equal(rlang::call_name(error$call), "predict")
})
