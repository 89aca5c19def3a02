#' The model card of a classifier
#'
#' What a classifier is, and how far to trust it, for those who get it. The card tells what the file
#' and its training record hold, and guesses nothing: labels, sound, front end, body and its
#' licence, network, recipe; how many clips of each label and speakers it was trained on; seed,
#' epochs, versions; thresholds, calibration, novelty; its fingerprint; and code that uses it in R,
#' in Python and at the shell.
#'
#' The numbers are those of `evaluation`, with 95 % bootstrap intervals; without one those of the
#' validation clips, which the card says. Write it to a file with
#' `writeLines(model_card(classifier, format = "html"), "card.html")`.
#'
#' @param classifier A classifier, the path of a `.keras` file, `"hf://owner/name"`, or a name that
#'   [list_pretrained()] shows, whose card is part of the package.
#' @param evaluation What [evaluate()][evaluate.hearingai_classifier] returned of this classifier,
#'   best on clips of new speakers.
#' @param format `"markdown"`, or `"html"`, a page that needs no other file.
#' @param title Its heading; `NULL` takes the name of the file, or the labels.
#' @param about What it is for, in your words, Markdown.
#' @param limits What it cannot do, in your words, Markdown.
#' @param licence The licence that you give it to others under; `NULL` takes that of the record.
#' @return The card, one string, invisibly; in Markdown it is printed, too.
#' @references Mitchell, M. et al. (2019). Model Cards for Model Reporting.
#'   <https://arxiv.org/abs/1810.03993>.
#' @seealso [push_to_hub()] publishes it with the classifier.
#' @family classifier
#' @concept model card
#' @concept documentation of a model
#' @export
#' @examplesIf hearingai_available()
#' model_card("ten-words")
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' result <- evaluate(classifier, clips)
#' card <- model_card(classifier, result,
#'   title = "No or yes", about = "Made for an example.", licence = "CC0-1.0"
#' )
model_card <- function(classifier, evaluation = NULL, format = "markdown", title = NULL,
                       about = NULL, limits = NULL, licence = NULL) {
  card <- py_call("model_card", py_shared(classifier),
    evaluation = py_evaluation(evaluation), format = py_string(format),
    title = py_string(title), about = py_string(about), limits = py_string(limits),
    licence = py_string(licence)
  )
  if (format == "markdown") cat(card)
  invisible(card)
}

#' Publish a classifier, and use those of others
#'
#' `push_to_hub()` writes a classifier to a repository of the Hugging Face Hub:
#' `model.keras`, and `README.md`, its [model_card()] with what the Hub reads at the top.
#' [load_classifier()] opens it again, on any machine: `load_classifier("hf://owner/name")`, or a
#' state of it, `"hf://owner/name@revision"`. It is downloaded once, and opened as any stranger's
#' file. Both need the Python package huggingface_hub (the extra `hub`).
#'
#' The Hub is that of the environment variable `HF_ENDPOINT`, else <https://huggingface.co>. Your
#' token comes from `HF_TOKEN`, or from `hf auth login`, and is neither shown nor stored. Set the
#' variables in `.Renviron`, or before the first call of this package: Python reads them when it
#' starts. Names of folders of this machine are left out of the file; the weights of a body never
#' were in it.
#'
#' @section pins:
#' Where a team has a board of the package pins, a classifier goes there as the file that it is,
#' and R and Python take it from there:
#' ```
#' board <- pins::board_folder("models") # or of Posit Connect, S3, a network drive
#' file <- save_classifier(classifier, file.path(tempdir(), "words.keras"))
#' pins::pin_upload(board, file, "words", description = "No or yes")
#' load_classifier(pins::pin_download(board, "words"))
#' ```
#' `pins::pin_write(board, classifier, "words", type = "rds")` works too, for R alone.
#'
#' @section vetiver:
#' A classifier has methods for the generics of vetiver: `vetiver::vetiver_model(classifier,
#' "words")` describes it, `vetiver::vetiver_pin_write()` stores it, and after
#' `vetiver::vetiver_pin_read()` it predicts. Its prototype is a column `fname`. An API of
#' `vetiver::vetiver_api()` takes paths as its own machine sees them, and whoever may ask it may
#' have any recording there judged: put a login in front of it.
#'
#' @inheritParams model_card
#' @param classifier A classifier, or the path of a `.keras` file.
#' @param repository Where to, `"owner/name"`; it is made where there is none.
#' @param title See [model_card()]; `NULL` takes the name of the repository.
#' @param licence The licence that you give it to others under; `NULL` takes that of the record. The
#'   licence of a body such as BirdNET's, which holds for what is made with it, is told whatever is
#'   given here.
#' @param private Whether a new repository is private. One that is there stays as it is, and must be
#'   private where that is asked for.
#' @param overwrite Replace the two files where the repository has them.
#' @return What [load_classifier()] takes, `"hf://owner/name@revision"`, invisibly.
#' @family classifier
#' @concept Hugging Face
#' @concept pins
#' @concept vetiver
#' @concept share a model
#' @export
#' @examplesIf interactive() && hearingai_available()
#' classifier <- pretrained("ten-words")
#' address <- push_to_hub(classifier, "me/ten-words", licence = "CC BY 4.0")
#' load_classifier(address)
push_to_hub <- function(classifier, repository, evaluation = NULL, title = NULL, about = NULL,
                        limits = NULL, licence = NULL, private = FALSE, overwrite = FALSE) {
  address <- py_call("push_to_hub", py_shared(classifier), py_string(repository),
    evaluation = py_evaluation(evaluation), title = py_string(title),
    about = py_string(about), limits = py_string(limits), licence = py_string(licence),
    private = py_flag(private), overwrite = py_flag(overwrite)
  )
  invisible(address)
}

# A classifier, or the path or name of one.
py_shared <- function(classifier, call = rlang::caller_env()) {
  if (is.character(classifier)) {
    return(py_path(classifier, "classifier", call))
  }
  py_network(classifier, call, "a classifier, or the path of one")
}

# Methods for the generics of vetiver, which need not be there: registered when it is loaded.

describe_for_vetiver <- function(model) {
  sprintf("An audio classifier of %d labels (%s)", length(model$labels), labels_state(model$labels))
}

meta_for_vetiver <- function(model, metadata) {
  list(user = metadata, version = NULL, url = NULL, required_pkgs = "hearingai")
}

prototype_for_vetiver <- function(model, ...) tibble::tibble(fname = character())

handler_for_vetiver <- function(vetiver_model, ...) {
  function(req) stats::predict(vetiver_model$model, as.character(req$body$fname), ...)
}

startup_for_vetiver <- function(vetiver_model) invisible(requireNamespace("hearingai"))

register_for_vetiver <- function() {
  methods <- list(
    vetiver_create_description = describe_for_vetiver, vetiver_create_meta = meta_for_vetiver,
    vetiver_ptype = prototype_for_vetiver, handler_predict = handler_for_vetiver,
    handler_startup = startup_for_vetiver
  )
  where <- asNamespace("vetiver")
  for (name in intersect(names(methods), ls(where, all.names = TRUE))) {
    registerS3method(name, "hearingai_classifier", methods[[name]], envir = where)
  }
}
