# The steps of the tutorial "Simple Audio Classification with Keras", in its order and shape.

skip_if_no_core()
skip_if_not_installed(c("dplyr", "fs", "ggalluvial", "ggplot2"))

test_that("the tutorial can be typed from top to bottom", {
  # Importing
  files <- fs::dir_ls(path = folder(), recurse = TRUE, glob = "*.wav")
  files <- files[!grepl("background_noise", files)]
  df <- tibble::tibble(
    fname = files,
    class = basename(dirname(files)),
    class_id = as.integer(factor(class)) - 1L
  )
  expect_equal(nrow(df), 40)

  # Generator
  window_size_ms <- 30
  window_stride_ms <- 10
  set.seed(6)
  id_train <- sample(nrow(df), size = 0.7 * nrow(df))
  ds_train <- data_generator(
    df[id_train, ],
    batch_size = 8, window_size_ms = window_size_ms, window_stride_ms = window_stride_ms
  )
  ds_validation <- data_generator(
    df[-id_train, ],
    batch_size = 8, shuffle = FALSE,
    window_size_ms = window_size_ms, window_stride_ms = window_stride_ms
  )
  batch <- next_batch(ds_train)
  expect_match(capture.output(batch)[2], "num [1:8, 1:98, 1:257, 1]", fixed = TRUE)

  # Model definition
  window_size <- as.integer(16000 * window_size_ms / 1000)
  stride <- as.integer(16000 * window_stride_ms / 1000)
  fft_size <- as.integer(2^trunc(log(window_size, 2)) + 1)
  n_chunks <- length(seq(window_size / 2, 16000 - window_size / 2, stride))
  convolutions <- function(n_classes) {
    network(c(n_chunks, fft_size, 1)) |>
      layer("Conv2D", 32, c(3, 3), activation = "relu") |>
      layer("MaxPooling2D", c(2, 2)) |>
      layer("Conv2D", 64, c(3, 3), activation = "relu") |>
      layer("MaxPooling2D", c(2, 2)) |>
      layer("Conv2D", 128, c(3, 3), activation = "relu") |>
      layer("MaxPooling2D", c(2, 2)) |>
      layer("Conv2D", 256, c(3, 3), activation = "relu") |>
      layer("MaxPooling2D", c(2, 2)) |>
      layer("Dropout", 0.25) |>
      layer("Flatten") |>
      layer("Dense", 128, activation = "relu") |>
      layer("Dropout", 0.5) |>
      layer("Dense", n_classes, activation = "softmax")
  }
  expect_match(format(convolutions(30))[1], "2,226,846 parameters")
  model <- create_classifier("speech-commands", unique(df$class),
    network = convolutions(2), seed = 1
  ) |>
    compile(optimizer = "adadelta", loss = "categorical_crossentropy", metrics = c("accuracy"))

  # Model fitting
  model <- model |> fit(
    ds_train,
    steps_per_epoch = 0.7 * nrow(df) / 8,
    epochs = 2,
    validation = ds_validation,
    validation_steps = 0.3 * nrow(df) / 8,
    seed = 1
  )
  expect_equal(nrow(training_history(model)), 2)
  optimizer <- classifier_info(model)$optimizer
  expect_equal(optimizer$class_name, "Adadelta")
  expect_equal(optimizer$config$learning_rate, 1)

  # Making predictions
  df_validation <- df[-id_train, ]
  n_steps <- nrow(df_validation) / 8 + 1
  predictions <- predict(model, ds_validation, steps = n_steps, type = "raw")
  expect_equal(dim(predictions), c(16, 2)) # 12 clips fill one batch and a half
  classes <- apply(predictions, 1, which.max) - 1
  x <- df_validation |>
    dplyr::mutate(pred_class_id = head(classes, nrow(df_validation))) |>
    dplyr::left_join(
      df_validation |>
        dplyr::distinct(class_id, class) |>
        dplyr::rename(pred_class = class),
      by = c("pred_class_id" = "class_id")
    ) |>
    dplyr::mutate(correct = pred_class == class) |>
    dplyr::count(pred_class, class, correct)
  expect_equal(sum(x$n), 12)
  expect_gt(expect_silent(size_of_saved(plot_alluvial(x, min_n = 1))), 1000)

  # The same by evaluate()
  result <- evaluate(model, ds_validation)
  expect_equal(result$accuracy, sum(x$n[x$correct]) / 12)
  expect_equal(as.character(result$predictions$fname), as.character(df_validation$fname))
})
