skip_if_no_core()

test_that("tidy() is the history", {
  expect_equal(tidy(trained()), training_history(trained()))
  expect_refused(tidy(trained(), 3), "Further arguments of `tidy\\(\\)` must have names")
})

test_that("glance() is one row, trained or not", {
  row <- glance(trained())
  expect_named(row, c(
    "recipe", "n_labels", "parameters", "epochs", "seed", "n_train", "n_validation",
    "loss", "accuracy", "val_loss", "val_accuracy", "fingerprint"
  ))
  last <- tibble::as_tibble(utils::tail(training_history(trained()), 1))
  expect_equal(row[c("loss", "accuracy", "val_loss", "val_accuracy")], last[c(2, 3, 4, 5)])
  expect_equal(row$fingerprint, fingerprint(trained()))
  expect_equal(c(row$n_labels, row$epochs, row$seed, row$n_train), c(2L, 12L, 1L, 24L))
  start <- glance(untrained())
  expect_identical(vapply(start, typeof, ""), vapply(row, typeof, ""))
  expect_identical(start$epochs, 0L)
  expect_true(all(is.na(start[c("seed", "n_train", "accuracy", "val_loss")])))
})

test_that("augment() adds predictions to the data", {
  clips <- as.data.frame(part("test"))
  clips$note <- seq_len(nrow(clips))
  result <- augment(trained(), clips)
  expect_s3_class(result, "tbl_df")
  expect_equal(result[names(clips)], tibble::as_tibble(clips))
  predictions <- predict(trained(), clips)
  expect_equal(result[names(predictions)], predictions)
  expect_equal(augment(trained(), result), result)
  expect_refused(augment(trained(), "a.wav"), "`data` must be a data frame")
})
