skip_if_no_core()

test_that("resamples are folds", {
  skip_if_not_installed("rsample")
  set.seed(1)
  folds <- rsample::group_vfold_cv(words(), speaker, v = 3)
  rows <- lapply(folds$splits, rsample::complement)
  expect_identical(
    py_folds(folds, words()), lapply(rows, function(i) as.list(as.integer(i) - 1L))
  )
  clips <- embeddings()
  folds <- rsample::vfold_cv(clips, v = 2)
  result <- cross_validate(tagger(), clips, folds, validation = FALSE, epochs = 1, seed = 1)
  expect_equal(result$folds$n_test, c(12, 12))
  first <- result$predictions$row[result$predictions$fold == "1"]
  expect_setequal(first, rsample::complement(folds$splits[[1]]))
})

test_that("resamples that are no folds are refused", {
  skip_if_not_installed("rsample")
  clips <- embeddings()
  set.seed(1)
  expect_snapshot(error = TRUE, {
    cross_validate(tagger(), clips, rsample::bootstraps(clips, times = 2))
    cross_validate(tagger(), clips, rsample::vfold_cv(clips, v = 2, repeats = 2))
    cross_validate(tagger(), clips[1:20, ], rsample::vfold_cv(clips, v = 2))
    fit(tagger(), rsample::initial_split(clips))
  })
})

test_that("folds that share a speaker are warned of", {
  clips <- embeddings()
  clips$source <- rep(c("a", "b", "c"), 8)
  halves <- function(folds) {
    cross_validate(tagger(), clips, folds, validation = FALSE, epochs = 1, seed = 1)
  }
  expect_warning(halves(list(1:12, 13:24)), "one source are in several of `folds`, for 3 of them")
  expect_silent(halves(list(which(clips$source == "a"), which(clips$source != "a"))))
})

# What yardstick asks of its arguments, written down from its documentation.
test_that("predictions are what metrics take", {
  clips <- part("test")
  clips$class <- as.character(clips$class)
  some <- augment(trained(), clips[clips$class == "yes", ])
  expect_identical(levels(some$class), levels(some$.pred_class))
  expect_identical(levels(some$class), trained()$labels)
  expect_identical(grep("^[.]pred_(?!class)", names(some), value = TRUE, perl = TRUE),
    paste0(".pred_", levels(some$class))
  )
  clips$class[1] <- "unknown"
  expect_identical(augment(trained(), clips)$class, clips$class)
  skip_if_not_installed("yardstick")
  yardstick <- asNamespace("yardstick")
  all <- augment(trained(), part("test"))
  expect_equal(
    yardstick$accuracy(all, class, .pred_class)$.estimate, mean(all$class == all$.pred_class)
  )
  truth <- as.integer(all$class == "yes")
  expect_equal(
    yardstick$roc_auc(all, class, .pred_yes, event_level = "second")$.estimate,
    binary_metrics(all$class, all$.pred_yes, "yes")$roc_auc
  )
})
