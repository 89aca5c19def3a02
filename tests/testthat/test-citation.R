test_that("the package can be cited, and what its recipes and corpora come from", {
  cited <- utils::citation("hearingai")
  expect_s3_class(cited, "citation")
  first <- format(cited[1], style = "text")
  expect_match(first, "hearingai", fixed = TRUE)
  expect_match(first, as.character(utils::packageVersion("hearingai")), fixed = TRUE)
  bibtex <- paste(utils::toBibtex(cited), collapse = "\n")
  expect_match(bibtex, "@Manual", fixed = TRUE)
  systems <- c("Falbel", "Zhu", "Doshi", "Kahl", "Lin")
  for (author in c(systems, "Warden", "Salamon", "Piczak", "Gemmeke")) {
    expect_match(bibtex, author, fixed = TRUE)
  }
  expect_match(paste(capture.output(print(cited)), collapse = " "), "The recipe hearing-ai follows")
})
