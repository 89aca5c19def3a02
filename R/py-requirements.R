# The requirements of the Python core, from the package's copy of pyproject.toml.

project <- function() {
  if (is.null(the$project)) {
    path <- system.file("pyproject.toml", package = "hearingai", mustWork = TRUE)
    the$project <- RcppTOML::parseTOML(path)$project
  }
  the$project
}

# The extras that add features; the others are backends and test tools.
extras <- function() {
  all <- lapply(project()[["optional-dependencies"]], as.character)
  all[setdiff(names(all), c(backends(), "gpu", "test"))]
}

backends <- function() c("tensorflow", "jax", "torch")

# The requirements of the core, of its backend, and of extras.
requirements <- function(extras = c("demo", "serve"), backend = chosen_backend()) {
  optional <- project()[["optional-dependencies"]]
  if ("gpu" %in% extras) backend <- NULL # it is another build of TensorFlow
  for_here(c(project()$dependencies, unlist(optional[c(backend, extras)], use.names = FALSE)))
}

# The requirements for this system, without their markers, whose quotes break pip's command line.
for_here <- function(requirements, system = Sys.info()) {
  here <- list(platform_system = system[["sysname"]], platform_machine = system[["machine"]])
  holds <- function(requirement) {
    marker <- sub("^[^;]*;?", "", requirement)
    code <- gsub(" or ", " || ", gsub(" and ", " && ", marker, fixed = TRUE), fixed = TRUE)
    !nzchar(marker) || eval(str2lang(code), here, baseenv())
  }
  trimws(sub(";.*", "", Filter(holds, as.character(requirements))))
}

chosen_backend <- function() {
  chosen <- Sys.getenv("KERAS_BACKEND", "tensorflow")
  if (chosen %in% backends()) chosen else "tensorflow"
}

oldest_python <- function() sub(">=", "", project()[["requires-python"]], fixed = TRUE)

# Names of distributions, without versions.
package_names <- function(requirements) unique(sub("[^A-Za-z0-9._-].*", "", requirements))

# R code for these strings.
strings_code <- function(x) {
  code <- toString(dQuote(x, FALSE))
  if (length(x) == 1) code else sprintf("c(%s)", code)
}
