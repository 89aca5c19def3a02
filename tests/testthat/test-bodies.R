skip_if_no_core()

# A network in a file: eight samples, and their sums in pairs.
adder <- function(envir = parent.frame()) {
  there <- reticulate::py_module_available("onnx")
  testthat::skip_if_not(there, "onnx is not installed")
  there <- reticulate::py_module_available("onnxruntime")
  testthat::skip_if_not(there, "onnxruntime is not installed")
  onnx <- reticulate::import("onnx", convert = FALSE)
  path <- withr::local_tempfile(fileext = ".onnx", .local_envir = envir)
  make <- onnx$helper
  float <- onnx$TensorProto$FLOAT
  pairs <- as.list(as.numeric(t(kronecker(diag(4), c(1, 1)))))
  graph <- make$make_graph(
    list(make$make_node("MatMul", list("sound", "pairs"), list("sums"))), "adder",
    list(make$make_tensor_value_info("sound", float, list(1L, 8L))),
    list(make$make_tensor_value_info("sums", float, list(1L, 4L))),
    list(make$make_tensor("pairs", float, list(8L, 4L), pairs))
  )
  opset <- list(make$make_opsetid("", 13L))
  onnx$save(make$make_model(graph, opset_imports = opset, ir_version = 8L), path)
  path
}

# Clips of eight samples at 16 Hz, loud at their beginnings or at their ends.
halves <- function(envir = parent.frame()) {
  path <- replicate(4, withr::local_tempfile(fileext = ".wav", .local_envir = envir))
  for (i in 1:4) write_audio(path[i], c(rep(i %% 2, 4), rep(1 - i %% 2, 4)) / (i + 1), 16)
  tibble::tibble(fname = path, class = rep(c("a", "b"), 2))
}

speech <- function() {
  there <- reticulate::py_module_available("pyopen_wakeword")
  testthat::skip_if_not(there, "pyopen-wakeword, which has the speech embedding, is not installed")
  get_body("speech-embedding")
}

test_that("the bodies are listed", {
  bodies <- list_bodies()
  expect_named(bodies, c("name", "sample_rate", "window", "size", "licence", "found"))
  birdnet <- bodies[bodies$name == "birdnet", ]
  expect_equal(birdnet$licence, "CC BY-NC-SA 4.0")
  expect_equal(c(birdnet$sample_rate, birdnet$window, birdnet$size), c(48000, 3, 1024))
  expect_type(bodies$found, "logical")
})

test_that("any network in a file is a body", {
  path <- adder()
  told <- body_info(path)
  expect_equal(told$role, c("input", "output"))
  expect_equal(told$name, c("sound", "sums"))
  expect_equal(told$shape, c("1 x 8", "1 x 4"))
  body <- open_body(path, sample_rate = 8, hop = 0.5)
  expect_s3_class(body, "hearingai_body")
  expect_match(format(body)[1], "onnx: 4 values from 1 s every 0.5 s>", fixed = TRUE)
  expect_match(format(body), "clip        1 s at 8 Hz", fixed = TRUE, all = FALSE)
  expect_match(capture.output(print(body)), "licence     unknown", all = FALSE)
  expect_equal(glance(open_body(path, 8, licence = "MIT"))$licence, "MIT")
  numbers <- list(sample_rate = 8L, window = 1, hop = 0.5, size = 4L)
  expect_equal(as.list(glance(body)[2:5]), numbers)
  sums <- body$py$embeddings(matrix(1:12, 1))
  expect_equal(sums[1, , ], rbind(c(3, 7, 11, 15), c(11, 15, 19, 23)))
  here <- withr::with_dir(dirname(path), open_body(basename(path), 8))
  back <- unserialize(serialize(here, NULL))
  expect_true(reticulate::py_is_null_xptr(handle_of(back)$py))
  expect_identical(back$py$sha256, body$py$sha256)
})

# As many values as VGGish gives, whole numbers 0...255, from one small file.
audioset_body <- function(envir = parent.frame()) {
  path <- withr::local_tempfile(fileext = ".ckpt", .local_envir = envir)
  writeLines("no weights", path)
  compute <- reticulate::py_eval(
    "lambda sound, starts: [abs(sound[s:s + 12800:100] * 255) // 1 for s in starts]"
  )
  new_object("hearingai_body", name = "vggish", handle = list2env(list(
    py = reticulate::import("hearingai")$Body(
      name = "vggish", sample_rate = 16000L, window = 15600L, hop = 15360L, size = 128L,
      licence = "Apache-2.0", source = "a test", files = reticulate::tuple(path),
      duration = 0.975, compute = compute
    )
  )))
}

