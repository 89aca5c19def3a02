skip_if_no_core()

# Two words that a small untrained classifier hears everywhere, in noise that comes and goes.
classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
plain <- list(hop = 0.5, smooth = 0)

test_that("thresholds are chosen, told and used", {
  chosen <- do.call(choose_thresholds, c(list(classifier, bursts), plain))
  expect_s3_class(chosen, "hearingai_thresholds")
  expect_named(chosen$thresholds, c("no", "yes"))
  expect_type(chosen$thresholds, "double")
  expect_named(chosen$per_label, c("label", "threshold", "false_accepts",
    "false_accepts_per_hour", "n_truth", "misses", "false_reject_rate"
  ))
  expect_equal(chosen$per_label$label, factor(c("no", "yes")))
  expect_equal(chosen$per_label$threshold, unname(chosen$thresholds))
  expect_identical(chosen$per_label$false_reject_rate, c(NA_real_, NA_real_))
  expect_equal(chosen$summary$false_accepts, 0)
  expect_equal(chosen$summary$wanted_per_hour, 0.5)
  expect_equal(tidy(chosen), chosen$per_label)
  expect_equal(glance(chosen), chosen$summary)
  expect_match(format(chosen), "<thresholds of 2 labels: 0 false accepts an hour in 0.00139 h>")
  expect_equal(classifier_info(chosen$classifier)$thresholds, chosen$thresholds)
  expect_null(classifier_info(classifier)$thresholds)
  expect_match(format(summary(chosen$classifier)), "thresholds  no 0\\.[0-9]+, yes", all = FALSE)

  found <- annotate(chosen$classifier, bursts, hop = 0.5, smooth = 0)
  expect_equal(nrow(found$events), 0)
  given <- annotate(chosen$classifier, bursts, hop = 0.5, smooth = 0, threshold = c(no = 0.01))
  expect_equal(as.character(unique(given$events$label)), "no")
  stream <- Stream(chosen$classifier, hop = 0.5, smooth = 0)
  expect_equal(nrow(feed(stream, bursts)) + nrow(finish(stream)), 0)

  path <- withr::local_tempfile(fileext = ".keras")
  save_classifier(chosen$classifier, path)
  expect_equal(classifier_info(load_classifier(path))$thresholds, chosen$thresholds)
  object <- withr::local_tempfile(fileext = ".rds")
  saveRDS(chosen$classifier, object)
  expect_equal(classifier_info(readRDS(object))$thresholds, chosen$thresholds)
})

test_that("the truth, the rate and the rules reach the core", {
  path <- recording()
  truth <- data.frame(fname = path, start = 1, end = 1.2, label = "yes")
  chosen <- choose_thresholds(classifier, path, truth, wanted_per_hour = 1e6, lowest = 0.2,
    hop = 0.5, smooth = 0, labels = "yes", refractory = 0.1
  )
  expect_equal(chosen$thresholds, c(yes = 0.2))
  expect_equal(chosen$summary$n_truth, 1)
  expect_false(is.na(chosen$summary$false_reject_rate))
  expect_match(format(chosen), "false reject rate")
  expect_error(choose_thresholds(classifier, path, wanted_per_hour = 0), "wanted_per_hour",
    class = "hearingai_error"
  )
  expect_error(choose_thresholds(classifier, path, by = "end"), "by", class = "hearingai_error")
})

test_that("a refractory time keeps events apart", {
  all <- annotate(classifier, bursts, hop = 0.25, smooth = 0, threshold = low)
  few <- annotate(classifier, bursts, hop = 0.25, smooth = 0, threshold = low, refractory = 60)
  expect_lte(max(table(few$events$label)), 1)
  expect_gte(nrow(all$events), nrow(few$events))
})

test_that("false alarms are mined, told and learnt", {
  folder <- withr::local_tempdir()
  dir.create(file.path(folder, "hours"))
  withr::local_seed(1)
  for (i in 1:2) {
    write_audio(stats::rnorm(40000, sd = 0.1), file.path(folder, "hours", paste0(i, ".wav")), 16000)
  }
  clips <- data.frame(
    fname = file.path(folder, paste0(1:6, ".wav")), class = rep(c("no", "yes"), 3)
  )
  for (path in clips$fname) write_audio(stats::rnorm(16000, sd = 0.05), path, 16000)
  mined <- mine_false_alarms(classifier, file.path(folder, "hours"), clips,
    hop = 0.5, epochs = 1, above = 0.01, most = 2, seed = 1
  )
  expect_s3_class(mined, "hearingai_mining")
  expect_equal(mined$classifier$labels, c("no", "yes", "unknown"))
  expect_equal(classifier$labels, c("no", "yes"))
  expect_equal(mined$summary$round, 0:1)
  expect_equal(mined$summary$n_mined, c(0, nrow(mined$mined)))
  expect_gt(nrow(mined$mined), 0)
  expect_equal(as.character(unique(mined$mined$class)), "unknown")
  expect_setequal(mined$recordings$side, c("mined", "test"))
  expect_equal(mined$per_label$label, factor(c("no", "yes"), mined$classifier$labels))
  expect_equal(tidy(mined), mined$summary)
  expect_equal(glance(mined), mined$summary[2, ])
  expect_match(format(mined), "mined: .* false accepts an hour before, .* after, in .* kept apart>")
  expect_error(mine_false_alarms(classifier, file.path(folder, "hours"), clips, penalty = 1),
    "penalty", class = "hearingai_error"
  )
})
