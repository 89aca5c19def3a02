skip_if_no_core()

# Two recordings of six seconds and of three, in a folder.
site <- function(envir = parent.frame()) {
  folder <- withr::local_tempdir(.local_envir = envir)
  write_audio(rep(0.1, 6000), file.path(folder, "A.WAV"), 1000)
  write_audio(rep(0.1, 3000), file.path(folder, "b.wav"), 1000)
  folder
}

test_that("tables of other programs are read and matched to recordings", {
  folder <- site()
  tables <- withr::local_tempdir()
  writeLines(c("0\t1\towl", "\\\t100\t200,5", "5\t4\tx"), file.path(tables, "a.txt"))
  suppressWarnings(
    expect_warning(found <- read_annotations(tables, folder), "a.txt line 3 ends before it starts",
      class = "hearingai_warning"
    )
  )
  expect_s3_class(found, "hearingai_events")
  expect_equal(found$fname, file.path(folder, "A.WAV"))
  expect_equal(as.list(found[c("end", "label", "low", "high")]),
    list(end = 1, label = "owl", low = 100, high = 200.5)
  )
  expect_refused(read_annotations(tables, folder, on_error = "raise"), "line 3: ends before")
  path <- withr::local_tempfile(fileext = ".csv")
  write.csv2(data.frame(File = "b", Onset = 0.5, Dur = 1), path, row.names = FALSE)
  names <- c(fname = "File", start = "Onset", duration = "Dur")
  found <- read_annotations(path, folder, columns = names, label = "call")
  expect_equal(found$end, 1.5)
  expect_equal(basename(found$fname), "b.wav")
  expect_refused(read_annotations(path, folder, columns = "Onset"), "`columns` must be a named")
  expect_refused(read_annotations(path, 3), "`recordings` must be paths")
})

test_that("selection tables of warbleR, ohun and Rraven are taken as they are", {
  folder <- site()
  warbler <- data.frame(
    sound.files = factor(c("A.WAV", "b.wav")), selec = 1:2, start = c(1, 2), end = c(2, 2.5),
    bottom.freq = c(1.5, 0.1), top.freq = c(4, 0.2)
  )
  found <- read_annotations(warbler, folder, label = "song")
  expect_equal(basename(found$fname), c("A.WAV", "b.wav"))
  expect_equal(found$low, c(1500, 100))
  expect_equal(found$selec, 1:2)
  expect_refused(read_annotations(warbler, folder), "has no labels")
  raven <- data.frame(
    Selection = 1, View = c("Waveform 1", "Spectrogram 1"), Channel = 1, "Begin Time (s)" = 1,
    "End Time (s)" = 2, "Low Freq (Hz)" = 500, "High Freq (Hz)" = 900, "Begin File" = "b.wav",
    Species = "wren", selec.file = "x.txt", check.names = FALSE
  )
  for (table in list(raven, data.frame(raven), tibble::as_tibble(raven))) {
    found <- suppressWarnings(read_annotations(table, folder))
    expect_equal(nrow(found), 1)
    expect_equal(c(found$start, found$end, found$low, found$high), c(1, 2, 500, 900))
    expect_equal(found$label, "wren")
  }
})

