skip_if_no_core()

hearer <- function() create_classifier(tagger(), c("other", "turkey"), seed = 1)

test_that("compile() sets what the next training uses, in a new classifier", {
  plain <- hearer()
  compiled <- compile(plain, "RMSprop", "kl_divergence", c("accuracy", "AUC"), learning_rate = 0.02)
  expect_equal(fingerprint(compiled), fingerprint(plain))
  expect_false(any(grepl("compiled", format(plain))))
  expect_snapshot(compiled)
  kept <- unserialize(serialize(compiled, NULL))
  fitted <- fit(kept, embeddings(), epochs = 1, seed = 1)
  made <- classifier_info(fitted)$optimizer
  expect_equal(made$class_name, "RMSprop")
  expect_equal(made$config$learning_rate, 0.02, tolerance = 1e-6)
  expect_true("AUC" %in% names(training_history(fitted)))
})

test_that("parts of Keras are taken as they are made", {
  keras <- reticulate::import("keras")
  compiled <- compile(hearer(), keras$optimizers$SGD(0.3), keras$losses$CategoricalCrossentropy(),
    list(keras$metrics$Precision(name = "precise"), "AUC")
  )
  fitted <- fit(compiled, embeddings(), epochs = 1, seed = 1)
  expect_equal(classifier_info(fitted)$optimizer$class_name, "SGD")
  expect_true(all(c("precise", "AUC") %in% names(training_history(fitted))))
  one <- compile(hearer(), metrics = keras$metrics$Precision(name = "precise"))
  expect_match(format(one), "compiled    Precision", all = FALSE)
})

test_that("what cannot be compiled is named", {
  expect_refused(compile(hearer(), "adadelt"), "Adadelta")
  expect_refused(compile(hearer(), 1), "`optimizer`")
  expect_refused(compile(hearer(), loss = function(truth, found) 0), "made by a call")
  expect_refused(compile(hearer(), loss = "sparse_categorical_crossentropy"), "one-hot")
  expect_refused(compile(hearer(), metrics = "no_such"), "no_such")
  expect_refused(compile(hearer(), learning_rate = "fast"), "`learning_rate`")
  expect_refused(compile(hearer(), optimiser = "adam"), "Did you mean `optimizer`")
})
