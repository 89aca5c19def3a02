# Builds the web site of the R package in build/site, without a network.
#
#   Rscript tools/site.R          everything: the examples and the articles are run, which takes minutes
#   Rscript tools/site.R quick    home and reference, nothing run; every topic must be in the index
options(pkgdown.internet = FALSE)
quick <- identical(commandArgs(TRUE), "quick")
library(hearingai)

pkgdown::check_pkgdown()
pkgdown::clean_site()
pkgdown::init_site()
pkgdown::build_home(preview = FALSE)
pkgdown::build_reference(examples = !quick, preview = FALSE)
if (!quick) {
  pkgdown::build_articles(preview = FALSE)
  pkgdown::build_news(preview = FALSE)
}
