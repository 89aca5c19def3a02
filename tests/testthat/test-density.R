skip_if_no_core()

scores <- function(n = 3000) {
  set.seed(1)
  table <- tibble::tibble(start = seq_len(n), score = runif(n), site = rep(c("a", "b"), n / 2))
  table$day <- as.Date("2024-05-01")
  table$call <- runif(n) < table$score^4
  table
}

test_that("a sample holds equally many windows of each bin, and the columns of the table", {
  sample <- density_sample(scores(), 40)
  expect_identical(as.vector(table(sample$bin)), rep(10L, 4))
  expect_named(sample, c("start", "site", "day", "call", "score", "bin", "low", "high", "present"))
  expect_s3_class(sample$day, "Date")
  expect_true(all(is.na(sample$present)))
  expect_equal(scores()$score[sample$start], sample$score)
  expect_identical(nrow(density_sample(scores(), 20, by = "site", bins = c(0.2, 0.8))), 40L)
})

test_that("the density is estimated with an interval", {
  table <- scores()
  sample <- density_sample(table, 200)
  sample$present <- sample$call
  density <- estimate_density(table, sample)
  expect_s3_class(density, "hearingai_density")
  row <- tidy(density)
  truth <- mean(table$call)
  expect_lt(row$lower, truth)
  expect_gt(row$upper, truth)
  expect_identical(row$n_validated, 200L)
  expect_identical(nrow(density$bins), 4L)
  expect_match(format(density), "^<call density 0\\.\\d+, 95% interval .* 200 of 3000 windows")
  expect_output(print(density), "n_validated")
  sites <- estimate_density(table, sample, by = "site", pool = TRUE)
  expect_identical(tidy(sites)$site, c("a", "b"))
  expect_match(format(sites), "2 values of site")
  expect_error(
    estimate_density(table, sample[sample$bin != 2, ]), "no window of bin 2",
    class = "hearingai_error"
  )
})

test_that("probabilities of an annotation are scores", {
  windows <- data.frame(start = 1:9, .pred_wren = (1:9) / 10, .pred_owl = 0.5)
  expect_error(density_sample(windows, 3), "label", class = "hearingai_error")
  sample <- density_sample(windows, 3, label = "wren")
  expect_named(sample, c("start", "score", "bin", "low", "high", "present"))
  expect_equal(sample$score, sample$start / 10)
})

test_that("sites may be those of the recordings, and stay a factor", {
  windows <- data.frame(fname = rep(c("a", "b"), 40), .pred_owl = (1:80) / 80)
  recordings <- data.frame(fname = c("a", "b"), site = factor(c("x", "y"), c("y", "x")))
  found <- as_object(list(windows = windows, recordings = recordings), "hearingai_annotation")
  sample <- density_sample(found, 4, label = "owl", by = "site", seed = 1)
  expect_identical(as.character(sample$site), c(a = "x", b = "y")[sample$fname] |> unname())
  sample$present <- TRUE
  density <- estimate_density(found, sample, label = "owl", by = "site")
  expect_identical(tidy(density)$site, factor(c("x", "y"), c("y", "x")))
  events <- data.frame(label = c("owl", "wren"), score = (1:20) / 20)
  expect_identical(unique(density_sample(events, 4, label = "wren")$label), "wren")
})
