# How much of the R code the tests run; fails below the share given.

least <- as.numeric(commandArgs(TRUE)[[1]])
Sys.setenv(NOT_CRAN = "true")

# covr installs a copy of the whole folder, without what git does not know.
source <- file.path(tempfile(), "hearingai")
dir.create(source, recursive = TRUE)
files <- system2("git", c("ls-files"), stdout = TRUE)
files <- grep("^(R|inst|man|python|tests|DESCRIPTION|NAMESPACE|LICENSE)", files, value = TRUE)
for (folder in unique(dirname(file.path(source, files)))) {
  dir.create(folder, FALSE, recursive = TRUE)
}
link <- Sys.readlink(files)
file.copy(files[!nzchar(link)], file.path(source, files[!nzchar(link)]))
file.symlink(link[nzchar(link)], file.path(source, files[nzchar(link)]))

coverage <- covr::package_coverage(source, type = "tests", quiet = FALSE)
print(coverage)
saveRDS(coverage, ".setup/coverage.rds")
share <- covr::percent_coverage(coverage)
cat(sprintf("R: %.1f %% of the lines run, at least %g wanted\n", share, least))
quit(status = as.integer(share < least))
