skip_if_no_core()

test_that("a recipe's name trains a classifier that learns", {
  history <- training_history(trained())
  expect_lt(history$loss[12], 0.6 * history$loss[1])
  expect_gt(history$accuracy[12], 0.8)
  heard <- suppressWarnings(evaluate(trained(), part("train")))
  expect_gt(heard$accuracy, 0.8)
})

test_that("a recipe and its name are the same", {
  by_name <- quick("speech-commands-small", words())
  by_itself <- quick(get_recipe("speech-commands-small"), words())
  expect_equal(fingerprint(by_itself), fingerprint(by_name))
  expect_equal(classifier_info(by_name)$epochs, 1L)
})

test_that("a copy of a classifier is trained further, or itself where asked", {
  classifier <- create_classifier(tagger(), c("other", "turkey"), seed = 1)
  other <- classifier
  before <- fingerprint(classifier)
  answer <- quick(classifier, validation = FALSE)
  expect_equal(fingerprint(classifier), before)
  expect_false(fingerprint(answer) == before)
  same <- quick(classifier, validation = FALSE, in_place = TRUE)
  expect_equal(fingerprint(same), fingerprint(answer))
  expect_equal(fingerprint(other), fingerprint(answer))
})

test_that("clips may come first", {
  expect_equal(
    fingerprint(embeddings() |> fit(tagger(), epochs = 1, seed = 1)),
    fingerprint(quick())
  )
  expect_refused(fit(words()), "`object` must be given: a recipe, its name, or a classifier")
})

test_that("what is another package's stays so", {
  expect_error(generics::fit("lm", mtcars), "no applicable method")
  expect_error(fit(mtcars), "no applicable method")
  expect_error(fit(mtcars, 3), "no applicable method")
  expect_refused(fit("lm", mtcars), "`object` must be one of")
  classifier <- create_classifier(tagger(), c("other", "turkey"), seed = 1)
  answer <- generics::fit(classifier, embeddings(), epochs = 1, seed = 1, validation = FALSE)
  expect_equal(fingerprint(answer), fingerprint(quick(classifier, validation = FALSE)))
})

test_that("update() repeats the call with changes", {
  recipe <- tagger()
  classifier <- fit(recipe, embeddings(), epochs = 1, seed = 1)
  longer <- update(classifier, epochs = 2)
  expect_equal(classifier_info(longer)$epochs, 2L)
  expect_equal(
    update(classifier, seed = 3, batch_size = 8, clips = few, evaluate = FALSE),
    quote(fit(object = recipe, clips = few, epochs = 1, seed = 3, batch_size = 8))
  )
  piped <- embeddings() |> fit(recipe, epochs = 1, seed = 1)
  expect_equal(
    update(piped, seed = NULL, evaluate = FALSE),
    quote(fit(clips = embeddings(), object = recipe, epochs = 1))
  )
  further <- fit(classifier, embeddings(), epochs = 1, seed = 1)
  expect_equal(
    update(further, epochs = 2, evaluate = FALSE),
    quote(fit(object = classifier, clips = embeddings(), epochs = 2, seed = 1))
  )
  made <- create_classifier(recipe, c("other", "turkey"), seed = 1)
  expect_refused(update(made, epochs = 2), "no call to repeat")
  twin <- classifier
  fit(twin, embeddings(), epochs = 1, seed = 2, in_place = TRUE)
  expect_refused(update(classifier, epochs = 2), "no call to repeat: it was trained in place")
  expect_refused(update(further, 2), "arguments of fit\\(\\) by name")
  expect_equal(glance(update(get_recipe("words"), epochs = 3))$epochs, 3)
})

test_that("a generator trains a classifier", {
  classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
  before <- fingerprint(classifier)
  train <- data_generator(part("train"), 12, seed = 1)
  held <- data_generator(part("validation"), 8, shuffle = FALSE)
  answer <- quick(classifier, train, validation = held, steps_per_epoch = 1)
  expect_false(fingerprint(answer) == before)
  expect_true(all(c("loss", "val_loss") %in% names(training_history(answer))))
  expect_match(capture.output(print(answer)), "trained for 1 epoch on a generator", all = FALSE)
})

