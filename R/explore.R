#' Explore recordings and predictions in the browser
#'
#' Opens a page in the browser. Drop a recording on it, of any format and length that [annotate()]
#' takes, or use the microphone: it shows the waveform, the spectrogram, the probability of each
#' label in time and the events, plays the sound, and saves the events to a file. Changing a
#' threshold or a time updates the events.
#'
#' Words to listen for can be typed there too: a detector of them is made as [word_classifier()]
#' does it, and is the page's classifier from then on, for open recordings and the microphone; it
#' can be saved. It takes at most 20 texts and says each in 60 voices, which takes up to about a
#' minute. It needs eSpeak NG and the speech embedding, the extras `demo` and `speech` of
#' [install_hearingai()].
#'
#' A separate process serves the page to this machine only, so that R stays free; the page loads
#' nothing from other servers and closes with this session. Its address contains a key that other
#' pages in the same browser cannot know. Recordings are stored in a private folder and deleted at
#' the end. It needs the Python libraries starlette, uvicorn and websockets.
#'
#' @inheritParams annotate
#' @param classifier A classifier of sound; it may be an exported one. `NULL` waits for words;
#'   options of events are then left out, since the page has controls for them.
#' @param low Smoothed probability below which an event ends, also one or one for each label; `NULL`
#'   takes 0.7 of `threshold`, also where it is changed in the page.
#' @param host The address to serve at. Any but this machine's own lets others use the page.
#' @param port The port; 0 takes any that is free.
#' @param browser Whether to open the page in the browser; `NULL` does so in an interactive session.
#' @param max_mb Largest upload, in millions of bytes.
#' @param max_hours Longest recording, in hours of sound.
#' @return An object of class `hearingai_explorer` with the `url`. `close()` stops the server and
#'   deletes the uploaded recordings.
#' @family long recordings
#' @concept microphone
#' @concept browser
#' @concept labelling
#' @export
#' @examplesIf interactive() && hearingai_available()
#' classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' page <- explore(classifier)
#' page
#' close(page)
explore <- function(classifier = NULL, window = NULL, hop = NULL, threshold = NULL, low = NULL,
                    smooth = NULL, min_duration = 0, min_gap = 0, refractory = 0, labels = NULL,
                    ignore = NULL, device = "auto", host = "127.0.0.1", port = 0, browser = NULL,
                    max_mb = 200, max_hours = 24) {
  rules <- py_rules(window, hop, threshold, low, smooth, min_duration, min_gap, refractory, labels,
    ignore
  )
  if (!is.null(browser)) py_flag(browser)
  if (!is.null(classifier)) classifier <- py_classifier(classifier)
  py <- py_call("explore",
    classifier = classifier, !!!rules,
    device = py_string(device), host = py_string(host), port = py_int(port), browser = FALSE,
    max_mb = py_number(max_mb), max_hours = py_number(max_hours)
  )
  page <- new_object("hearingai_explorer", url = py$url, py = py)
  if (if (is.null(browser)) rlang::is_interactive() else browser) utils::browseURL(page$url)
  page
}

#' @export
format.hearingai_explorer <- function(x, ...) {
  open <- server_runs(x)
  c(
    sprintf("<page at %s%s>", x$url, if (open) "" else ", closed"),
    if (open) "  close() stops it."
  )
}

#' @rdname explore
#' @param con What `explore()` returned.
#' @param ... Not used.
#' @export
close.hearingai_explorer <- function(con, ...) {
  check_unused(...)
  refuse_gone(con$py, "page")$close()
  invisible(con)
}
