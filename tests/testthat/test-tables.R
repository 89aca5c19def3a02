clips <- function() {
  as_clips(list(
    columns = list(
      fname = sprintf("%d.wav", 1:6), class = rep(c("no", "yes"), 3), class_id = rep(0:1, 3),
      split = rep(c("train", "test"), c(4, 2))
    ),
    n = 6L
  ))
}

history <- function() {
  as_kind(tibble::tibble(
    epoch = 1:2, loss = c(0.7, 0.5), accuracy = c(0.5, 0.75), val_loss = 0.6,
    val_accuracy = c(0.625, 0.5)
  ), "hearingai_history")
}

test_that("tables say what they are", {
  events <- tibble::tibble(start = 1, end = 2, label = factor("no", c("no", "yes")), score = 0.9)
  counts <- tibble::tibble(truth = c("a", "b"), predicted = "a", n = c(3L, 1L))
  expect_snapshot({
    clips()
    history()
    as_kind(events, "hearingai_events")
    as_kind(events[0, ], "hearingai_events")
    as_kind(counts, "hearingai_confusion")
    as_kind(tibble::tibble(trial = 1L, loss = 0.5, seconds = 3), "hearingai_tuning")
  })
})

test_that("a history without an accuracy has no best epoch", {
  unknown <- history()
  unknown[intersect(c("accuracy", "val_accuracy"), names(unknown))] <- NA_real_
  expect_false("Best" %in% names(tbl_sum(unknown)))
  expect_true("Best" %in% names(tbl_sum(history())))
})

test_that("they are tibbles in all else", {
  expect_identical(tibble::as_tibble(clips())$class, clips()$class)
  expect_s3_class(clips()[clips()$split == "test", ], "hearingai_clips")
  expect_identical(names(tbl_sum(clips()["fname"])), "A tibble")
  expect_identical(dim(rbind(clips(), clips())), c(12L, 4L))
  expect_identical(clips()$fname[[2]], "2.wav")
  skip_if_not_installed("dplyr")
  kept <- dplyr::filter(clips(), .data$split == "test")
  expect_equal(kept, clips()[5:6, ])
  expect_equal(dplyr::bind_rows(clips(), clips())$class, rep(clips()$class, 2))
  counts <- dplyr::count(clips(), .data$class)
  expect_equal(counts$n, c(3, 3))
  expect_identical(names(tbl_sum(counts))[[1]], "A tibble")
  means <- dplyr::summarise(dplyr::group_by(history(), .data$val_loss), loss = mean(.data$loss))
  expect_equal(means$loss, 0.6)
  expect_identical(names(tbl_sum(means))[[1]], "A tibble")
  joined <- dplyr::left_join(clips(), tibble::tibble(class = "no", note = "n"), by = "class")
  expect_equal(nrow(joined), 6)
})

test_that("groups of dplyr and their rows stay what they are", {
  skip_if_not_installed("dplyr")
  grouped <- dplyr::group_by(clips(), .data$class)
  first <- dplyr::slice_head(grouped, n = 1)
  expect_identical(names(tbl_sum(first)), c("Clips", "Groups", "Classes", "Split"))
  changed <- dplyr::rename(dplyr::mutate(first, note = "n"), of = "split")
  expect_identical(class(changed)[1:3], c("hearingai_clips", "hearingai_table", "grouped_df"))
  expect_identical(class(dplyr::ungroup(dplyr::select(changed, -"note"))), class(clips()))
  expect_identical(dplyr::group_vars(changed), "class")
  counts <- dplyr::summarise(grouped, n = dplyr::n())
  expect_identical(class(counts), c("tbl_df", "tbl", "data.frame"))
  skip_if_not_installed("ggplot2")
  expect_equal(ggplot2::layer_data(plot(first))$count, c(1, 1))
  expect_equal(ggplot2::layer_data(plot_clips(tibble::as_tibble(clips())))$count, c(2, 1, 2, 1))
})

test_that("a filtered confusion counts what is there", {
  counts <- as_kind(tibble::tibble(
    truth = factor(rep(c("a", "b"), each = 2)), predicted = factor(rep(c("a", "b"), 2)),
    n = c(5L, 1L, 2L, 7L)
  ), "hearingai_confusion")
  expect_identical(tbl_sum(counts)[["Right"]], "12 of 15 clips")
  of_a <- counts[counts$truth == "a", ]
  expect_identical(tbl_sum(of_a)[["Right"]], "5 of 6 clips")
  wrong <- counts[counts$truth != counts$predicted, ]
  expect_false("Right" %in% names(tbl_sum(wrong)))
  expect_identical(tbl_sum(wrong)[["Clips"]], "3, in 2 of 4 pairs of labels")
  expect_identical(
    as.table(counts),
    as.table(matrix(c(5L, 2L, 1L, 7L), 2,
      dimnames = list(truth = c("a", "b"), predicted = c("a", "b"))
    ))
  )
  skip_if_not_installed("ggplot2")
  drawn <- plot(of_a)
  expect_equal(ggplot2::layer_data(drawn, 2)$label, c("5", "1"))
  expect_equal(drawn$data$rate, c(5, 1) / 6)
})

test_that("they can be drawn", {
  skip_if_not_installed("ggplot2")
  bars <- ggplot2::layer_data(ggplot2::autoplot(clips(), title = "clips"))
  expect_equal(bars$count, c(2, 1, 2, 1))
  expect_equal(plot(clips(), title = "clips")$labels$title, "clips")
  one <- plot(clips()[c("fname", "class")])
  expect_equal(ggplot2::layer_data(one)$count, c(3, 3))
  expect_equal(
    ggplot2::layer_data(plot(history())), ggplot2::layer_data(plot_history(history()))
  )
  expect_refused(plot(history()["loss"]), "the columns epoch, loss")
  counts <- as_kind(
    tibble::tibble(truth = c("a", "b"), predicted = "a", n = c(3L, 1L)), "hearingai_confusion"
  )
  expect_equal(ggplot2::layer_data(plot(counts)), ggplot2::layer_data(plot_confusion(counts)))
  skip_if_no_core()
  trials <- tibble::tibble(
    trial = 1:2, batch_size = c(8L, 16L), accuracy = c(0.5, 0.6), loss = c(0.9, 0.8), seconds = 1
  )
  expect_equal(
    ggplot2::layer_data(plot(as_kind(trials, "hearingai_tuning"))),
    ggplot2::layer_data(plot_tuning(trials))
  )
})
