# What the core says of what went wrong, said to a user of R.

# An error of the core keeps its words; any other one is Python's own and told as such.
py_abort <- function(e, call) {
  known <- c("hearingai.errors.HearingAIError", "hearingai.errors.AudioFileError")
  if (!inherits(e, known)) {
    cli::cli_abort("Python stopped with an error.",
      class = c("hearingai_python_error", "hearingai_error"), call = call,
      parent = rlang::error_cnd(message = conditionMessage(e)) # rlang cannot read `e` itself
    )
  }
  text <- sub("\nRun `reticulate::py_last_error.*", "", conditionMessage(e))
  text <- r_words(sub("^[A-Za-z.]*Error: ", "", text))
  cli::cli_abort(error_bullets(text), class = "hearingai_error", call = call)
}

# What is wrong, what came, and further lines, as cli sets them.
error_bullets <- function(text) {
  lines <- trimws(strsplit(text, "\n")[[1]])
  lines <- c(strsplit(lines[1], " Received: ", fixed = TRUE)[[1]], lines[-1])
  came <- if (grepl(" Received: ", text, fixed = TRUE)) {
    lines[2] <- paste("Received", lines[2])
    "x"
  }
  lines <- sub("([^.:;,!?])$", "\\1.", lines)
  rlang::set_names(cli_verbatim(lines), c("", came, rep(" ", length(lines)))[seq_along(lines)])
}

# What the core says to a user of Python, said to a user of R.
r_words <- function(text) {
  words <- c("None" = "NULL", "True" = "TRUE", "False" = "FALSE")
  for (word in names(words)) {
    text <- gsub(paste0("(=|Received: )", word, "\\b"), paste0("\\1", words[[word]]), text)
  }
  text <- gsub("\\b([a-z_]+)=(['0-9]|NULL|TRUE|FALSE)", "\\1 = \\2", text)
  text <- gsub(" \\(--[a-z-]+\\)", "", text) # options of the command line
  for (extra in names(extras())) {
    text <- gsub(sprintf("pip install \"hearingai[%s]\"", extra), install_code(extra), text,
      fixed = TRUE
    )
  }
  gsub("pip install \"hearingai\\[([a-z]+)\\]\"", "reticulate::py_install(\"\\1\")", text)
}

# What installs an extra into the Python that R is bound to.
install_code <- function(extra) {
  sprintf("reticulate::py_install(%s)", strings_code(package_names(extras()[[extra]])))
}
