# How much of the R code the tests run; fails below the share given, and where a test fails.

least <- as.numeric(commandArgs(TRUE)[[1]])
Sys.setenv(NOT_CRAN = "true") # snapshots too

# covr installs and instruments a folder: a copy of what belongs to the package, with the links of inst.
copy <- file.path(tempfile(), "hearingai")
dir.create(copy, recursive = TRUE)
parts <- "DESCRIPTION NAMESPACE LICENSE R inst man pyproject.toml python tests/testthat tests/testthat.R"
copied <- system(sprintf(
  "git ls-files --cached --others --exclude-standard %s | tar -cf - -T - | tar -xf - -C %s",
  parts, shQuote(copy)
))
stopifnot(copied == 0, file.exists(file.path(copy, "inst", c("pyproject.toml", "python/hearingai"))))

coverage <- covr::package_coverage(copy, type = "tests", quiet = FALSE)
saveRDS(coverage, ".setup/coverage.rds")
print(coverage)
share <- covr::percent_coverage(coverage)
cat(sprintf("R: %.1f %% of the lines run, at least %g wanted\n", share, least))
quit(status = as.integer(share < least))
