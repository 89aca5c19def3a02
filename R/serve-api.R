#' Serve a classifier to other programs
#'
#' Starts an HTTP server to which programs in any language upload recordings. `POST /v1/predict` and
#' `POST /v1/annotate` answer what [predict()][predict.hearingai_classifier] and [annotate()] find,
#' as JSON with `fname`, `label`, `score` and `probabilities`, or `events` with `fname`, `start`,
#' `end`, `label` and `score`. `GET /v1/classifier` tells the labels, times and thresholds,
#' `GET /v1/health` whether the server runs. `GET /docs` describes all of it, `GET /openapi.json`
#' for programs. A recording is the body of a request, or the field `file` of a form. An error is
#' `{"error": ...}` with a status.
#'
#' A request needs the header `Authorization: Bearer` with the token. Recordings are computed one
#' after the other, in a separate process, so that R stays free; they are stored in a private folder
#' meanwhile, and deleted. The connection is not encrypted: on an open network put a proxy with TLS
#' before it. It needs the Python libraries starlette, uvicorn, websockets and python-multipart, the
#' extra `serve` of [install_hearingai()]. At a shell, `hearingai serve --api` does the same.
#'
#' @inheritParams annotate
#' @param classifier A classifier of sound; it may be an exported one.
#' @param window,hop,threshold,low,smooth,min_duration,min_gap,refractory,labels,ignore Options of
#'   events as [annotate()] has them; a request may name others.
#' @param token What clients must know, 16 characters or more; `NULL` takes the environment variable
#'   `HEARINGAI_TOKEN`, else makes one.
#' @param host The address to serve at; `"0.0.0.0"` lets other machines use it.
#' @param port The port; 0 takes any that is free.
#' @param names Further names by which clients reach this machine, as in the `Host` of a request.
#' @param allow_urls Whether a request may name a public http or https address of a recording in the
#'   place of the recording, as JSON `{"url": ...}`.
#' @param max_mb Largest recording, in millions of bytes.
#' @param max_hours Longest recording, in hours of sound.
#' @param timeout Seconds that a request may take, from its upload to its answer.
#' @param places Requests that may upload, wait and compute at once; others are told to come again.
#' @return An object of class `hearingai_api` with the `url` and the `token`. `close()` stops the
#'   server, as does the end of the session.
#' @family long recordings
#' @seealso [explore()], a page for people.
#' @concept HTTP
#' @concept REST
#' @concept web service
#' @concept deployment
#' @export
#' @examplesIf hearingai_available() && rlang::is_installed("jsonlite")
#' classifier <- create_classifier("speech-commands-small", c("no", "yes"), seed = 1)
#' server <- serve_api(classifier)
#' server
#' jsonlite::fromJSON(paste0(server$url, "/v1/health"))
#' close(server)
serve_api <- function(classifier, window = NULL, hop = NULL, threshold = NULL, low = NULL,
                      smooth = NULL, min_duration = 0, min_gap = 0, refractory = 0, labels = NULL,
                      ignore = NULL, token = NULL, device = "auto", host = "127.0.0.1", port = 0,
                      names = NULL, allow_urls = FALSE, max_mb = 200, max_hours = 24,
                      timeout = 600, places = 8) {
  rules <- py_rules(window, hop, threshold, low, smooth, min_duration, min_gap, refractory, labels,
    ignore
  )
  py <- py_call("serve_api",
    py_classifier(classifier), !!!rules,
    token = py_string(token), device = py_string(device), host = py_string(host),
    port = py_int(port), names = py_strings(names), allow_urls = py_flag(allow_urls),
    max_mb = py_number(max_mb), max_hours = py_number(max_hours), timeout = py_number(timeout),
    places = py_int(places)
  )
  new_object("hearingai_api", url = py$url, token = py$token, py = py)
}

#' @export
format.hearingai_api <- function(x, ...) {
  open <- server_runs(x)
  c(
    sprintf("<API at %s%s>", x$url, if (open) "" else ", closed"),
    if (open) c("  $token is what clients must know.", "  close() stops it.")
  )
}

#' @rdname serve_api
#' @param con What `serve_api()` returned.
#' @param ... Not used.
#' @export
close.hearingai_api <- function(con, ...) {
  check_unused(...)
  refuse_gone(con$py, "server")$close()
  invisible(con)
}

# Whether a server that this session started is running.
server_runs <- function(x) !reticulate::py_is_null_xptr(x$py) && x$py$running
