skip_if_no_core()

test_that("a summary is a row of facts, or the object", {
  result <- evaluate(trained(), part("test"))
  expect_identical(summary(result), glance(result))
  found <- annotate(untrained(), sin(1:48000 / 10) / 2, hop = 0.5, threshold = 0.4)
  expect_identical(summary(found), glance(found))
  expect_named(glance(found), c("n_events", "n_recordings", "n_errors", "seconds", "speed"))
  expect_equal(glance(found)$n_events, nrow(found$events))
  gated <- gate(opener(), rep(0.1, 16000), threshold = 0)
  expect_equal(glance(gated)[c("target", "seconds", "open", "threshold")], tibble::tibble(
    target = "wanted", seconds = 1, open = 1, threshold = 0
  ))
  expect_identical(tidy(gated), gated$track)
  recipe <- get_recipe("speech-commands")
  expect_equal(glance(recipe), list_recipes()[list_recipes()$name == "speech-commands", ])
  front_end <- LogMel()
  expect_identical(summary(front_end), front_end)
  explained <- explain(untrained(), rep(0.1, 16000), label = "no", steps = 2)
  expect_identical(glance(explained)$fname, NA_character_)
  expect_equal(glance(explained)$score, explained$score)
  stored <- prepare(words(), "speech-commands-small", store = withr::local_tempdir())
  expect_equal(glance(stored)[c("n", "n_errors")], tibble::tibble(n = 40L, n_errors = 0L))
  done <- export(untrained(), withr::local_tempfile(), verify = FALSE)
  expect_identical(glance(done)$agreement, NA_real_)
  expect_equal(glance(done)$bytes, done$bytes)
})

test_that("results are tables where R asks for one", {
  result <- evaluate(trained(), part("test"))
  expect_identical(tibble::as_tibble(result), tidy(result))
  expect_identical(class(as.data.frame(result)), "data.frame")
  expect_identical(as.table(result), as.table(result$confusion))
  expect_equal(sum(as.table(result)), result$n)
  found <- annotate(untrained(), sin(1:48000 / 10) / 2, hop = 0.5, threshold = 0.4)
  expect_identical(as.data.frame(found), as.data.frame(found$events))
  expect_identical(class(tibble::as_tibble(found)), c("tbl_df", "tbl", "data.frame"))
  expect_refused(tibble::as_tibble(get_recipe("gate")), "no table of a recipe")
})

test_that("all that is printed is what format() says, and a table", {
  objects <- list(untrained(), get_recipe("gate"), LogMel(), Gain(), Gate(opener(), 8000))
  for (x in objects) {
    expect_identical(capture.output(expect_invisible(print(x))), format(x))
  }
  lines <- capture.output(print(summary(trained())))
  expect_identical(lines[seq_along(format(summary(trained())))], format(summary(trained())))
})

test_that("autoplot() and plot() are one", {
  skip_if_not_installed("ggplot2")
  expect_equal(
    ggplot2::layer_data(ggplot2::autoplot(trained())), ggplot2::layer_data(plot(trained()))
  )
  expect_snapshot(error = TRUE, ggplot2::autoplot(get_recipe("gate")))
})
