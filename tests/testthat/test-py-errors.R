test_that("what the core says of Python's values is said of R's", {
  expect_equal(r_words("by=None splits; overwrite=True replaces"),
    "by = NULL splits; overwrite = TRUE replaces")
  expect_equal(r_words("Use by='speaker' or clipnorm=1"), "Use by = 'speaker' or clipnorm = 1")
  expect_equal(r_words("must be a number. Received: True"), "must be a number. Received: TRUE")
  expect_equal(r_words("overwrite=True (--overwrite) replaces it"), "overwrite = TRUE replaces it")
  expect_equal(r_words("None of the Trueborn"), "None of the Trueborn")
  expect_equal(
    r_words('type: pip install "hearingai[tensorflow]"'),
    'type: reticulate::py_install("tensorflow")'
  )
  expect_equal(
    r_words('pip install "hearingai[demo]"'), 'reticulate::py_install("espeakng-loader")'
  )
})

test_that("a message falls into what is wrong, what came, and the rest", {
  expect_equal(
    error_bullets("`n` must be positive. Received: -1"),
    c("`n` must be positive.", x = "Received -1."),
    ignore_attr = TRUE
  )
  expect_equal(names(error_bullets("wrong. Received: -1")), c("", "x"))
  expect_equal(names(error_bullets("wrong:\n  do this")), c("", " "))
  expect_equal(unname(error_bullets("a {b}")), "a {{b}}.")
})

test_that("errors of the core carry the call of R and its class", {
  skip_if_no_core()
  error <- expect_refused(audio_info("nowhere.wav"), "nowhere.wav: does not exist")
  expect_equal(rlang::call_name(error$call), "audio_info")
  expect_refused(audio_info("{1 + 1}.wav"), "\\{1 \\+ 1\\}.wav: does not exist")
  error <- expect_refused(fit("nothing", words()), "`recipe` must be one of")
  expect_equal(rlang::call_name(error$call), "fit")
})

test_that("any other error of Python is one, too, with Python's words", {
  skip_if_no_core()
  error <- expect_refused(py_call("bridge.plain", absent = 1), "Python stopped with an error")
  expect_s3_class(error, "hearingai_python_error")
  expect_match(conditionMessage(error$parent), "TypeError.*unexpected keyword argument 'absent'")
})

test_that("warnings of the core are warnings with the call of R", {
  skip_if_no_core()
  warning <- expect_warning(
    split_clips(words(), by = NULL, seed = 1), "leaks.*by = 'speaker'",
    class = "hearingai_warning"
  )
  expect_equal(rlang::call_name(warning$call), "split_clips")
})

test_that("messages read well", {
  skip_if_no_core()
  expect_snapshot(error = TRUE, {
    audio_info(NULL)
    audio_info(c("a.wav", "b.wav"))
    spoken_words("no", n = 1e10)
    spoken_words("no", n = 0)
    resample(c(0, NA), 16000, 8000)
    read_audio("a.wav", mono = NA)
    create_classifier("nothing", c("no", "yes"))
    create_classifier("speech-commands-small", c("no", NA))
    create_classifier("speech-commands-small", c("no", "yes"), seed = 0.5)
    fit("speech-commands-small", "a folder")
    fit("speech-commands-small", words(), validation = TRUE)
    fit("speech-commands-small", words(), epochs = 0)
    predict(untrained(), list(1:3, "a"))
    predict(untrained(), TRUE)
    evaluate(untrained(), data.frame(fname = "a.wav", label = "no"))
    confusion(c("a", "b"), "a")
    py_call("bridge.plain", absent = 1)
  })
})
