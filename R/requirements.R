# What the Python core needs: pyproject.toml says it, which the package carries a copy of.

project <- function() {
  if (is.null(the$project)) {
    path <- system.file("pyproject.toml", package = "hearingai", mustWork = TRUE)
    the$project <- RcppTOML::parseTOML(path)$project
  }
  the$project
}

# The extras that add a function to the package; the others are backends, and what tests need.
extras <- function() {
  all <- lapply(project()[["optional-dependencies"]], as.character)
  all[setdiff(names(all), c(backends(), "gpu", "test"))]
}

backends <- function() c("tensorflow", "jax", "torch")

# The requirements of the core, of its backend, and of extras.
requirements <- function(extras = "demo", backend = chosen_backend()) {
  optional <- project()[["optional-dependencies"]]
  as.character(c(project()$dependencies, unlist(optional[c(backend, extras)], use.names = FALSE)))
}

chosen_backend <- function() {
  chosen <- Sys.getenv("KERAS_BACKEND", "tensorflow")
  if (chosen %in% backends()) chosen else "tensorflow"
}

oldest_python <- function() sub(">=", "", project()[["requires-python"]], fixed = TRUE)

# Names of distributions, without versions and markers; TensorFlow has two.
package_names <- function(requirements) {
  names <- sub("[^A-Za-z0-9._-].*", "", requirements)
  setdiff(unique(names), if ("tensorflow" %in% names) "tensorflow-cpu")
}

# Code of R that gives these strings.
strings_code <- function(x) {
  code <- toString(dQuote(x, FALSE))
  if (length(x) == 1) code else sprintf("c(%s)", code)
}
