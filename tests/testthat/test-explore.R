skip_if_no_core()
lacking <- py_call("bridge.situation", list(serve = as.list(package_names(extras()$serve))))
skip_if(length(lacking$missing$serve) > 0, "the page's libraries are not installed")

answers <- function(url) {
  tryCatch(length(suppressWarnings(readLines(url, warn = FALSE))) > 0, error = function(e) FALSE)
}

test_that("a page is served beside R until it is closed", {
  page <- explore(untrained(), hop = 0.5, threshold = c(yes = 0.8), ignore = "no")
  withr::defer(close(page))
  expect_s3_class(page, "hearingai_explorer")
  expect_match(page$url, "^http://127\\.0\\.0\\.1:[0-9]+/[A-Za-z0-9_-]{24}/$")
  expect_output(print(page), page$url, fixed = TRUE)
  about <- jsonlite::fromJSON(paste0(page$url, "about"))
  expect_equal(about$labels, c("no", "yes"))
  expect_equal(about$hop, 0.5)
  expect_equal(about$reported, 1)
  expect_equal(about$thresholds, list("1" = 0.8))
  expect_false(answers(sub("[^/]+/$", "", page$url)))
  expect_invisible(close(page))
  expect_false(answers(page$url))
  expect_match(format(page), "closed")
  expect_silent(close(page))
})

test_that("a page opens without a classifier and waits for words", {
  page <- explore()
  withr::defer(close(page))
  about <- jsonlite::fromJSON(paste0(page$url, "about"))
  expect_length(about$labels, 0)
  expect_refused(explore(hop = 0.5), "`hop` needs a `classifier`")
})

test_that("the browser opens where it is wanted", {
  opened <- character()
  withr::local_options(browser = function(url) opened <<- c(opened, url))
  close(explore(untrained(), browser = FALSE))
  expect_length(opened, 0)
  close(page <- explore(untrained(), browser = TRUE))
  expect_equal(opened, page$url)
})

test_that("the page of a session ends with it", {
  lines <- run_r(c(
    "library(hearingai)",
    "classifier <- create_classifier('speech-commands-small', c('no', 'yes'), seed = 1)",
    "page <- explore(classifier)",
    "cat(page$url, length(readLines(page$url)) > 0)"
  ))
  said <- strsplit(lines[length(lines)], " ")[[1]]
  expect_equal(said[[2]], "TRUE")
  ended <- FALSE
  for (i in 1:50) {
    ended <- ended || !answers(said[[1]])
    if (!ended) Sys.sleep(0.2)
  }
  expect_true(ended)
})

test_that("what cannot be served is refused", {
  expect_refused(explore(untrained(), port = 0.5), "`port`")
  expect_refused(explore(untrained(), port = 70000), "`port`")
  expect_refused(explore(untrained(), hop = 9), "`hop`")
  expect_refused(explore(untrained(), browser = "no"), "`browser`")
  expect_refused(explore(untrained(), max_mb = 0), "`max_mb`")
  expect_refused(explore(create_classifier("audio-gate", c("a", "b"), seed = 1)), "embeddings")
  expect_refused(explore(1), "`classifier`")
})
