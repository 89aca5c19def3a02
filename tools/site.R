# Builds the web site of the R package in build/site, without a network.
#
#   Rscript tools/site.R          everything: examples and articles are run, which takes minutes
#   Rscript tools/site.R quick    home and reference, nothing run; every topic must be in the index
options(pkgdown.internet = FALSE)
quick <- identical(commandArgs(TRUE), "quick")
site <- "build/site"
library(hearingai)

# Pages beside the package that the home page leads to.
build_page <- function(path) {
  body <- tempfile(fileext = ".html")
  rmarkdown::pandoc_convert(normalizePath(path), "html", "gfm", output = body)
  lines <- readLines(path, encoding = "UTF-8")
  title <- sub("^# ", "", lines[startsWith(lines, "# ")][1])
  body <- sub("<h1[^>]*>.*?</h1>", "", paste(readLines(body), collapse = "\n"))
  made <- sub("[.]md$", ".html", path)
  dir.create(dirname(file.path(site, made)), showWarnings = FALSE)
  data <- list(pagetitle = title, body = body)
  pkgdown::render_page(name = "title-body", data = data, path = made)
}

# The README names pages by their files. Debian's pkgdown adds a script of its own disk.
mend <- function(path) {
  lines <- readLines(path, encoding = "UTF-8")
  lines <- gsub("\"vignettes/([a-z-]+)[.]Rmd", "\"articles/\\1.html", lines)
  lines <- gsub("\"NEWS.html", "\"news/index.html", lines, fixed = TRUE)
  lines <- gsub("<script src=\"file:///[^>]*></script>", "", lines)
  writeLines(lines, path, useBytes = TRUE)
}

broken_links <- function(page) {
  html <- xml2::read_html(page)
  links <- xml2::xml_text(xml2::xml_find_all(html, "//a/@href | //img/@src"))
  links <- sub("[#?].*", "", links[!grepl("^[a-z]+:", links)])
  if (quick) links <- links[!grepl("articles/|news/", links)]
  missing <- links[nzchar(links) & !file.exists(file.path(dirname(page), utils::URLdecode(links)))]
  if (length(missing)) paste(page, unique(missing), sep = " leads to ")
}

pkgdown::check_pkgdown()
pkgdown::clean_site()
pkgdown::init_site()
pkgdown::build_home(preview = FALSE)
pkgdown::build_reference(examples = !quick, preview = FALSE)
for (path in c("benchmarks/README.md", "benchmarks/systems.md", "docs/design.md")) build_page(path)
dir.create(file.path(site, "benchmarks/results"))
images <- list.files("benchmarks/results", "[.]png$", full.names = TRUE)
invisible(file.copy(images, file.path(site, images)))
if (!quick) {
  pkgdown::build_articles(preview = FALSE)
  pkgdown::build_news(preview = FALSE)
  pkgdown::build_search()
}

pages <- list.files(site, "[.]html$", recursive = TRUE, full.names = TRUE)
invisible(lapply(pages, mend))
broken <- unlist(lapply(pages, broken_links))
if (length(broken)) stop("Links that lead nowhere:\n", paste(broken, collapse = "\n"))