test_that("annotations become clips with sets of labels, or with a class", {
  folder <- site()
  marks <- data.frame(
    fname = "A.WAV", start = c(0, 1, 3), end = c(2, 2, 3), label = c("wren", "owl", "?")
  )
  clips <- clips_from_annotations(folder, marks, 1, labels = c("?" = NA))
  expect_named(clips, c("fname", "labels", "start", "end", "recording"))
  expect_equal(clips$labels[1:2], list("wren", c("owl", "wren")))
  expect_equal(clips$labels[[3]], character())
  expect_equal(clips$start, c(0, 1, 4, 5, 0, 1, 2))
  counts <- label_counts(clips)
  expect_equal(counts$label, c("owl", "wren", "(none)"))
  expect_equal(counts$n, c(1, 2, 5))
  expect_equal(label_counts(marks)$n, c(1, 1, 1))
  unnamed <- tibble::tibble(fname = "a", labels = list(NA))
  expect_refused(label_counts(unnamed), "table.labels..1")
  expect_equal(label_counts(transform(marks, fname = NA_character_))$recordings, c(1, 1, 1))
  one <- clips_from_annotations(folder, marks, 1,
    labels = data.frame(label = c("wren", "owl", "?"), new = c("bird", "bird", NA)),
    negatives = 0.5, one_label = TRUE, seed = 1
  )
  expect_equal(as.character(one$class), c("bird", "bird", "background"))
  expect_equal(levels(one$class), c("background", "bird"))
  expect_s3_class(one, "hearingai_clips")
  set.seed(1)
  drawn <- clips_from_annotations(folder, marks, 1, negatives = 1, labels = c("wren", "owl"))
  set.seed(1)
  expect_equal(clips_from_annotations(folder, marks, 1, negatives = 1, labels = c("wren", "owl")),
    drawn
  )
  recordings <- data.frame(fname = file.path(folder, "b.wav"), site = "north", end = 2)
  expect_warning(
    none <- clips_from_annotations(recordings, marks, 1, labels = NULL), "none of `recordings`"
  )
  expect_equal(none$site, rep("north", 2))
  expect_refused(clips_from_annotations(folder, marks, 0), "`window` must be a positive number")
  expect_refused(clips_from_annotations(folder, marks, 1, labels = c(a = 1)), "`labels` must be")
})

test_that("events are cut out, and are events in their clips", {
  folder <- site()
  events <- data.frame(
    fname = file.path(folder, "A.WAV"), start = c(1, 4), end = c(2, 5), label = "owl",
    score = c(0.5, 0.25)
  )
  out <- file.path(folder, "out")
  cut <- cut_events(events, out, context = 0.5, pictures = TRUE)
  expect_equal(list.files(out, recursive = TRUE), paste0("owl/owl_", c(
    "0.250_A_00003.500.png", "0.250_A_00003.500.wav", "0.500_A_00000.500.png",
    "0.500_A_00000.500.wav"
  )))
  expect_equal(cut$start, c(0.5, 0.5))
  expect_equal(cut$at, c(3.5, 0.5))
  expect_equal(cut$recording, events$fname)
  expect_equal(audio_info(cut$fname)$duration, c(2, 2))
  expect_refused(cut_events(events, out, context = 0.5), "overwrite = TRUE")
  few <- cut_events(events, file.path(folder, "few"), by = "score", bins = c(0, 0.4, 1), n = 1)
  expect_equal(nrow(few), 2)
  expect_refused(cut_events(events[-1], out), "must have a column")
})

test_that("tables of selections are read without their recordings", {
  skip_if_no_core()
  selections <- data.frame(
    sound.files = "night.wav", selec = 1:2, start = c(1.5, 7), end = c(2, 7.5),
    bottom.freq = 1.5, top.freq = 4, species = c("wren", "owl")
  )
  marks <- read_annotations(selections)
  expect_identical(marks$fname, rep("night.wav", 2))
  expect_identical(as.character(marks$label), c("wren", "owl"))
  expect_identical(marks$low, c(1500, 1500))
})

test_that("columns of data frames keep their types, and lists are told of", {
  folder <- site()
  marks <- tibble::tibble(
    fname = "b.wav", start = as.difftime(0.01, units = "mins"),
    end = as.difftime(1.5, units = "secs"),
    label = factor("owl", c("wren", "owl")), day = as.Date("2024-05-01"),
    observer = factor("x", c("y", "x")), checked = NA, note = list(1:2)
  )
  expect_warning(found <- read_annotations(marks, folder), "list columns.*note")
  expect_equal(c(found$start, found$end), c(0.6, 1.5))
  kept <- c("day", "observer", "checked")
  expect_identical(as.list(found[kept]), as.list(marks[kept]))
  found$label <- marks$label
  cut <- cut_events(found, withr::local_tempdir())
  expect_identical(as.list(cut[c("label", kept)]), as.list(marks[c("label", kept)]))
  places <- tibble::tibble(fname = file.path(folder, "b.wav"), site = factor("x", c("y", "x")))
  clips <- clips_from_annotations(places, found, window = 1)
  expect_identical(clips$site, rep(places$site, nrow(clips)))
  expect_refused(read_annotations(list(marks, marks)), "one data frame")
  marks$label <- list(c("owl", "wren"))
  expect_refused(suppressWarnings(read_annotations(marks)), "several labels are one text with `;`")
})
