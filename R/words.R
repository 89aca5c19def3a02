#' Make a detector of words from their text
#'
#' eSpeak NG says every word in many voices, which differ in accent, pitch, speed and melody, and
#' says what is none of them: near misses (one or two phonemes changed), numbers and common words.
#' The clips lie in rooms and noise, at any level and place; a head on a pretrained body learns
#' them, and `silence`, in about a minute. The result is a classifier like any other:
#' [predict()][predict.hearingai_classifier], [annotate()], [listen()], [export()]. `annotate()`
#' reports neither `unknown` nor `silence`, and takes the thresholds that the classifier brings;
#' [choose_thresholds()] and [mine_false_alarms()] adapt it to recordings of the place where it is
#' to work.
#'
#' @param words Words or phrases, up to two seconds long; or a list with a label's text, or several
#'   texts that are all heard as it, by name. A text in `[[...]]` is eSpeak's phonemes, for a word
#'   that its voices say wrongly: `list(data = c("data", "[[d'eIt@]]"))`.
#' @param language A language or one of its accents, see `languages()`; texts are in its script.
#' @param body A body, see [get_body()], or its name. `NULL` takes a network of its own, that of the
#'   recipe `words`, which [export()] writes for small devices. It learns the answers of a head on
#'   the speech embedding, in some ten minutes, and hears real people less well.
#' @param voices Speakers of each word.
#' @param others Further texts that are not to be taken for the words: what is often said beside
#'   them, or was confused with them.
#' @param clips A table of clips of real people, `fname` and `class`, which count many times as much
#'   as the synthesised ones; classes that are none of the words are learnt as `unknown`. Rows whose
#'   `split` is `test` are not touched.
#' @param synthesizer A function of a text and a seed, a whole number, to a sound: samples at the
#'   body's rate, or what [as_sound()] takes with a rate of its own. `NULL` takes eSpeak NG.
#' @param duration Length of the windows that are heard, seconds; `NULL` takes 1, 1.5 or 2, by the
#'   longest phrase.
#' @param epochs Passes over the clips without a body; `NULL` takes 30.
#' @param seed A whole number that decides voices, near misses, rooms and noise; `NULL` draws one
#'   from R's random numbers, so that [set.seed()] makes it reproducible.
#' @param device `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one.
#' @inheritParams fit.hearingai_classifier
#' @return `word_classifier()` returns a classifier of the words, `unknown` and `silence` (and
#'   `background`). Its [classifier_info()] has in `spoken` what was said, and in `thresholds` from
#'   which probability on a word counts in `annotate()`.
#' @references Lin, J. et al. (2020). Training keyword spotters with limited and synthesized speech
#'   data. ICASSP.
#' @seealso [few_shot()], where there are recordings of every word.
#' @family transfer
#' @concept keyword spotting
#' @concept wake word
#' @concept text to speech
#' @export
#' @examplesIf hearingai_available() && reticulate::py_module_available("pyopen_wakeword")
#' head(languages())
#' lights <- word_classifier("lights on", voices = 4, seed = 1)
#' lights
word_classifier <- function(words, language = "en", body = "speech-embedding", voices = 160,
                            others = NULL, clips = NULL, background = NULL, synthesizer = NULL,
                            duration = NULL, epochs = NULL, seed = NULL, device = "auto",
                            on_error = "report", partial = FALSE, store = NULL, progress = NULL) {
  new_classifier(py_call("word_classifier", py_texts(words),
    language = py_string(language),
    body = py_none(py_body(body)),
    voices = py_int(voices), others = py_strings(others),
    clips = if (!is.null(clips)) py_table(clips), background = py_background(background),
    synthesizer = py_synthesizer(synthesizer), duration = py_number(duration),
    epochs = py_int(epochs), seed = py_seed(seed), device = py_string(device),
    on_error = py_string(on_error), partial = py_flag(partial), store = py_store(store),
    progress = py_progress(progress)
  ))
}

#' @rdname word_classifier
#' @return `languages()` returns a tibble with a row a language or accent: `language`, `name` and
#'   `voices`, how many voices there are to draw speakers from.
#' @export
languages <- function() as_table(py_call("languages"))

#' @rdname word_classifier
#' @param path The `.onnx` file of a voice of Piper; its `.onnx.json` lies beside it. Piper is the
#'   Python package `piper-tts`.
#' @return `piper_voice()` returns a `synthesizer`: it speaks each time with a speed and a manner of
#'   its own, and where the voice has several speakers as another.
#' @export
piper_voice <- function(path) {
  speak <- py_call("piper_voice", py_path(path))
  function(text, seed) {
    sound <- speak(text, as.integer(seed))
    as_sound(as.numeric(sound[[1]]), sound[[2]])
  }
}

# Texts by label: a character vector, or a list with names.
py_texts <- function(words, call = rlang::caller_env()) {
  as_text <- function(x) if (is.factor(x)) rlang::set_names(as.character(x), names(x)) else x
  words <- if (rlang::is_bare_list(words)) lapply(words, as_text) else as_text(words)
  refuse_na(unlist(words), "words", call)
  if (is.character(words) && is.null(names(words))) {
    return(as.list(words))
  }
  texts <- rlang::is_named(words) && !is.data.frame(words)
  if (!texts || !all(vapply(words, is.character, logical(1)))) {
    abort_argument("words", "words, or texts by the name of their label", words, call)
  }
  if (anyDuplicated(names(words))) {
    wanted <- "texts by the name of their label, of which each occurs once"
    abort_argument("words", wanted, names(words)[anyDuplicated(names(words))], call)
  }
  reticulate::dict(lapply(as.list(words), as.list))
}

py_synthesizer <- function(synthesizer, call = rlang::caller_env()) {
  if (is.null(synthesizer)) {
    return(NULL)
  }
  if (!is.function(synthesizer)) abort_argument("synthesizer", "a function", synthesizer, call)
  function(text, seed) py_heard(synthesizer(text, seed), "synthesizer(text, seed)", call)
}
