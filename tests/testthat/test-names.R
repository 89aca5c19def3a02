# A child R in another locale, with the core that this one has.
in_locale <- function(locale, code) {
  script <- withr::local_tempfile(fileext = ".R", lines = c("library(hearingai)", code))
  withr::local_envvar(
    LC_ALL = locale, RETICULATE_PYTHON = reticulate::py_config()$python,
    R_LIBS = paste(.libPaths(), collapse = .Platform$path.sep)
  )
  command <- file.path(R.home("bin"), "Rscript")
  suppressWarnings(system2(command, script, stdout = TRUE, stderr = TRUE))
}

test_that("names of any bytes cross as they are, also in the C locale", {
  skip_if_no_core()
  skip_on_os("windows")
  folder <- withr::local_tempdir()
  write_audio(file.path(folder, "a.wav"), sin(1:16000 / 10) / 2, 16000)
  path <- file.path(folder, "model.keras")
  save_classifier(untrained(), path)
  code <- c(
    sprintf("folder <- \"%s\"", folder),
    "names <- list(as.raw(c(0xc3, 0xa9, 0x74)), as.raw(c(0xe9, 0x74)))",
    "files <- character()",
    "for (name in names) {",
    "  to <- rawToChar(c(charToRaw(paste0(folder, \"/\")), name, charToRaw(\".wav\")))",
    "  file.copy(file.path(folder, \"a.wav\"), to)",
    "  files <- c(files, to)",
    "}",
    "model <- load_classifier(file.path(folder, \"model.keras\"))",
    "answer <- predict(model, files)",
    "cat(\"predict\", length(files), all(is.na(answer$.error)), \"\")",
    "cat(all(file.exists(answer$fname)), \"\\n\")",
    "table <- data.frame(fname = files)",
    "cat(\"table\", all(is.na(predict(model, table)$.error)), \"\\n\")",
    "found <- annotate(model, files, hop = 0.5, threshold = 0.01)",
    "cat(\"annotate\", nrow(found$errors), all(file.exists(found$recordings$fname)), \"\\n\")",
    "cat(\"info\", audio_info(files[[1]])$samples, audio_info(files[[2]])$samples, \"\\n\")",
    "gone <- predict(model, paste0(files, \".gone.wav\"))",
    "cat(\"gone\", gone$.error, \"\\n\")",
    "print(gone)",
    "gone <- paste0(files[[2]], \"-gone\")",
    "tryCatch(read_audio(gone), error = function(e) cat(conditionMessage(e)))"
  )
  for (locale in c("C", "C.UTF-8")) {
    told <- paste(in_locale(locale, code), collapse = "\n")
    expect_match(told, "predict 2 TRUE TRUE", fixed = TRUE, label = locale)
    expect_match(told, "table TRUE", fixed = TRUE)
    expect_match(told, "annotate 0 TRUE", fixed = TRUE)
    expect_match(told, "info 16000 16000", fixed = TRUE)
    expect_match(told, "gone does not exist does not exist", fixed = TRUE)
    expect_match(told, "t.wav-gone does not exist|t.wav-gone: does not exist")
  }
})

test_that("what is there of a truncated recording is read where it is asked for", {
  skip_if_no_core()
  path <- withr::local_tempfile(fileext = ".wav")
  write_audio(path, sin(1:16000 / 10) / 2, 16000)
  content <- readBin(path, "raw", 1e6)
  writeBin(content[1:(length(content) - 8000)], path)
  expect_error(read_audio(path), "`partial` reads what is there", class = "hearingai_error")
  expect_warning(sound <- read_audio(path, partial = TRUE), "0.75 of 1.00 s")
  expect_length(sound$waveform, 12000)
  expect_false(".note" %in% names(predict(untrained(), path)))
  expect_warning(answer <- predict(untrained(), path, partial = TRUE), "0.75 of 1.00 s")
  expect_match(answer$.note, "is truncated")
  expect_warning(answer <- embed(untrained(), path, partial = TRUE), "0.75 of 1.00 s")
  expect_match(answer$.note, "is truncated")
  expect_warning(found <- annotate(untrained(), path, partial = TRUE), "0.75 of 1.00 s")
  expect_match(found$notes$note, "is truncated")
  expect_match(format(found), "1 read in part")
  store <- withr::local_tempdir()
  expect_warning(
    made <- prepare(path, untrained(), store = store, partial = TRUE), "0.75 of 1.00 s"
  )
  expect_match(format(made), "1 read in part")
  expect_identical(prepare(path, untrained(), store = store)$n, 0L)
})
