skip_if_no_core()

test_that("recipes are listed", {
  recipes <- list_recipes()
  expect_s3_class(recipes, "tbl_df")
  expect_named(recipes, c(
    "name", "network", "optimizer", "epochs", "batch_size", "sample_rate", "duration", "description"
  ))
  expect_true(all(c("speech-commands", "speech-commands-small") %in% recipes$name))
  published <- recipes[recipes$name == "speech-commands", ]
  expect_equal(published$optimizer, "Adadelta")
  expect_equal(c(published$epochs, published$batch_size), c(10L, 32L))
})

test_that("a recipe says what it is", {
  expect_snapshot(get_recipe("speech-commands"))
  recipe <- get_recipe("speech-commands")
  expect_identical(get_recipe(recipe), recipe)
})

test_that("every recipe says what it is", {
  expect_snapshot({
    get_recipe("sound-classification")
    get_recipe("hearing-ai")
    get_recipe("embedding-gru")
    get_recipe("words")
    get_recipe("sounds")
    get_recipe("head")
  })
  heard <- list_recipes()
  without <- c("embedding-gru", "embedding-attention", "audio-gate", "head")
  expect_equal(is.na(heard$sample_rate), heard$name %in% without)
})

test_that("a recipe is changed", {
  changed <- get_recipe("audio-gate",
    network = "gru_tagger", epochs = 5, patience = NULL, batch_size = 8,
    optimizer_options = list(learning_rate = 1), augment = list("mixup", EmbeddingJitter())
  )
  expect_equal(changed$py$network, "gru_tagger")
  expect_identical(changed$py$epochs, 5L)
  expect_null(changed$py$patience)
  expect_identical(changed$py$optimizer_options, list(learning_rate = 1))
  expect_match(capture.output(print(changed)), "mixup, EmbeddingJitter", all = FALSE)
  expect_identical(get_recipe(changed, epochs = 7)$py$epochs, 7L)
  expect_equal(get_recipe(changed, augment = list())$py$augment, list())
  options <- get_recipe("speech-commands", network_options = list())$py$network_options
  expect_length(options, 0)
  smooth <- get_recipe("words", decay = "all", label_smoothing = 0.1)$py
  expect_identical(list(smooth$decay, smooth$label_smoothing), list("all", 0.1))
  expect_identical(get_recipe("words")$py$decay, "matrices")
  other <- get_recipe("words", loss = "focal", sampling = "balanced", copies = 2,
    multi_label = list(loss = "focal")
  )$py
  expect_identical(list(other$loss, other$sampling, other$copies), list("focal", "balanced", 2L))
  told <- format(get_recipe("words", loss = "focal", copies = 2))
  expect_match(told, "batches of 64, loss focal, copies 2$", all = FALSE)
  wider <- get_recipe(changed, network_options = list(units = 32))
  expect_match(format(wider), "network    gru_tagger (units 32)", fixed = TRUE, all = FALSE)
})

test_that("all that a recipe has can be changed", {
  fields <- reticulate::import("dataclasses")$fields(core()$Recipe)
  settings <- vapply(fields, function(field) field$name, "")
  expect_setequal(names(recipe_settings()), setdiff(settings, c("name", "description", "source")))
})

test_that("a recipe takes front ends", {
  ends <- list(LogMel(n_mels = 20), Deltas(), Scaling())
  heard <- get_recipe("speech-commands-small", network = "sound_cnn", frontend = ends)
  classifier <- create_classifier(heard, c("no", "yes"), seed = 1)
  layers <- classifier$py$frontend$layers
  kinds <- vapply(layers, function(layer) sub(".*[.]", "", class(layer)[1]), character(1))
  expect_equal(kinds, c("LogMel", "Deltas", "Scaling"), ignore_attr = TRUE)
  expect_equal(layers[[1]]$n_mels, 20)
  path <- withr::local_tempfile(fileext = ".keras")
  save_classifier(classifier, path)
  expect_equal(fingerprint(load_classifier(path)), fingerprint(classifier))
  wrong <- get_recipe("speech-commands-small", frontend = LogMel(8000))
  expect_refused(create_classifier(wrong, c("no", "yes")), "LogMel for sound at 8000 Hz")
})

test_that("networks have as many parameters as were published", {
  parameters <- function(recipe, n, ...) {
    made <- create_classifier(get_recipe(recipe, ...), as.character(seq_len(n)), seed = 1)
    classifier_info(made)$parameters
  }
  expect_equal(parameters("hearing-ai", 10), 1448786 + 2 * 450) # and the scaling of 150 x 3 bands
  expect_equal(parameters("sound-classification", 10), 25842)
  expect_equal(parameters("embedding-gru", 2), 201217)
  expect_equal(parameters("words", 12), 85756)
  expect_equal(parameters("sounds", 10), 85642)
  expect_equal(parameters("words", 12, network = "bc_resnet"), 9232 + 2416) # moving averages
  expect_equal(parameters("embedding-gru", 2, network = "attention_gru_tagger"), 199179)
  smaller <- list(active_layers = 4, kernel_size = 2)
  expect_lt(
    parameters("audio-gate", 2, network = "conv1d_tagger", network_options = smaller),
    parameters("audio-gate", 2, network = "conv1d_tagger")
  )
  expect_refused(parameters("audio-gate", 2, network_options = list(layers = 2)), "layers")
})

test_that("unfit input is named", {
  expect_refused(get_recipe("audio-gate", speed = 3), "`speed` is no argument of `get_recipe")
  expect_refused(get_recipe("audio-gate", epoch = 3), "Did you mean `epochs`")
  expect_refused(get_recipe("audio-gat"), "Did you mean 'audio-gate'")
  expect_refused(get_recipe("audio-gate", 3), "must have names")
  expect_refused(get_recipe("audio-gate", epochs = NA), "`epochs`.*NA")
  expect_refused(get_recipe("audio-gate", network_options = list(3)), "`network_options` must be a")
  expect_refused(get_recipe("audio-gate", network_options = list(a = NA)), "`network_options\\$a`")
  expect_refused(get_recipe("audio-gate", frontend = "mel"), "`frontend` must be a front end")
  expect_refused(get_recipe("nothing"), "`name` must be one of 'speech-commands'")
  expect_refused(get_recipe("gate", network = "gate_cn"), "`network` must be one of .*'gate_cnn'")
  expect_refused(get_recipe("gate", network_options = list(a = 1)), "has no a. It has: filters")
  expect_refused(get_recipe("gate", optimizer = "Adm"), "`optimizer` must be one of .*'Adam'")
  expect_refused(get_recipe("gate", schedule = "steep"), "`schedule` must be one of 'constant'")
  expect_refused(get_recipe("gate", decay = "none"), "`decay` must be one of 'all', 'matrices'")
  expect_refused(get_recipe("gate", label_smoothing = 1), "`label_smoothing`")
  expect_refused(get_recipe("gate", body = "speech-embedding"), "has a front end of its own")
  expect_refused(get_recipe("gate", augment = "mixupp"), "`augment` must be one of .*'mixup'")
  expect_refused(get_recipe(NA), "`name`.*NA")
  expect_refused(get_recipe(c("a", "b")), "`name` must be one string")
})