test_that("a classifier of AudioSet embeddings hears sound by their body", {
  tagger <- create_classifier("audio-gate", c("a", "b"), seed = 1)
  body <- audioset_body()
  hearing <- add_body(tagger, body)
  expect_match(format(hearing), "clip        9.615 s at 16000 Hz", fixed = TRUE, all = FALSE)
  expect_match(format(hearing), "body        vggish, licence Apache-2.0", all = FALSE)
  sound <- sin(seq_len(153840) / 9) / 2
  heard <- predict(hearing, sound)
  embedded <- body$py$embeddings(reticulate::np_array(matrix(sound, 1), "float32"))
  expect_equal(heard$.pred_a, predict(tagger, embedded)$.pred_a)
  expect_refused(predict(tagger, "a.wav"), "add_body")
  expect_refused(add_body(hearing, body), "takes sound already")
  expect_refused(add_body(tagger, "birdsnet"), "birdsnet")
  expect_refused(add_body("audio-gate", body), "classifier")
})

test_that("VGGish is found by a path", {
  withr::local_envvar(HEARINGAI_VGGISH = "")
  expect_refused(get_body("vggish"), "HEARINGAI_VGGISH")
  expect_refused(get_body("vggish", withr::local_tempdir()), "vggish_model.ckpt")
})

test_that("parts of recordings are embedded", {
  body <- open_body(adder(), sample_rate = 16)
  path <- withr::local_tempfile(fileext = ".wav")
  write_audio(path, (1:32) / 64, 16)
  whole <- embed(body, path)
  expect_equal(whole$start, 0:3 / 2)
  parts <- embed(body, data.frame(fname = path, start = c(1.5, 0.5), end = c(2, NA)))
  expect_equal(parts[-1], whole[c(4, 2, 3, 4), -1], tolerance = 1e-3)
  expect_equal(parts$row, c(1, 2, 2, 2))
  expect_equal(embed(body, data.frame(fname = character())), parts[0, ])
  refuse <- function(table, message) expect_refused(embed(body, table), message)
  refuse(data.frame(fname = c(path, NA)), "recordings.fname")
  refuse(data.frame(fname = path, start = 1, end = 1), "recordings.end.* after the start at 1 s")
  refuse(data.frame(fname = path, start = -1), "recordings.start.* a number from 0")
})

test_that("one bad file loses no other", {
  body <- open_body(adder(), sample_rate = 16)
  folder <- withr::local_tempdir()
  write_audio(file.path(folder, "b.wav"), (1:32) / 64, 16)
  writeLines("no sound", file.path(folder, "a.wav"))
  found <- embed(body, folder)
  expect_equal(found$row, c(1, 2, 2, 2, 2))
  expect_equal(basename(found$fname), c("a.wav", rep("b.wav", 4)))
  expect_match(found$.error[1], "not audio")
  expect_equal(is.na(found$embedding_1), c(TRUE, rep(FALSE, 4)))
  expect_refused(embed(body, folder, on_error = "raise"), "a.wav")
})

test_that("what is no body is named", {
  path <- adder()
  expect_refused(open_body(path, 8, output = "none"), "has no tensor `none`")
  expect_refused(open_body(path, 8, input = "none"), "none")
  expect_refused(open_body(path, NULL), "`sample_rate` must be given")
  expect_refused(open_body(3, 8), "`path` must be one path")
  expect_refused(open_body("none.onnx", 8), "none.onnx` does not exist")
  expect_refused(body_info(bad_file()), "must be")
  expect_refused(get_body("ears"), "must be one of 'speech-embedding', 'birdnet'")
  expect_refused(get_body(3), "`name` must be a body such as get_body() gives", fixed = TRUE)
  expect_refused(get_body("perch"), "`path` must be given")
  expect_refused(few_shot("perch", words()), "`path` must be given")
  expect_refused(few_shot(3, words()), "`classifier` must be a body, the name of one, or a class")
  expect_refused(create_classifier("head", c("a", "b"), body = 3), "`body` must be a body")
  expect_refused(fit("speech-commands-small", words(), body = "perch"), "suits recipes that have")
})

test_that("a few clips are enough for a head on a body", {
  body <- speech()
  expect_identical(get_body(body), body)
  learnt <- few_shot(body, words(), shots = 10, seed = 1)
  lines <- capture.output(print(learnt))
  expect_match(lines, "body        speech-embedding, licence Apache-2.0", all = FALSE)
  expect_match(lines, "trained for 1 epoch on 20 clips", all = FALSE)
  test <- part("test")
  expect_gt(mean(predict(learnt, test)$.pred_class == test$class), 0.8)
  expect_equal(dim(embed(learnt, test[1:2, ])), c(2, 2 + 3 * 96))
  facts <- classifier_info(learnt)
  expect_equal(facts$body$sha256, body$py$sha256)
  expect_null(classifier_info(trained())$body)
  path <- withr::local_tempfile(fileext = ".keras")
  save_classifier(learnt, path)
  expect_equal(fingerprint(load_classifier(path)), fingerprint(learnt))
  expect_equal(fingerprint(load_classifier(path, body = body)), fingerprint(learnt))
  by_name <- load_classifier(path, body = "speech-embedding")
  expect_equal(fingerprint(by_name), fingerprint(learnt))
  expect_refused(load_classifier(path, body = open_body(adder(), 8)), "is another than the one")
})

