test_that("what pyproject.toml asks for is what Python is asked for", {
  needed <- requirements(character(), "jax")
  expect_identical(needed, c(project()$dependencies, project()[["optional-dependencies"]]$jax))
  expect_true(all(c("keras", "numpy", "soundfile") %in% package_names(needed)))
  expect_identical(utils::tail(requirements(c("tune", "live")), 2), c(extras()$tune, extras()$live))
  withr::local_envvar(KERAS_BACKEND = "torch")
  expect_true("torch" %in% package_names(requirements()))
  withr::local_envvar(KERAS_BACKEND = "abacus")
  expect_match(package_names(requirements()), "^tensorflow(-cpu)?$", all = FALSE)
  said <- utils::packageDescription("hearingai")$SystemRequirements
  expect_match(said, paste0("Python (>= ", oldest_python(), ")"), fixed = TRUE)
  listed <- strsplit(gsub("\\s+", " ", sub(".* with ", "", said)), ", | and ")[[1]]
  core <- package_names(project()$dependencies)
  expect_setequal(listed, c(core, "tensorflow"))
})

test_that("TensorFlow has another name on Linux", {
  all <- project()[["optional-dependencies"]]$tensorflow
  named <- function(...) package_names(for_here(all, c(sysname = ..1, machine = ..2)))
  expect_identical(named("Linux", "x86_64"), "tensorflow-cpu")
  expect_identical(named("Linux", "aarch64"), "tensorflow")
  expect_identical(named("Darwin", "x86_64"), "tensorflow")
  expect_identical(for_here("a>=1; platform_system == 'Linux'", c(sysname = "Linux", machine = "")),
    "a>=1"
  )
})

test_that("extras are those of functions, and each has its line", {
  expect_true(all(c("demo", "tune", "onnx", "litert", "live", "parquet") %in% names(extras())))
  expect_false(any(c("tensorflow", "jax", "torch", "gpu", "test") %in% names(extras())))
  expect_identical(install_code("tune"), 'reticulate::py_install("optuna")')
  expect_identical(
    install_code("onnx"), 'reticulate::py_install(c("onnx", "onnxruntime", "tf2onnx"))'
  )
})
