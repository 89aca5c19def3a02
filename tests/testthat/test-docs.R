# The help pages, as they are installed.
parts <- function(page) {
  tags <- vapply(page, attr, "", "Rd_tag")
  names <- c(
    "title", "description", "value", "examples", "concept", "keyword", "alias", "seealso",
    "usage"
  )
  text <- function(name) {
    vapply(page[tags == paste0("\\", name)], function(x) paste(unlist(x), collapse = ""), "")
  }
  c(sapply(names, text, simplify = FALSE), list(source = paste(as.character(page), collapse = "")))
}

# Without the page of the package and that of the generics of other packages.
pages <- lapply(tools::Rd_db("hearingai"), parts)
pages <- Filter(function(page) !"internal" %in% page$keyword, pages)

test_that("every exported function has a help page, and every generic that of its method", {
  aliases <- unlist(lapply(pages, `[[`, "alias"))
  exported <- getNamespaceExports("hearingai")
  generics <- c("compile", "fit", "evaluate", "augment", "explain", "glance", "tidy")
  expect_gt(length(exported), 100)
  expect_identical(setdiff(exported, c(aliases, generics)), character())
  methods <- paste0(c(generics, "predict", "embed"), ".hearingai_classifier")
  expect_identical(setdiff(methods, aliases), character())
})

test_that("a search finds pages by the words that users have for them", {
  found <- function(words) {
    hits <- utils::help.search(words, package = "hearingai", agrep = FALSE)$matches
    unique(hits$Topic[hits$Type == "help"])
  }
  expect_true(all(c("confusion", "plot_confusion") %in% found("confusion matrix")))
  expect_true(all(c("plot_curve", "binary_metrics") %in% found("ROC")))
  expect_true("write_events" %in% found("Raven"))
  expect_true(all(c("listen", "Stream", "explore") %in% found("microphone")))
  expect_true(all(c("few_shot", "fine_tune", "get_body") %in% found("transfer learning")))
})

test_that("every help page says what, what comes back and what belongs together", {
  for (name in names(pages)) {
    page <- pages[[name]]
    expect_match(page$title, "^[A-Z0-9]", label = paste("title of", name))
    expect_match(page$description, "[a-z]", label = paste("description of", name))
    expect_gte(length(page$concept), 1, label = paste("families of", name))
    expect_match(page$seealso, "[a-z]", label = paste("see also of", name))
    if (length(page$usage)) expect_match(page$value, "[.]", label = paste("value of", name))
  }
})

test_that("every help page has examples, run wherever what they need is there", {
  for (name in setdiff(names(pages), "install_hearingai.Rd")) { # which changes the machine
    page <- pages[[name]]
    expect_match(page$examples, "examplesIf", label = paste("examples of", name))
    expect_match(page$examples, "hearingai_available[(][)]|is_installed[(]", label = name)
    expect_no_match(page$source, "dontrun|donttest", label = paste("source of", name))
  }
})