test_that("set.seed() decides a seed that is not given", {
  drawn <- function() {
    set.seed(9)
    quick(seed = NULL, validation = FALSE)
  }
  first <- drawn()
  expect_equal(fingerprint(drawn()), fingerprint(first))
  expect_false(fingerprint(quick(validation = FALSE)) == fingerprint(first))
})

test_that("validation is a table, a share, or none", {
  clips <- embeddings()
  facts <- classifier_info(quick(clips = clips[1:16, ], validation = clips[17:24, ]))
  expect_equal(facts[c("n_train", "n_validation", "split_by")], list(
    n_train = 16L, n_validation = 8L, split_by = "validation"
  ))
  facts <- classifier_info(quick(clips = clips, validation = 0.25))
  expect_equal(facts$n_train + facts$n_validation, nrow(clips))
  expect_equal(facts$split_by, "source")
  facts <- classifier_info(quick(clips = clips, validation = FALSE))
  expect_equal(facts$n_train, nrow(clips))
  expect_false("val_loss" %in% names(facts$history))
})

test_that("the optimizer and its settings are passed on", {
  slow <- quick(optimizer = "SGD", learning_rate = 1e-9, clipnorm = 1, validation = FALSE)
  start <- create_classifier(tagger(), c("other", "turkey"), seed = 1)
  expect_equal(predict(slow, embeddings()), predict(start, embeddings()), tolerance = 1e-4)
})

test_that("precision and device are the training's, and recorded", {
  narrow <- quick(precision = "bfloat16", device = "cpu")
  expect_equal(classifier_info(narrow)[c("precision", "device")], list(
    precision = "bfloat16", device = "cpu"
  ))
  expect_match(capture.output(print(summary(narrow))), "precision   bfloat16", all = FALSE)
  chosen <- classifier_info(quick())
  expect_true(chosen$precision %in% c("float32", "bfloat16"))
  expect_true(chosen$device %in% c("cpu", "gpu"))
})

test_that("augmentations change the training, and an empty list none", {
  plain <- quick(validation = FALSE, augment = list())
  mixup <- Mixup(domain = "embedding")
  changes <- list("positive_mix", list("embedding_jitter", list(amount = c(5, 10))), mixup)
  changed <- quick(validation = FALSE, augment = changes)
  expect_false(fingerprint(changed) == fingerprint(plain))
  told <- classifier_info(changed)$augment
  expect_equal(vapply(told, function(a) a$class_name, ""), c(
    "PositiveMix", "EmbeddingJitter", "Mixup"
  ))
  expect_equal(told[[2]]$config$amount, c(5, 10))
})

test_that("classes are weighed", {
  weight <- function(...) {
    rare <- embeddings()[-(1:8 * 2), ]
    classifier_info(quick(tagger(), rare, validation = FALSE, ...))$class_weight
  }
  expect_equal(weight(class_weight = "balanced"), c(16 / 8, 16 / 24))
  expect_equal(weight(class_weight = c(turkey = 2)), c(1, 2))
  expect_equal(py_weights(list(no = 3, yes = 2)), list(no = 3, yes = 2))
})

test_that("training stops where patience ends", {
  classifier <- quick(
    epochs = 30, patience = 1, optimizer = "SGD", learning_rate = 1e-12
  )
  expect_lt(classifier_info(classifier)$epochs, 10)
})

test_that("a table of embeddings trains a classifier of embeddings, and only that", {
  classifier <- tagged()
  expect_match(capture.output(print(classifier)), "10 x 128 embeddings", all = FALSE)
  expect_match(capture.output(print(summary(classifier))), "target      turkey", all = FALSE)
  expect_equal(classifier_info(classifier)$target, "turkey")
  expect_refused(quick(tagger(), words()), "takes embeddings, and the table lists recordings")
  refused <- "takes recordings, and the table lists embeddings"
  expect_refused(quick("speech-commands-small", embeddings()), refused)
})

test_that("a bad file is left out with a warning, or stops", {
  bad <- tibble::tibble(fname = bad_file(), class = "no", split = "train")
  clips <- rbind(words()[c("fname", "class", "split")], bad)
  expect_warning(
    classifier <- quick("speech-commands-small", clips), "1 of 33 recordings left out",
    class = "hearingai_warning"
  )
  expect_equal(classifier_info(classifier)$n_train, nrow(part("train")))
  expect_refused(quick("speech-commands-small", clips, on_error = "raise"), basename(bad$fname))
})

