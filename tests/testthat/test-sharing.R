skip_if_no_core()

card_of <- function(...) {
  utils::capture.output(card <- model_card(...))
  card
}

test_that("a card tells of a classifier and its evaluation", {
  result <- evaluate(trained(), part("test"))
  expect_output(
    card <- model_card(trained(), result, title = "No or yes", licence = "MIT"), "# No or yes"
  )
  expect_match(card, paste("fingerprint | `", fingerprint(trained()), "`", sep = ""), fixed = TRUE)
  expect_match(card, sprintf("| accuracy | %.3f", result$accuracy), fixed = TRUE)
  speakers <- length(unique(part("test")$speaker))
  expect_match(card, sprintf("whole speakers, of which there are %d", speakers))
  expect_identical(result$grouped_by, "speaker")
  expect_identical(result$groups, as.character(part("test")$speaker))
  expect_match(card, "| licence | MIT |", fixed = TRUE)
  expect_silent(page <- model_card(trained(), format = "html", about = "For *tests*."))
  expect_match(page, "^<!doctype html>")
  expect_match(page, "For <em>tests</em>.", fixed = TRUE)
})

test_that("a card of a file is that of its classifier", {
  path <- withr::local_tempfile(fileext = ".keras")
  save_classifier(untrained(), path)
  of_file <- strsplit(card_of(path, title = "x"), "\n")[[1]]
  of_object <- strsplit(card_of(untrained(), title = "x"), "\n")[[1]]
  told <- gsub(basename(path), "classifier.keras", of_file, fixed = TRUE)
  expect_identical(told[!grepl("^\\| file", told)], of_object)
})

test_that("an evaluation of any number of labels crosses", {
  clips <- words()[1:20, ]
  clips$labels <- rep(list("a", c("a", "b"), character(), "b"), 5)
  clips <- clips[c("fname", "labels", "speaker")]
  classifier <- create_classifier("words", c("a", "b"), seed = 1, multi_label = TRUE)
  result <- evaluate(classifier, clips)
  map <- result$metrics$value[result$metrics$metric == "map_macro"]
  expect_match(card_of(classifier, result),
    sprintf("| average precision, mean over the labels | %.3f |", map),
    fixed = TRUE
  )
})

test_that("wrong arguments are named", {
  expect_refused(model_card(NA), "`classifier`")
  expect_refused(model_card(3), "`classifier`")
  expect_refused(model_card("nothing"), "`classifier` must be .*ten-words")
  expect_refused(model_card(untrained(), 0.9), "`evaluation`")
  expect_refused(model_card(untrained(), format = "pdf"), "`format` must be one of")
  expect_refused(push_to_hub(untrained(), "nothing"), "`repository` must be of the form owner/name")
  expect_refused(push_to_hub(untrained(), "a/b", private = NA), "`private`")
  expect_refused(load_classifier("hf://nothing"), "`path` must be hf://owner/name")
})

test_that("a board of pins takes a file and gives it back", {
  library <- withr::local_tempdir()
  if (!rlang::is_installed("pins")) pins_stand_in(library)
  board <- withr::local_tempdir()
  path <- file.path(withr::local_tempdir(), "words.keras")
  save_classifier(untrained(), path)
  said <- run_r(c(
    "library(hearingai, warn.conflicts = FALSE)",
    sprintf("board <- pins::board_folder('%s')", board),
    sprintf("invisible(pins::pin_upload(board, '%s', 'words'))", path),
    "classifier <- load_classifier(pins::pin_download(board, 'words'))",
    "invisible(pins::pin_write(board, classifier, 'object', type = 'rds'))",
    "cat(fingerprint(classifier), fingerprint(pins::pin_read(board, 'object')))"
  ), env = c(
    RETICULATE_PYTHON = reticulate::py_config()$python,
    R_LIBS = paste(c(library, .libPaths()), collapse = .Platform$path.sep)
  ))
  expect_match(said, paste(fingerprint(untrained()), fingerprint(untrained())),
    all = FALSE, fixed = TRUE
  )
})

test_that("a classifier is a model of vetiver", {
  library <- withr::local_tempdir()
  if (!rlang::is_installed("vetiver")) vetiver_stand_in(library)
  path <- withr::local_tempfile(fileext = ".keras")
  kept <- withr::local_tempfile(fileext = ".rds")
  save_classifier(untrained(), path)
  use <- function(order) {
    run_r(c(order,
      sprintf("model <- vetiver::vetiver_model(load_classifier('%s'), 'words')", path),
      "cat(model$description, '\\n')",
      "cat(model$metadata$required_pkgs, names(model$prototype), '\\n')",
      sprintf("saveRDS(model, '%s'); model <- readRDS('%s')", kept, kept),
      sprintf("clip <- '%s'", words()$fname[[1]]),
      "answer <- predict(model, clip)",
      "vetiver::handler_startup(model)",
      "served <- vetiver::handler_predict(model)(list(body = data.frame(fname = clip)))",
      "cat(class(answer)[[1]], nrow(answer), identical(answer, served), '\\n')"
    ), env = c(
      RETICULATE_PYTHON = reticulate::py_config()$python,
      R_LIBS = paste(c(library, .libPaths()), collapse = .Platform$path.sep)
    ))
  }
  ours <- "library(hearingai, warn.conflicts = FALSE)"
  for (order in list(ours, c("loadNamespace('vetiver')", ours))) {
    said <- use(order)
    expect_match(said, "An audio classifier of 2 labels (no, yes)", all = FALSE, fixed = TRUE)
    expect_match(said, "hearingai fname", all = FALSE, fixed = TRUE)
    expect_match(said, "tbl_df 1 TRUE", all = FALSE, fixed = TRUE)
  }
})
