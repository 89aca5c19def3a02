# Run the pages in tools/vignettes, and write them with their results to vignettes/: then R CMD build
# needs neither Python nor minutes, and the pages are readable as they are.
#
#     Rscript tools/vignettes.R [NAME ...]

names <- commandArgs(trailingOnly = TRUE)
if (length(names) == 0) names <- tools::file_path_sans_ext(list.files("tools/vignettes", "[.]Rmd$"))
rscript <- file.path(R.home("bin"), "Rscript")

# Each page runs in a session of its own, in an empty folder.
if (length(names) > 1) {
  failed <- Filter(function(name) system2(rscript, c("tools/vignettes.R", name)) != 0, names)
  if (length(failed)) stop("not written: ", toString(failed))
  quit()
}

source <- normalizePath(file.path("tools/vignettes", paste0(names, ".Rmd")), mustWork = TRUE)
pages <- normalizePath("vignettes")
figures <- file.path("figures", paste0(names, "-"))
unlink(Sys.glob(file.path(pages, paste0(figures, "*"))))
stopifnot(hearingai::hearingai_available())

# What a page prints of files must not be this machine's.
place <- file.path(tempdir(), "page")
dir.create(place)
Sys.setenv(HEARINGAI_CACHE = file.path(tempdir(), "hearingai"))
knitr::opts_knit$set(base.dir = pages, root.dir = place)
knitr::opts_chunk$set(fig.path = figures, dpi = 96, error = FALSE)
output <- tempfile(fileext = ".Rmd")
knitr::knit(source, output, quiet = TRUE, envir = new.env())

lines <- readLines(output, encoding = "UTF-8")
lines <- gsub(normalizePath(place), ".", lines, fixed = TRUE)
lines <- gsub(normalizePath(tempdir()), "/tmp", lines, fixed = TRUE)
lines <- gsub("[ \t]+$", "", lines)
lines <- lines[nzchar(lines) | c(TRUE, nzchar(utils::head(lines, -1)))]
ours <- c(getwd(), Sys.getenv("HOME"), normalizePath(.libPaths()))
here <- vapply(ours, function(path) any(grepl(path, lines, fixed = TRUE)), logical(1))
if (any(here)) stop(names, " shows ", toString(ours[here]))
note <- paste0("<!-- Written by `make vignettes` from tools/vignettes/", names, ".Rmd: edit that. -->")
end <- which(lines == "---")[[2]]
writeLines(append(lines, c("", note), after = end), file.path(pages, paste0(names, ".Rmd")))
