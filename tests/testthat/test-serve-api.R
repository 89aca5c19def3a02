skip_if_no_core()
lacking <- py_call("bridge.situation", list(serve = as.list(package_names(extras()$serve))))
skip_if(length(lacking$missing$serve) > 0, "the server's libraries are not installed")

asked <- function(server, path, token = server$token) {
  con <- url(paste0(server$url, path), headers = c(Authorization = paste("Bearer", token)))
  withr::defer(close(con))
  jsonlite::fromJSON(readLines(con, warn = FALSE))
}

# What curl gets for a file; its options are those of a user at a shell.
uploaded <- function(server, path, file, ...) {
  header <- paste0("Authorization: Bearer ", server$token)
  words <- c("-s", "-H", shQuote(header), ..., shQuote(paste0(server$url, path)))
  jsonlite::fromJSON(system2("curl", c(words, file), stdout = TRUE))
}

test_that("a server answers other programs until it is closed", {
  server <- serve_api(untrained(), hop = 0.5, threshold = c(yes = 0.8), ignore = "no")
  withr::defer(close(server))
  expect_s3_class(server, "hearingai_api")
  expect_match(server$url, "^http://127\\.0\\.0\\.1:[0-9]+$")
  expect_match(server$token, "^[A-Za-z0-9_-]{32}$")
  expect_output(print(server), server$url, fixed = TRUE)
  about <- asked(server, "/v1/classifier")
  expect_equal(about$labels, c("no", "yes"))
  expect_equal(about$hop, 0.5)
  expect_equal(about$thresholds, list(yes = 0.8))
  expect_error(suppressWarnings(asked(server, "/v1/classifier", "another-token-of-some")))
  expect_invisible(close(server))
  expect_error(suppressWarnings(asked(server, "/v1/health")))
  expect_match(format(server), "closed")
  expect_silent(close(server))
})

test_that("it answers what predict() and annotate() find", {
  skip_if(!nzchar(Sys.which("curl")), "no curl here")
  server <- serve_api(untrained(), hop = 0.5, token = "a-token-that-nobody-knows")
  withr::defer(close(server))
  expect_equal(server$token, "a-token-that-nobody-knows")
  file <- words()$fname[1]
  expected <- predict(untrained(), file)
  told <- uploaded(server, "/v1/predict", c("-F", shQuote(paste0("file=@", file))))
  expect_equal(told$fname, basename(file))
  expect_equal(told$label, as.character(expected$.pred_class))
  expect_identical(told$probabilities$yes, expected$.pred_yes)
  threshold <- min(expected$.pred_yes, expected$.pred_no) / 2
  events <- annotate(untrained(), file, hop = 0.5, threshold = threshold)$events
  told <- uploaded(
    server, sprintf("/v1/annotate?threshold=%.10g", threshold), "", "-H",
    shQuote("Content-Type: audio/wav"), "--data-binary", shQuote(paste0("@", file))
  )
  expect_gt(nrow(events), 0)
  expect_equal(told$events$start, events$start)
  expect_equal(told$events$end, events$end)
  expect_equal(told$events$label, as.character(events$label))
})

test_that("what cannot be served is refused", {
  expect_refused(serve_api(untrained(), port = 0.5), "`port`")
  expect_refused(serve_api(untrained(), token = "short"), "`token`")
  expect_refused(serve_api(untrained(), allow_urls = "yes"), "`allow_urls`")
  expect_refused(serve_api(untrained(), places = 0), "`places`")
  expect_refused(serve_api(untrained(), names = NA_character_), "`names`")
  expect_refused(serve_api(create_classifier("audio-gate", c("a", "b"), seed = 1)), "embeddings")
  expect_refused(serve_api(1), "`classifier`")
})
