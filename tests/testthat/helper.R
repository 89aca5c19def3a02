# What several test files share. Where Python cannot start, the tests that need it say so.

Sys.setenv(HEARINGAI_CACHE = file.path(tempdir(), "cache"))

skip_if_no_core <- function() {
  testthat::skip_if_not(hearingai_available(), "the Python core cannot start here")
}

made <- new.env()

# Two synthetic words, 24 clips each.
words <- function() {
  if (is.null(made$words)) made$words <- spoken_words(c("no", "yes"), n = 24, seed = 5)
  made$words
}

# A classifier that has learnt them.
trained <- function() {
  if (is.null(made$trained)) {
    made$trained <- fit("speech-commands-small", words(), epochs = 12, batch_size = 8, seed = 1)
  }
  made$trained
}

unseen <- function() words()[words()$split == "test", ]
