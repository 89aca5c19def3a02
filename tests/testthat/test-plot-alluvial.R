skip_if_not_installed(c("ggplot2", "ggalluvial"))

flows <- function(plot) {
  drawn <- ggplot2::layer_data(plot, 1)
  drawn <- drawn[drawn$fill != "transparent", ]
  drawn[drawn$x == 1, ]
}

test_that("an alluvial draws without a word and takes a title", {
  plot <- plot_alluvial(counts_table(counts), title = "a title")
  expect_equal(plot$labels$title, "a title")
  expect_gt(expect_silent(size_of_saved(plot)), 1000)
})

test_that("an alluvial has one flow a pair, right in light blue, wrong in outlined purple", {
  drawn <- flows(plot_alluvial(counts_table(counts)))
  size <- drawn$ymax - drawn$ymin
  expect_equal(sort(size[drawn$fill == "#9ECAE1"]), c(30, 50, 60))
  expect_equal(sort(size[drawn$fill == "#6A3D9A"]), c(20, 21))
  expect_equal(unique(drawn$linetype[drawn$fill == "#9ECAE1"]), "solid")
  expect_equal(unique(drawn$linetype[drawn$fill == "#6A3D9A"]), "dashed")
})

test_that("an alluvial names what is hidden", {
  plot <- plot_alluvial(counts_table(counts))
  expect_equal(plot$labels$caption, "flows under 20 clips hidden (22 of 203 clips)")
  expect_equal(nrow(flows(plot_alluvial(counts_table(counts), min_n = 21))), 4)
  for (min_n in 0:1) {
    all <- plot_alluvial(counts_table(counts), min_n = min_n)
    expect_equal(nrow(flows(all)), 7)
    expect_null(all$labels$caption)
  }
  none <- plot_alluvial(counts_table(diag(2)))
  expect_equal(nrow(flows(none)), 0)
  expect_equal(none$labels$caption, "flows under 20 clips hidden (2 of 2 clips)")
  expect_gt(expect_silent(size_of_saved(none)), 1000)
  many <- plot_alluvial(counts_table(diag(2) * 1e6))
  expect_equal(many$labels$caption, "flows under 20 clips hidden (0 of 2000000 clips)")
})

test_that("blocks are as high as their clips, hidden or not", {
  drawn <- ggplot2::layer_data(plot_alluvial(counts_table(counts)), 2)
  drawn <- drawn[order(drawn$x, -drawn$ymax), ]
  expect_equal(drawn$ymax - drawn$ymin, c(rowSums(counts), colSums(counts)))
})

test_that("labels lie apart, in order, within the picture, and lead to their blocks", {
  for (labels in c(4, 10, 35)) {
    crowded <- diag(ifelse(seq_len(labels) %% 3 == 0, 900, 3))
    crowded[2, 1] <- 40
    crowded[4, ] <- c(1, rep(0, labels - 1))
    plot <- plot_alluvial(counts_table(crowded))
    for (layer in 3:4) {
      lines <- ggplot2::layer_data(plot, layer)
      expect_equal(nrow(lines), if (layer == 3) labels else labels - 1)
      steps <- -diff(lines$yend)
      expect_gt(min(steps), 0.02 * sum(crowded))
      expect_true(all(lines$yend > 0 & lines$yend < sum(crowded)))
      blocks <- ggplot2::layer_data(plot, 2)
      blocks <- blocks[blocks$x == layer - 2, ]
      expect_equal(sort(lines$y), sort((blocks$ymin + blocks$ymax) / 2))
    }
    expect_gt(expect_silent(size_of_saved(plot)), 1000)
  }
})

test_that("labels with room stay beside their blocks", {
  lines <- ggplot2::layer_data(plot_alluvial(counts_table(diag(4) * 50)), 3)
  expect_equal(lines$yend, lines$y)
})

test_that("unfit input is named", {
  table <- counts_table(counts)
  expect_refused(plot_alluvial(transform(table, truth = NA)), "`confusion` must be without missing")
  expect_refused(plot_alluvial(table, min_n = -1), "`min_n` must be one number.*-1")
  expect_refused(plot_alluvial(table, min_n = "20"), "`min_n`")
})

test_that("the tutorial's tables are drawn as confusions", {
  known <- counts_table(counts)
  joined <- data.frame(
    class = rep(known$truth, known$n), pred_class = rep(known$predicted, known$n)
  )
  wanted <- flows(plot_alluvial(known))
  expect_equal(flows(plot_alluvial(joined)), wanted)
  counted <- data.frame(pred_class = known$predicted, class = known$truth, n = known$n)
  for (count in c("n", "count", "Freq")) { # of dplyr, of older scripts, of table()
    names(counted)[3] <- count
    expect_equal(flows(plot_alluvial(counted)), wanted)
  }
  names(joined)[2] <- ".pred_class" # as augment() and evaluate() call it
  expect_equal(flows(plot_alluvial(joined)), wanted)
  joined[[2]][1] <- NA
  expect_refused(plot_alluvial(joined), "missing labels")
})
