# What the tests share: where Python cannot start they are skipped, words are spoken once and a
# small classifier is trained once.

Sys.setenv(TF_CPP_MIN_LOG_LEVEL = "3")
cache <- withr::local_tempdir(.local_envir = teardown_env())
withr::local_envvar(HEARINGAI_CACHE = cache, .local_envir = teardown_env())

memory <- new.env()

remember <- function(name, code) {
  if (is.null(memory[[name]])) memory[[name]] <- code
  memory[[name]]
}

skip_if_no_core <- function() {
  testthat::skip_if_not(hearingai_available(), "no Python here has what the core needs")
  problem <- remember("problem", tryCatch(
    {
      py_call("bridge.check_backend")
      ""
    },
    error = conditionMessage
  ))
  testthat::skip_if(nzchar(problem), problem)
}

words <- function() remember("words", spoken_words(c("no", "yes"), n = 20, seed = 1))

part <- function(name) words()[words()$split == name, ]

trained <- function() {
  remember("trained", fit("speech-commands-small", words(), epochs = 12, seed = 1))
}

untrained <- function() {
  remember("untrained", create_classifier("speech-commands-small", c("no", "yes"), seed = 1))
}

# Twenty-four clips of embeddings in a file: loud ones with a turkey, soft ones without.
embeddings <- function() {
  remember("embeddings", {
    path <- file.path(cache, "turkeys.jsonl")
    record <- function(i) {
      frame <- sprintf("[%s]", toString((if (i %% 2) 180 else 40) + (seq_len(128) * i) %% 60))
      sprintf(paste0(
        '{"vid_id": "v%d", "start_time_seconds_youtube_clip": 30, ',
        '"end_time_seconds_youtube_clip": 33, "is_turkey": %d, "audio_embedding": [%s]}'
      ), i, i %% 2, toString(rep(frame, 3)))
    }
    writeLines(vapply(1:24, record, character(1)), path)
    turkey(path)
  })
}

tagger <- function(...) get_recipe("audio-gate", network = "linear_tagger", epochs = 2, ...)

tagged <- function() {
  remember("tagged", fit(tagger(), embeddings(), epochs = 6, seed = 1, learning_rate = 0.01))
}

# A training of a second or so.
quick <- function(object = tagger(), clips = embeddings(), ..., epochs = 1, seed = 1) {
  fit(object, clips, epochs = epochs, seed = seed, ...)
}

# A classifier that opens gates, untrained.
opener <- function() {
  remember("opener", create_classifier("gate", c("unwanted", "wanted"), seed = 1))
}

# The words under other names.
pitched <- function(name) {
  table <- words()
  table$class <- name[as.integer(table$class)]
  table[c("fname", "class")]
}

# A recording that is none, among others.
bad_file <- function(envir = parent.frame()) {
  path <- withr::local_tempfile(fileext = ".wav", .local_envir = envir)
  writeLines("this is no sound", path)
  path
}

# Runs code in a fresh process; gives what it printed.
run_r <- function(code, env = character(), folder = tempdir()) {
  env <- c(R_LIBS = paste(.libPaths(), collapse = .Platform$path.sep), env)
  script <- withr::local_tempfile(lines = code, fileext = ".R")
  withr::local_dir(folder)
  withr::local_envvar(env)
  system2(file.path(R.home("bin"), "Rscript"), c("--vanilla", shQuote(script)),
    stdout = TRUE, stderr = TRUE
  )
}

# What another session says of objects that R's own files bring to it.
elsewhere <- function(objects, code, envir = parent.frame()) {
  kept <- withr::local_tempfile(fileext = ".rds", .local_envir = envir)
  answer <- withr::local_tempfile(fileext = ".rds", .local_envir = envir)
  saveRDS(objects, kept)
  said <- run_r(c(
    "library(hearingai, warn.conflicts = FALSE)",
    sprintf("objects <- readRDS('%s')", kept),
    sprintf("answer <- with(objects, %s)", paste(deparse(substitute(code)), collapse = "\n")),
    sprintf("saveRDS(answer, '%s')", answer)
  ), env = c(RETICULATE_PYTHON = reticulate::py_config()$python))
  if (!file.exists(answer)) stop(paste(said, collapse = "\n"))
  readRDS(answer)
}

# What a session with another Python answers.
problem <- function(env, before = "", code = "list_recipes()") {
  out <- withr::local_tempfile()
  said <- run_r(c(
    "library(hearingai, warn.conflicts = FALSE)", before,
    sprintf("saveRDS(tryCatch(%s, error = identity), '%s')", code, out)
  ), env)
  if (!file.exists(out)) stop(paste(said, collapse = "\n"))
  readRDS(out)
}

expect_refused <- function(code, message, ...) {
  testthat::expect_error(code, message, class = "hearingai_error", ...)
}

folder <- function() dirname(dirname(words()$fname[1]))
