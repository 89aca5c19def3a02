# How long an R user waits for the first prediction: fresh processes of `R --vanilla`, each from its
# start to a printed tibble. The classifier and the recording are made before, and do not count.
#
#   Rscript benchmarks/first_prediction.R [--quick]
library(hearingai)

rounds <- if ("--quick" %in% commandArgs(TRUE)) 1 else 7
folder <- tempfile()
dir.create(folder)
clips <- spoken_words(c("no", "yes"), n = 20, seed = 1, path = file.path(folder, "words"))
classifier <- create_classifier("speech-commands-small", levels(clips$class), seed = 1)
save_classifier(classifier, file.path(folder, "words.keras"))
invisible(file.copy(clips$fname[1], file.path(folder, "word.wav")))

session <- '
clock <- function(...) cat("clock", ..., format(as.numeric(Sys.time()), digits = 15), "\n")
clock("R")
library(hearingai)
clock("library()")
classifier <- load_classifier("words.keras")
clock("load_classifier()")
predict(classifier, "word.wav")
clock("predict()")
invisible(predict(classifier, "word.wav"))
clock("predict() again")
'
script <- file.path(folder, "session.R")
writeLines(session, script)

one_round <- function() {
  owd <- setwd(folder)
  on.exit(setwd(owd))
  started <- as.numeric(Sys.time())
  printed <- system2("R", c("--vanilla", "--no-echo"),
    stdin = script, stdout = TRUE, stderr = FALSE
  )
  lines <- regmatches(printed, regexec("^clock (.*) ([0-9.]+) $", printed))
  lines <- Filter(length, lines)
  at <- c(started, as.numeric(vapply(lines, `[[`, "", 3)))
  seconds <- stats::setNames(diff(at), vapply(lines, `[[`, "", 2))
  stopifnot(length(seconds) == 5, any(grepl(".pred_class", printed, fixed = TRUE)))
  c(seconds, "first prediction, in all" = sum(seconds[1:4]))
}

invisible(one_round()) # brings the files into the page cache
seconds <- vapply(seq_len(rounds), function(i) one_round(), numeric(6))
cat(sprintf(
  "%-25s %6.2f s (%.2f to %.2f)\n", rownames(seconds), apply(seconds, 1, stats::median),
  apply(seconds, 1, min), apply(seconds, 1, max)
), sep = "")
unlink(folder, recursive = TRUE)
