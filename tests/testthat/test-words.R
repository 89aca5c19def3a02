skip_if_no_core()
skip_if_not(reticulate::py_module_available("pyopen_wakeword"), "pyopen-wakeword is not installed")
skip_if_not(
  tryCatch(nrow(languages()) > 0, error = function(e) FALSE), "eSpeak NG is not installed"
)

test_that("the languages are listed", {
  table <- languages()
  expect_named(table, c("language", "name", "voices"))
  expect_type(table$voices, "integer")
  expect_true(all(c("ar", "de", "en", "en-gb-scotland") %in% table$language))
})

test_that("words become a classifier, from text alone", {
  made <- word_classifier(c("yes", "no"), voices = 3, others = "nose", seed = 1)
  expect_s3_class(made, "hearingai_classifier")
  expect_equal(made$labels, c("yes", "no", "unknown", "silence"))
  facts <- classifier_info(made)
  expect_equal(facts$spoken$words, list(yes = "yes", no = "no"))
  expect_equal(facts$spoken$voices, 3)
  expect_named(facts$thresholds, c("yes", "no"))
  expect_equal(as.character(predict(made, numeric(16000))$.pred_class), "silence")
  expect_equal(nrow(annotate(made, numeric(48000), sample_rate = 16000)$events), 0)
  path <- withr::local_tempfile(fileext = ".keras")
  save_classifier(made, path)
  expect_equal(classifier_info(load_classifier(path))$thresholds, facts$thresholds)
  again <- withr::with_seed(5, word_classifier("yes", voices = 2))
  same <- withr::with_seed(5, word_classifier("yes", voices = 2))
  expect_equal(fingerprint(again), fingerprint(same))
})

test_that("a label has several texts, a language its script, a person clips", {
  texts <- list(yes = c("نعم", "[[n'a?am]]"), no = "لا")
  made <- word_classifier(texts, language = "ar", voices = 2, clips = words(), seed = 1)
  spoken <- classifier_info(made)$spoken
  expect_equal(lapply(spoken$words, unlist), texts)
  expect_equal(spoken$language, "ar")
  heard <- part("train")
  expect_gt(mean(as.character(predict(made, heard)$.pred_class) == heard$class), 0.8)
})

test_that("any function speaks, with a rate of its own", {
  rates <- list()
  speak <- function(text, seed) {
    rates[[length(rates) + 1]] <<- list(text, seed)
    as_sound(sin(seq_len(4000) * (nchar(text) + 1) / 20), 8000)
  }
  made <- word_classifier("beep", synthesizer = speak, voices = 2, seed = 1)
  expect_equal(made$labels, c("beep", "unknown", "silence"))
  expect_equal(sum(vapply(rates, function(x) x[[1]] == "beep", NA)), 2)
  expect_equal(classifier_info(made)$spoken$synthesizer, "own")
})

test_that("what a function does wrongly is told", {
  spoken <- function(synthesizer) word_classifier("beep", synthesizer = synthesizer, voices = 2)
  expect_error(spoken(function(text, seed) stop("no voice today")), "no voice today")
  expect_refused(
    spoken(function(text, seed) "beep.wav"), "`synthesizer(text, seed)` must be numbers",
    fixed = TRUE
  )
  expect_refused(spoken(function(text, seed) matrix(0.1, 2, 4000)), "waveform of one channel")
  expect_refused(
    spoken(function(text, seed) c(NA, 0.1)), "is missing (NA) in position 1",
    fixed = TRUE
  )
})

test_that("texts may be factors, and each label is named once", {
  texts <- function(x) reticulate::py_to_r(py_texts(x))
  named <- factor(c(on = "lights on", off = "lights off"))
  names(named) <- c("on", "off")
  expect_equal(texts(named), list(on = "lights on", off = "lights off"))
  expect_equal(texts(list(on = factor("go"))), list(on = "go"))
  expect_refused(word_classifier(c(a = "yes", a = "no")), "each occurs once")
  expect_refused(word_classifier(data.frame(word = c("yes", "no"))), "`words` must be words, or")
})

test_that("without a body it is a small network", {
  made <- word_classifier("yes", body = NULL, voices = 2, epochs = 1, seed = 1)
  expect_equal(made$labels, c("yes", "unknown", "silence"))
  expect_null(classifier_info(made)$body)
  expect_equal(nrow(training_history(made)), 1)
})

test_that("what cannot be said is named", {
  expect_refused(word_classifier("yes :-)"), "words made of letters")
  expect_refused(word_classifier("да"), "voices of `en` cannot say")
  expect_refused(word_classifier(""), "`words` must be text")
  expect_refused(word_classifier(c("yes", NA)), "missing (NA) in position 2", fixed = TRUE)
  expect_refused(word_classifier(list(1)), "`words` must be words, or texts by the name")
  expect_refused(word_classifier("yes", language = "klingon"), "language")
  expect_refused(word_classifier("yes", synthesizer = "espeak"), "`synthesizer` must be a function")
  expect_refused(word_classifier("yes", epochs = 2), "`epochs` is for `body = NULL`", fixed = TRUE)
  expect_refused(word_classifier("yes", body = "ears"), "`body` must be one of")
  expect_refused(piper_voice("none.onnx"), "none.onnx")
})