test_that("unfit input is named", {
  quick <- function(object = "speech-commands-small", clips = words(), ...) fit(object, clips, ...)
  expect_refused(quick("nothing"), "`object` must be one of")
  expect_refused(quick(clips = "a folder"), "`clips` must be a table of clips")
  expect_refused(quick(clips = words()["fname"]), "`clips` must have a column class")
  expect_refused(quick(clips = words()[words()$class == "no", ]), "at least two classes")
  expect_refused(quick(validation = "half"), "`validation` must be a table of clips")
  expect_refused(quick(validation = 1.5), "`validation`.*above 0 and below 1")
  expect_refused(quick(epochs = NA), "`epochs`.*NA")
  expect_refused(quick(epochs = 0), "`epochs` must be a positive whole number")
  expect_refused(quick(optimizer = "Adm"), "`optimizer` must be one of .*Adam")
  expect_refused(quick(optimizer = NA), "`optimizer`.*NA")
  expect_refused(quick(learning_rate = -1), "`learning_rate` must be a positive number")
  expect_refused(quick(precision = "float16"), "`precision` must be one of 'auto', 'float32'")
  expect_refused(quick(precision = NA), "`precision`.*NA")
  expect_refused(quick(device = "tpu"), "`device` must be one of 'auto', 'cpu', 'gpu'")
  expect_refused(quick(device = NA), "`device`.*NA")
  expect_refused(quick(store = NA), "`store` must be one path, or FALSE.*NA")
  expect_refused(quick(store = TRUE), "`store` must be one path, or FALSE.*TRUE")
  expect_refused(quick(on_error = "ignore"), "`on_error` must be one of")
  expect_refused(quick(augment = 3), "`augment` must be a list of augmentations")
  expect_refused(quick(class_weight = c(1, 2)), "`class_weight` must be \"balanced\", or numbers")
  expect_refused(quick(class_weight = c(up = 2)), "`class_weight` names unknown labels: up")
  expect_refused(quick(class_weight = c(no = NA_real_)), "`class_weight` is missing")
  expect_refused(quick(patience = 0), "`patience` must be a positive whole number")
  expect_refused(quick(seed = 1e10), "`seed` must be one whole number")
  expect_refused(quick(lr = 3), "`lr` is no argument of `fit\\(\\)`.*Did you mean `learning_rate`")
  classifier <- create_classifier("speech-commands-small", c("a", "b"), seed = 1)
  expect_refused(quick(classifier), "classes that are none of the labels: no, yes")
})

test_that("a background is a class of its own", {
  noise <- withr::local_tempfile(fileext = c(".wav", ".wav"))
  for (file in noise) write_audio(file, stats::rnorm(32000) / 20, 16000)
  heard <- fit("speech-commands-small", words(), background = noise, epochs = 1, seed = 1)
  expect_equal(heard$labels, c("background", "no", "yes"))
  table <- data.frame(fname = noise, start = 0.5)
  learnt <- few_shot(heard, words(), shots = 5, background = table, seed = 1)
  expect_equal(learnt$labels, heard$labels)
  expect_equal(classifier_info(learnt)$n_train, 15)
  sound <- numeric(32000)
  found <- annotate(heard, sound, threshold = 0.01)
  expect_false("background" %in% found$events$label)
  expect_named(found$windows, c("fname", "start", "end", paste0(".pred_", heard$labels)))
  asked <- annotate(heard, sound, threshold = 0.01, labels = "background")
  expect_equal(unique(as.character(asked$events$label)), "background")
  expect_refused(
    fit("speech-commands-small", words(), background = tempfile(), epochs = 1),
    "`background` holds no recording that can be used"
  )
})

test_that("a teacher is a classifier of the same labels", {
  taught_by <- function(teacher) quick("speech-commands-small", words(), teacher = teacher)
  expect_refused(taught_by("yes"), "`teacher` must be a classifier")
  other <- create_classifier("speech-commands-small", c("no", "maybe"), seed = 1)
  expect_refused(taught_by(other), "`teacher` must have the labels")
})
