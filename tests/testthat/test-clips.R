skip_if_no_core()

speakers <- function(...) {
  clip_table(
    fname = sprintf("%d.wav", 1:8), class = rep(c("yes", "no"), 4),
    speaker = rep(c("ann", "bob", "cy", "di"), each = 2), ...
  )
}

test_that("a CSV is read, its paths from its folder", {
  root <- withr::local_tempdir()
  path <- file.path(root, "clips.csv")
  table <- data.frame(fname = c("a.wav", "b.wav"), class = c("yes", "no"), speaker = c("7", NA))
  utils::write.csv(table, path, row.names = FALSE)
  clips <- read_clips(path)
  expect_equal(clips$fname, file.path(root, c("a.wav", "b.wav")))
  expect_equal(clips$class, factor(c("yes", "no"), c("no", "yes")))
  expect_equal(clips$class_id, 1:0)
  expect_identical(clips$speaker, c("7", NA))
  expect_equal(load_clips(path), clips)
})

test_that("classes of a CSV keep their names, and rows that shift are refused", {
  path <- withr::local_tempfile(fileext = ".csv")
  writeLines(c("fname;class;start", "a.wav;NA;1,5", "b.wav;TRUE;2", "c.wav;01;3"), path)
  clips <- read_clips(path)
  expect_equal(levels(clips$class), c("01", "NA", "TRUE"))
  expect_equal(clips$start, c(1.5, 2, 3))
  writeLines(c("fname,class", "a.wav,yes,x"), path)
  expect_refused(read_clips(path), "line 2 has 3 values.*fname, class")
  expect_warning(clip_table(c("a.wav", "a.wav"), c("no", "yes")), "under several classes",
    class = "hearingai_warning"
  )
})

test_that("a table is built, its classes numbered in their order, their levels as they came", {
  clips <- clip_table(c("a.wav", "b.wav"), factor(c("no", "yes"), c("yes", "no")))
  expect_equal(levels(clips$class), c("yes", "no"))
  expect_equal(clips$class_id, 0:1)
  expect_equal(levels(clip_table(c("a.wav", "b.wav"), c("yes", "no"))$class), c("no", "yes"))
  one <- clip_table("a.wav", "no", speaker = "ann")
  expect_equal(dim(one), c(1, 4))
})

test_that("further columns stay as they are", {
  day <- as.Date("2024-01-01") + 0:7
  clips <- speakers(room = factor(rep("hall", 8), c("hall", "car")), day = day, more = as.list(1:8))
  expect_s3_class(clips$day, "Date")
  split <- split_clips(clips, seed = 1)
  expect_equal(split[names(clips)], clips)
})

test_that("a split keeps speakers together", {
  split <- split_clips(speakers(), c(train = 0.75, test = 0.25), seed = 1)
  expect_equal(as.vector(table(split$split)), c(2, 6))
  expect_true(all(tapply(split$split, split$speaker, function(s) length(unique(s))) == 1))
  expect_equal(split, split_clips(speakers(), c(train = 3, test = 1), seed = 1L))
  expect_setequal(split_clips(speakers(), seed = 1)$split, c("train", "validation"))
})

test_that("a split that leaks says so", {
  expect_warning(
    split <- split_clips(speakers(), by = NULL, seed = 1), "leaks",
    class = "hearingai_warning"
  )
  expect_equal(nrow(split), 8)
  expect_no_warning(split_clips(speakers()[c("fname", "class")], by = NULL))
})

test_that("folds decide a split, whatever kind of number they are", {
  clips <- speakers(fold = rep(c(1, 2, 10, 3), 2))
  split <- fold_split(clips, 10)
  expect_equal(split[names(clips)], clips)
  expect_equal(split$split, rep(c("train", "train", "test", "validation"), 2))
  expect_equal(fold_split(clips, "10"), split)
  named <- fold_split(speakers(), "bob", by = "speaker")
  expect_equal(unique(named$speaker[named$split == "validation"]), "ann")
  expect_refused(fold_split(clips, 4), "`fold` must be one of '1', '2', '3', '10'")
  expect_refused(fold_split(clips, NA), "`fold` must be one name or number")
  expect_refused(fold_split(clips, 1, by = "room"), "no column `room`")
  expect_refused(fold_split(clips[clips$fold < 3, ], 1), "three are needed")
})

test_that("unfit input is named", {
  expect_refused(split_clips(speakers(), c(0.5, 0.5)), "`fractions` must be a named vector")
  expect_refused(split_clips(speakers(), c(a = NA, b = 1)), "`fractions` is missing")
  expect_refused(split_clips(speakers(), c(train = 1, test = -1)), "`fractions.*positive")
  expect_refused(split_clips(speakers(), c(train = 1, train = 1)), "`fractions`.*\"train\" is")
  expect_refused(split_clips(speakers(), by = "room"), "no column `room`")
  expect_refused(split_clips(speakers(), by = NA), "`by`.*NA")
  expect_refused(split_clips(data.frame(fname = "a"), seed = 1), "`clips` must have a column class")
  expect_refused(clip_table(c("a", NA), "no"), "`clips\\$fname` is missing.*position 2")
  expect_refused(clip_table(c("a", "b"), c("no", " ")), "`clips\\$class` is missing in row 2")
  expect_refused(clip_table(character(), character()), "no rows")
  expect_refused(speech_commands(tempdir()), "one folder a word")
  expect_refused(audio_folder("nowhere"), "nowhere")
  expect_refused(read_clips("nowhere.csv"), "nowhere.csv`: it does not exist")
  expect_refused(load_clips(folder(), kind = "kite"), "`kind` must be one of")
  expect_refused(load_clips(folder(), words = c("yes", NA)), "`words` is missing.*position 2")
  expect_refused(spoken_words(character()), "`words`")
})

test_that("set.seed() decides seeds that are not given", {
  skip_if_no_core()
  clips <- clip_table(sprintf("%d.wav", 1:40), rep(c("yes", "no"), 20), speaker = 1:40)
  drawn <- function(seed) {
    set.seed(seed)
    list(split_clips(clips), bootstrap_interval(clips$class, rev(clips$class), groups = 1:40))
  }
  expect_identical(drawn(1), drawn(1))
  expect_false(identical(drawn(1)[[1]], drawn(2)[[1]]))
  exported <- rlang::set_names(getNamespaceExports("hearingai"))
  functions <- lapply(exported, getExportedValue, ns = "hearingai")
  seeds <- Filter(function(f) "seed" %in% names(formals(f)), functions)
  expect_gt(length(seeds), 20)
  for (name in names(seeds)) expect_null(formals(seeds[[name]])$seed, label = name)
})

test_that("no argument is a reserved word", {
  exported <- rlang::set_names(getNamespaceExports("hearingai"))
  functions <- lapply(exported, getExportedValue, ns = "hearingai")
  names <- unlist(lapply(functions, function(f) names(formals(f))))
  expect_length(names[names != "..." & names != make.names(names)], 0)
})
