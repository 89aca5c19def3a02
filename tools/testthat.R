# Runs the tests of the installed R package; the last line counts them.

Sys.setenv(NOT_CRAN = "true") # snapshots too

results <- testthat::test_dir(
  "tests/testthat",
  package = "hearingai",
  load_package = "installed",
  reporter = "summary",
  stop_on_failure = FALSE
)
tests <- as.data.frame(results)
failed <- sum(tests$failed) + sum(tests$error)
cat(sprintf("%d passed, %d failed, %d skipped\n", sum(tests$passed), failed, sum(tests$skipped)))
quit(status = if (failed > 0) 1L else 0L)
