# Stand-ins for packages that need not be here, with what is of interest of theirs.
stand_in <- function(library, name, namespace, code) {
  folder <- file.path(withr::local_tempdir(), name)
  dir.create(file.path(folder, "R"), recursive = TRUE)
  version <- c("Version: 1.0", "Title: A Stand-in", "License: none", "Imports: generics")
  writeLines(c(paste("Package:", name), version), file.path(folder, "DESCRIPTION"))
  writeLines(namespace, file.path(folder, "NAMESPACE"))
  writeLines(code, file.path(folder, "R", "code.R"))
  args <- c("CMD", "INSTALL", "--no-docs", "--no-test-load", "-l", shQuote(library))
  said <- withr::with_envvar(
    c(R_LIBS = paste(c(library, .libPaths()), collapse = .Platform$path.sep)),
    system2(file.path(R.home("bin"), "R"), c(args, shQuote(folder)), stdout = TRUE, stderr = TRUE)
  )
  if (!dir.exists(file.path(library, name))) stop(paste(said, collapse = "\n"))
}

# Where keras3 is not installed, its evaluate(), which is tensorflow's, fit() and adapt().
keras_library <- function(envir = parent.frame()) {
  folder <- withr::local_tempdir(.local_envir = envir)
  if (!rlang::is_installed("keras3")) {
    stand_in(folder, "tensorflow", "export(evaluate)",
      "evaluate <- function(object, ...) UseMethod('evaluate')"
    )
    stand_in(folder, "keras3",
      c(
        "export(adapt, evaluate, fit)", "importFrom(generics, fit)",
        "importFrom(tensorflow, evaluate)", "S3method(fit, keras_model)",
        "S3method(evaluate, keras_model)"
      ),
      c(
        "adapt <- function(object, data, ...) paste('keras adapts to', data)",
        "fit.keras_model <- function(object, x, ...) {",
        "  call <- match.call(envir = parent.frame())", # as keras3 takes its arguments
        "  paste('keras fits', eval(call$x, parent.frame()))",
        "}",
        "evaluate.keras_model <- function(object, x = NULL, y = NULL, ...) {",
        "  paste('keras evaluates', x, y)",
        "}"
      )
    )
  }
  folder
}

# What is asked of pins, as its documentation has it: files keep their names and become read-only.
pins_stand_in <- function(library) {
  exported <- "export(board_folder, pin_upload, pin_download, pin_write, pin_read)"
  stand_in(library, "pins", exported, c(
    "board_folder <- function(path) path",
    "pin_upload <- function(board, paths, name = NULL, ...) {",
    "  dir.create(file.path(board, name), recursive = TRUE)",
    "  kept <- file.path(board, name, basename(paths))",
    "  file.copy(paths, kept)",
    "  Sys.chmod(kept, '444')",
    "}",
    "pin_download <- function(board, name, ...) {",
    "  list.files(file.path(board, name), full.names = TRUE)",
    "}",
    "pin_write <- function(board, x, name, type, ...) {",
    "  path <- file.path(tempdir(), paste0(name, '.rds'))",
    "  saveRDS(x, path)",
    "  pin_upload(board, path, name)",
    "}",
    "pin_read <- function(board, name) readRDS(pin_download(board, name))"
  ))
}

# What vetiver asks of a model: its generics, and how vetiver_model() calls them.
vetiver_stand_in <- function(library) {
  generics <- c(
    "vetiver_create_description", "vetiver_create_meta", "vetiver_ptype", "handler_predict",
    "handler_startup"
  )
  stand_in(library, "vetiver",
    c(sprintf("export(%s)", toString(c(generics, "vetiver_model"))),
      "S3method(predict, vetiver_model)", "S3method(handler_startup, default)"
    ),
    c(
      "vetiver_create_description <- function(model) UseMethod('vetiver_create_description')",
      "vetiver_create_meta <- function(model, metadata) UseMethod('vetiver_create_meta')",
      "vetiver_ptype <- function(model, ...) UseMethod('vetiver_ptype')",
      "handler_startup <- function(x) UseMethod('handler_startup', x$model)",
      "handler_startup.default <- function(x) stop('no method')",
      "handler_predict <- function(x, ...) UseMethod('handler_predict', x$model)",
      "vetiver_model <- function(model, model_name, ..., metadata = list()) {",
      "  structure(list(model = model, model_name = model_name,",
      "    description = vetiver_create_description(model),",
      "    metadata = vetiver_create_meta(model, metadata), prototype = vetiver_ptype(model)",
      "  ), class = 'vetiver_model')",
      "}",
      "predict.vetiver_model <- function(object, ...) stats::predict(object$model, ...)"
    )
  )
}
