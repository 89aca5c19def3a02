#' Classifiers that come with the package
#'
#' They are trained, and need no download. `"ten-words"` recognises yes, no, up, down, left, right,
#' on, off, stop and go in English; any other word is `unknown`, and sound without speech is
#' `silence`. It takes the loudest second of a longer recording; [annotate()], [listen()] and
#' [explore()] take all of it. What each is for, and what it cannot do, is in its [model_card()].
#'
#' @param name A name that `list_pretrained()` shows.
#' @return `pretrained()` returns a classifier like one of your own: [fine_tune()] and [few_shot()]
#'   take it too. `list_pretrained()` returns a tibble with one row per classifier: `name`, `labels`
#'   (as text), `parameters`, `size` (bytes of its file), `licence` (of the data that it was trained
#'   on) and `accuracy` (the mean over the labels, on speakers and noises that were not used in
#'   training).
#' @references Warden, P. (2018). Speech Commands: a dataset for limited-vocabulary speech
#'   recognition. <https://arxiv.org/abs/1804.03209>. Data: CC BY 4.0.
#' @seealso [predict()][predict.hearingai_classifier] uses it.
#' @family classifier
#' @concept pretrained model
#' @export
#' @examplesIf hearingai_available()
#' list_pretrained()
#' yes <- spoken_words("yes", n = 1, seed = 1)$fname
#' predict(pretrained("ten-words"), yes)
pretrained <- function(name) {
  new_classifier(py_call("pretrained", py_string(name)))
}

#' @rdname pretrained
#' @export
list_pretrained <- function() {
  as_table(py_call("list_pretrained"))
}
