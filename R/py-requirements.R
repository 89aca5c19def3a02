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
requirements <- function(extras = c("demo", "serve"), backend = chosen_backend()) {
  optional <- project()[["optional-dependencies"]]
  if ("gpu" %in% extras) backend <- NULL # it is TensorFlow of another build
  for_here(c(project()$dependencies, unlist(optional[c(backend, extras)], use.names = FALSE)))
}

# The requirements whose marker holds on this system, without it: pip would get its quotes wrong.
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

# Code of R that gives these strings.
strings_code <- function(x) {
  code <- toString(dQuote(x, FALSE))
  if (length(x) == 1) code else sprintf("c(%s)", code)
}
