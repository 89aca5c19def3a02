skip_if_no_core()

test_that("the situation is reported", {
  expect_silent(facts <- hearingai_sitrep())
  lines <- capture.output(print(facts))
  expect_match(lines[1], "^hearingai [0-9.]+ on R [0-9.]+, reticulate [0-9.]+$")
  expect_match(lines[2], "^Python      3\\.[0-9.]+, .*python")
  expect_match(lines[3], "^  bound by  .+")
  expect_match(lines[4], "^Backend     (tensorflow|jax|torch) on .*CPU.*, [0-9]+ cores$")
  expect_match(lines[5], "^Libraries   keras [0-9.]+, ")
  expect_equal(facts$hearingai, as.character(utils::packageVersion("hearingai")))
  expect_equal(facts$bound_by, bound_by())
  expect_type(facts$devices, "character")
})

test_that("it is known whether the core starts", {
  expect_true(hearingai_available())
})
