skip_if_no_core()

small <- function(input_shape = NULL, n_classes = 2) {
  network(input_shape) |>
    layer("Conv2D", 4, 3, activation = "relu") |>
    layer("MaxPooling2D", c(4, 4)) |>
    layer("Dropout", 0.2) |>
    layer("Flatten") |>
    layer("Dense", n_classes, activation = "softmax", name = "last")
}

labels <- c("no", "yes")

test_that("a network shows its layers", {
  expect_snapshot({
    small(c(98, 257, 1))
    small()
    network(c(10, 128)) |> layer("Bidirectional", layer("GRU", 8)) |> layer("Dense", 2)
    layer("Dense", 3, activation = NULL)
  })
  deep <- network(c(10, 10, 1)) |> layer("MaxPooling2D", 4) |> layer("Conv2D", 3, 5)
  expect_match(format(deep), "layer 2 of `network`, Conv2D, cannot follow what gives 2 x 2 x 1",
    all = FALSE
  )
})

test_that("a network, a function and a model of Keras give the same weights", {
  print_of <- function(network) {
    fingerprint(create_classifier("speech-commands", labels, network = network, seed = 3))
  }
  expected <- print_of(small())
  expect_identical(print_of(small(c(98, 257, 1))), expected)
  expect_identical(print_of(function(input_shape, n_classes) small(input_shape)), expected)
  keras <- reticulate::import("keras")
  of <- keras$layers
  model <- keras$Sequential(list(
    keras$Input(reticulate::tuple(98L, 257L, 1L)), of$Conv2D(4L, 3L, activation = "relu"),
    of$MaxPooling2D(4L), of$Dropout(0.2), of$Flatten(), of$Dense(2L, activation = "softmax")
  ))
  expect_identical(print_of(model), expected)
})

test_that("recipes take networks, with the arguments of functions, and keep them in files", {
  wide <- function(input_shape, n_classes, units = 4) {
    network(input_shape, name = "wide") |>
      layer("Flatten") |>
      layer("Dense", units) |>
      layer("Dense", n_classes, activation = "softmax")
  }
  recipe <- get_recipe("words", network = wide, network_options = list(units = 3))
  expect_match(format(recipe), "network    network (units 3)", fixed = TRUE, all = FALSE)
  made <- create_classifier(recipe, c("a", "b", "c"), seed = 1)
  expect_equal(classifier_info(made)$network, "wide")
  expect_equal(classifier_info(made)$parameters, 97 * 40 * 3 + 3 + 3 * 3 + 3)
  expect_refused(get_recipe("words", network = wide, network_options = list(unit = 3)), "no unit")
  keras <- reticulate::import("keras")
  model <- keras$Sequential(list(
    keras$layers$Flatten(), keras$layers$Dense(2L, activation = "softmax")
  ))
  of_keras <- get_recipe("words", network = model)
  answer <- elsewhere(
    list(wide = recipe, keras = of_keras, small = small()),
    c(
      fingerprint(create_classifier(wide, c("a", "b", "c"), seed = 1)),
      fingerprint(create_classifier(keras, c("no", "yes"), seed = 1)),
      fingerprint(create_classifier("words", c("no", "yes"), network = small, seed = 1))
    )
  )
  again <- create_classifier(of_keras, labels, seed = 1)
  other <- create_classifier("words", labels, network = small(), seed = 1)
  expect_identical(answer, c(fingerprint(made), fingerprint(again), fingerprint(other)))
})

test_that("a classifier of front end and network trains, and opens from its file", {
  path <- withr::local_tempfile(fileext = ".keras")
  made <- create_classifier(frontend = LogMel(8000), network = small(), labels = labels, seed = 1)
  expect_match(format(made), "1 s at 8000 Hz", all = FALSE)
  fitted <- fit("speech-commands-small", words(), network = small(), epochs = 1, seed = 1)
  save_classifier(fitted, path)
  expect_identical(fingerprint(load_classifier(path)), fingerprint(fitted))
  expect_refused(fit(fitted, words(), network = small()), "`network` is for a recipe")
})

test_that("what is misspelt or unfit is named", {
  begun <- network()
  expect_refused(begun |> layer("Conv2d", 3), "no layer `Conv2d`. Did you mean `Conv2D`")
  expect_refused(begun |> layer("layer_max_pooling_2d"), "Did you mean `MaxPooling2D`")
  expect_refused(begun |> layer("Dense", 3, activaton = "relu"), "Did you mean `activation`")
  expect_refused(begun |> layer("Dense"), "missing a required argument: 'units'")
  expect_refused(begun |> layer("Dense", 3, activation = "rellu"), "cannot be made")
  expect_refused(begun |> layer("Dense", NA), "`argument 1` is missing \\(NA\\)")
  expect_refused(begun |> layer("Dense", 3, activation = tanh), "go by their name in Keras")
  expect_refused(begun |> layer("Lambda", identity), "`Lambda` cannot be a layer here")
  expect_refused(layer(3, "Dense"), "`.network` must be a network")
  expect_refused(network(3), "`input_shape` must be")
  take <- function(network) create_classifier("speech-commands", labels, network = network)
  expect_refused(take(begun), "must have layers")
  expect_refused(take(small(c(9, 9, 1))), "must take what comes before it")
  expect_refused(take(small(n_classes = 3)), "as many outputs as there are labels, 2")
  expect_refused(take(begun |> layer("Flatten") |> layer("Dense", 2)), "must give probabilities")
  expect_refused(take(3), "`network` must be the name of a network")
  expect_refused(take(function(x) x), "`network` must be a function of")
  expect_refused(take(function(input_shape, n_classes) 3), "a function that returns a network")
  expect_error(take(function(input_shape, n_classes) stop("mine")), "mine", class = "simpleError")
})

test_that("NULL is None, and a number is a shape where Keras wants one", {
  made <- network(c(4, 3)) |> layer("GRU", 2, activation = NULL) |> layer("Reshape", 2)
  model <- py_architecture(made)(list(4L, 3L), 2L)
  expect_equal(model$layers[[1]]$get_config()$activation, "linear")
  expect_equal(unlist(model$output_shape), 2)
})

test_that("networks are tuned by their names in the list", {
  skip_if_not(reticulate::py_module_available("optuna"))
  flat <- network() |> layer("Flatten") |> layer("Dense", 2, activation = "softmax")
  space <- list(network = list(flat = flat, small = small))
  table <- tune("speech-commands-small", words(), space, epochs = 1, seed = 1)
  expect_setequal(table$network, c("flat", "small"))
})

test_that("layer() of ggplot2 works where it was attached before", {
  skip_if_not_installed("ggplot2")
  points <- layer(geom = "point", stat = "identity", position = "identity", params = list())
  expect_s3_class(points, "Layer")
  by_geom <- layer(geom = ggplot2::GeomPoint, position = "identity", stat = "identity")
  expect_s3_class(by_geom, "Layer")
})
