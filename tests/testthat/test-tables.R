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
