uses <- function(stand_in) {
  if (stand_in) {
    model <- structure(list(), class = "keras_model")
    local <- function(data) fit(model, x = data)
    cat(local("these"), "\n")
    cat(model |> evaluate(x = 1, y = 2), "|", evaluate(model, 3, 4), "\n")
    cat(adapt(model, "this"), "|", adapt(object = model, data = "that"), "\n")
  }
  registerS3method("explain", "query", function(x, ...) "dplyr explains", asNamespace("dplyr"))
  cat(explain(structure(list(), class = "query")), "\n")
  layers <- list(
    annotate("text", x = 1, y = 1, label = "a"), annotate(geom = "text", x = 1, y = 1, label = "a")
  )
  layers <- c(layers, list(layer(geom = "point", stat = "identity", position = "identity")))
  cat("layers", vapply(layers, inherits, NA, "Layer"), "\n")
  cat("network", class(network(c(4, 4, 1)) |> layer("Flatten"))[[1]], "\n")
  cat(embed(1:3, 2), "\n")
  cat(tryCatch(generics::fit("lm", mtcars), error = conditionMessage), "\n")
  classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
  sound <- sin(1:16000 / 10) / 2
  cat("found", class(annotate(classifier, sound))[[1]], "\n")
  cat("explained", format(explain(classifier, sound, label = "no", steps = 1)$label), "\n")
  cat(tryCatch(evaluate(classifier, 3), error = conditionMessage), "\n")
  cat(tryCatch(fit("speech", 3), error = conditionMessage), "\n")
  cat("adapted", class(adapt(Scaling(), array(1:8 / 8, c(2, 2, 2, 1)))), "\n")
}

test_that("either package works, in both orders of attaching", {
  skip_if_no_core()
  skip_if_not_installed("ggplot2")
  skip_if_not_installed("dplyr")
  library <- keras_library()
  first <- c("ggplot2", "dplyr", "keras3")
  for (order in list(c(first, "hearingai"), c("hearingai", first))) {
    code <- c(
      sprintf(".libPaths(c('%s', .libPaths()))", library), sprintf("library(%s)", order),
      "uses <-", deparse(uses), sprintf("uses(%s)", !rlang::is_installed("keras3"))
    )
    said <- run_r(code, c(RETICULATE_PYTHON = reticulate::py_config()$python))
    told <- function(line) {
      expect_match(said, line, fixed = TRUE, all = FALSE, label = paste(order, collapse = ", "))
    }
    if (!rlang::is_installed("keras3")) {
      told("keras fits these")
      told("keras evaluates 1 2 | keras evaluates 3 4")
      told("keras adapts to this | keras adapts to that")
    }
    told("dplyr explains")
    told("layers TRUE TRUE TRUE")
    told("network hearingai_network")
    told("2 3 1 2")
    told("no applicable method for 'fit' applied to an object of class \"character\"")
    told("found hearingai_annotation")
    told("explained no")
    told("`clips` must be a table of clips")
    told("`object` must be one of")
    told("adapted hearingai_frontend")
    # R says what masks what
    by <- if (order[[1]] == "hearingai") "masked _by_" else "masked from"
    told(by)
    masked <- grep("^ +annotate$|^ +.*, annotate|annotate, ", said)
    expect_gte(length(masked), 1)
  }
})

test_that("ours leaves with the package", {
  skip_if_not_installed("ggplot2")
  said <- run_r(c(
    "library(hearingai)", "library(ggplot2)", "cat('hearingai:shared' %in% search(), '')",
    "detach('package:hearingai')", "cat('hearingai:shared' %in% search(), '\\n')",
    "cat(identical(annotate, ggplot2::annotate), '\\n')"
  ))
  expect_identical(trimws(said[startsWith(said, "TRUE")]), c("TRUE FALSE", "TRUE"))
})
