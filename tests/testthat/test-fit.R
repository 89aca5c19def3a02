small <- "speech-commands-small"

test_that("it learns, and knows its history", {
  skip_if_no_core()
  history <- training_history(trained())
  expect_identical(history$epoch, 1:12)
  expect_lt(history$loss[12], 0.7 * history$loss[1])
  expect_true(all(c("val_loss", "val_accuracy") %in% names(history)))
})

test_that("a name, a recipe and a classifier can be trained", {
  skip_if_no_core()
  by_name <- fit(small, words(), epochs = 1, seed = 2, deterministic = TRUE)
  by_recipe <- fit(get_recipe(small), words(), epochs = 1L, seed = 2L, deterministic = TRUE)
  made <- create_classifier(small, c("no", "yes"), seed = 2)
  further <- fit(made, words(), epochs = 1, seed = 2, deterministic = TRUE)
  expect_identical(fingerprint(by_name), fingerprint(by_recipe))
  expect_identical(fingerprint(by_name), fingerprint(further))
  expect_identical(fingerprint(made), fingerprint(further)) # in place
})

test_that("set.seed() decides where no seed is given", {
  skip_if_no_core()
  set.seed(11)
  first <- create_classifier(small, c("no", "yes"))
  set.seed(11)
  expect_identical(fingerprint(create_classifier(small, c("no", "yes"))), fingerprint(first))
  expect_false(fingerprint(create_classifier(small, c("no", "yes"))) == fingerprint(first))
})

test_that("validation is a table, a share or nothing", {
  skip_if_no_core()
  held_out <- words()[words()$split == "validation", ]
  train <- words()[words()$split == "train", names(words()) != "split"]
  by_table <- fit(small, train, validation = held_out, epochs = 1, seed = 1)
  expect_identical(classifier_info(by_table)$n_validation, nrow(held_out))
  none <- fit(small, words(), validation = FALSE, epochs = 1, seed = 1)
  expect_identical(classifier_info(none)$n_train, nrow(words()))
  expect_false("val_loss" %in% names(training_history(none)))
  expect_error(fit(small, words(), validation = 2), "validation", class = "hearingai_error")
  expect_error(fit(small, words(), validation = "some"), "validation", class = "hearingai_error")
})

test_that("a generator trains", {
  skip_if_no_core()
  generator <- data_generator(words(), 16, seed = 1)
  made <- create_classifier(small, c("no", "yes"), seed = 1)
  fit(made, generator, epochs = 2, seed = 1)
  expect_identical(nrow(training_history(made)), 2L)
})

test_that("a training goes on from its checkpoint", {
  skip_if_no_core()
  path <- withr::local_tempfile(fileext = ".keras")
  whole <- fit(small, words(), epochs = 2, seed = 3, deterministic = TRUE)
  fit(small, words(), epochs = 1, seed = 3, deterministic = TRUE, checkpoint = path)
  resumed <- fit(small, words(), epochs = 2, seed = 3, deterministic = TRUE, checkpoint = path)
  expect_identical(fingerprint(resumed), fingerprint(whole))
})

test_that("bad recordings are left out with a warning", {
  skip_if_no_core()
  broken <- words()
  broken$fname[broken$split == "train"][1] <- "no-such.wav"
  expect_warning(fit(small, broken, epochs = 1, seed = 1), "no-such.wav", class = "hearingai_warning")
  expect_error(
    fit(small, broken, epochs = 1, seed = 1, on_error = "raise"), "no-such.wav",
    class = "hearingai_error"
  )
})

test_that("bad arguments are named", {
  skip_if_no_core()
  expect_error(fit("speech-comands", words()), "speech-commands", class = "hearingai_error")
  expect_error(fit(small, words(), epochs = 0), "epochs", class = "hearingai_error")
  expect_error(fit(small, words(), epochs = 1.5), "epochs", class = "hearingai_error")
  expect_error(fit(small, words(), epochs = NA), "epochs", class = "hearingai_error")
  expect_error(fit(small, words(), deterministic = NA), "deterministic", class = "hearingai_error")
  expect_error(fit(small, "clips"), "clips", class = "hearingai_error")
  expect_error(fit(small, words(), epoks = 1), "epoks")
  expect_error(fit(small, words()[words()$class == "no", ]), "two classes", class = "hearingai_error")
})

test_that("progress is told to a function", {
  skip_if_no_core()
  told <- character()
  fit(small, words(), epochs = 1, seed = 1, progress = function(done, total, text) {
    told <<- c(told, text)
  })
  expect_match(told, "Epoch 1/1", all = FALSE)
})