test_that("a classifier whose body has moved is printed, and opened with its body", {
  path <- adder()
  learnt <- few_shot(open_body(path, 16), halves(), seed = 1)
  back <- unserialize(serialize(learnt, NULL))
  moved <- withr::local_tempfile(fileext = ".onnx")
  file.rename(path, moved)
  expect_match(format(back), "because     its body .*is not to be found", all = FALSE)
  expect_match(format(back), "labels      a, b", all = FALSE)
  refused <- expect_refused(predict(back, halves()), "is not to be found")
  expect_identical(rlang::call_name(refused$call), "predict")
  body <- open_body(moved, 16)
  again <- load_classifier(back, body = body)
  expect_equal(fingerprint(again), fingerprint(learnt))
  expect_equal(embed(body, halves())$embedding_1, c(1, 0, 1 / 2, 0), tolerance = 1e-3)
  expect_match(format(ensemble(list(again, again))), "licence unknown", all = FALSE)
})

test_that("an exported head keeps the body that was found", {
  there <- reticulate::py_module_available("tensorflow")
  skip_if_not(there, "tensorflow is not installed")
  path <- adder()
  folder <- withr::local_tempdir()
  export(few_shot(open_body(path, 16), halves(), seed = 1), file.path(folder, "head"),
    verify = FALSE
  )
  beside <- file.path(folder, basename(path))
  file.rename(path, beside)
  opened <- load_exported(file.path(folder, "head"))
  expect_match(format(opened), "body        .*licence unknown", all = FALSE)
  back <- unserialize(serialize(opened, NULL))
  clips <- halves()
  expect_equal(predict(back, clips), predict(opened, clips))
})

test_that("the recipe `head` is trained on a body", {
  body <- speech()
  recipe <- get_recipe("head", body = body, network_options = list(hidden = 0))
  lines <- format(recipe)
  expect_match(lines, "clip       as its body takes them", fixed = TRUE, all = FALSE)
  longer <- get_recipe("head", body = body, duration = 2)
  expect_match(format(longer), "clip       2 s, as", all = FALSE)
  expect_match(lines, "body       speech-embedding", fixed = TRUE, all = FALSE)
  expect_match(format(get_recipe("head")), "body       speech-embedding", fixed = TRUE, all = FALSE)
  expect_equal(glance(recipe)$sample_rate, NA_integer_)
  made <- create_classifier(recipe, c("no", "yes"), seed = 1)
  by_name <- create_classifier("head", c("no", "yes"), body = "speech-embedding", seed = 1)
  expect_equal(classifier_info(made)$parameters, 4 * 3 * 96 + 2 * 3 * 96 + 2)
  expect_gt(classifier_info(by_name)$parameters, 3 * 96 * 192)
  trained <- fit("head", words(), body = body, epochs = 3, seed = 1)
  expect_equal(nrow(training_history(trained)), 3)
  expect_refused(fit(trained, words(), body = body), "has its own")
  expect_refused(fit("head", words(), augment = "gain"), "augmentations need `copies`")
  result <- cross_validate("head", words(), folds = 2, body = body, epochs = 1, seed = 1)
  expect_equal(nrow(result$predictions), nrow(words()))
})

test_that("a head on a body is tuned, explained and exported", {
  body <- speech()
  tried <- tune("head", words(), list(hidden = c(0, 8)), body = body, epochs = 1, seed = 1)
  expect_setequal(tried$hidden, c(0, 8))
  longer <- few_shot(body, words(), shots = 2, seed = 1, duration = 1.5)
  expect_equal(classifier_info(longer)$duration, 1.5)
  expect_refused(few_shot(longer, words(), shots = 2, duration = 1), "`duration` is for a")
  found <- explain(longer, words()[1, ])
  expect_equal(found$method, "occlusion")
  skip_if_not(reticulate::py_module_available("tf2onnx"), "tf2onnx is not installed")
  path <- file.path(withr::local_tempdir(), "head.onnx")
  told <- format(export(longer, path))
  expect_match(told, "speech-embedding, which it does not hold", all = FALSE)
  opened <- load_exported(path, body = body)
  two <- words()[1:2, ]
  expect_equal(predict(opened, two), predict(longer, two), tolerance = 1e-4)
  expect_equal(explain(opened, two[1, ])$relevance, found$relevance, tolerance = 1e-2)
  expect_equal(predict(load_exported(path, body = "speech-embedding"), two), predict(opened, two))
})

test_that("bodies and heads on them are the same in another session", {
  body <- speech()
  objects <- list(
    body = body, learnt = few_shot(body, words(), shots = 2, seed = 1),
    recipe = get_recipe("head", body = body), clips = part("test")
  )
  told <- quote(list(
    format(body), fingerprint(learnt), predict(learnt, clips), format(recipe),
    fingerprint(create_classifier(recipe, c("no", "yes"), seed = 1))
  ))
  here <- eval(told, objects)
  there <- eval(substitute(elsewhere(objects, told), list(told = told)))
  for (i in seq_along(here)) expect_identical(there[[i]], here[[i]], info = deparse(told[[i + 1]]))
})
