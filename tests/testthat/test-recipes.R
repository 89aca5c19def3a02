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

test_that("unfit input is named", {
  expect_refused(get_recipe("nothing"), "must be one of 'speech-commands'")
  expect_refused(get_recipe(NA), "`name`.*NA")
  expect_refused(get_recipe(c("a", "b")), "`name` must be one string")
})
