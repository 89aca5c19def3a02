# How much of the R code the tests run; fails below the share given, and where a test fails.
# .setup/coverage.rds keeps it for covr::zero_coverage(), .setup/coverage.log what the tests said.

least <- as.numeric(commandArgs(TRUE)[[1]])

# covr installs and instruments a folder: a copy of what belongs to the package.
copy <- file.path(tempfile(), "hearingai")
dir.create(copy, recursive = TRUE)
parts <- "DESCRIPTION NAMESPACE LICENSE R inst man"
list <- "git ls-files --cached --others --exclude-standard"
copied <- system(sprintf("%s %s | tar -cf - -T - | tar -xf - -C %s", list, parts, shQuote(copy)))
stopifnot(copied == 0, file.exists(file.path(copy, "inst/python/hearingai")))

# Tests that fail are told of at the end: covr would stop, and lose what it has counted.
answer <- tempfile()
run <- bquote({
  Sys.setenv(NOT_CRAN = "true") # snapshots too
  options(testthat.output_file = .(normalizePath(".setup/coverage.log", mustWork = FALSE)))
  results <- testthat::test_dir(
    .(normalizePath("tests/testthat")),
    package = "hearingai", load_package = "installed", reporter = "summary",
    stop_on_failure = FALSE
  )
  saveRDS(as.data.frame(results)[c("passed", "failed", "error", "skipped")], .(answer))
})
coverage <- covr::package_coverage(copy, type = "none", code = deparse(run), quiet = FALSE)
saveRDS(coverage, ".setup/coverage.rds")
print(coverage)

tests <- colSums(readRDS(answer))
failed <- tests[["failed"]] + tests[["error"]]
cat(sprintf("%d passed, %d failed, %d skipped\n", tests[["passed"]], failed, tests[["skipped"]]))
if (failed > 0) cat(readLines(".setup/coverage.log"), sep = "\n")
share <- covr::percent_coverage(coverage)
cat(sprintf("R: %.1f %% of the lines run, at least %g wanted\n", share, least))
quit(status = as.integer(failed > 0 || share < least))
