#' Train a gate on recordings of wanted and of unwanted sound
#'
#' The recordings are split into training and validation. From each part, mixtures of eight seconds
#' are made: unwanted recordings one after the other, and wanted ones added with pauses between
#' them, at the given signal-to-noise ratios (of the powers where active). The training mixtures are
#' augmented: the spectrum of each recording is tilted, and every other mixture has a second, softer
#' series of unwanted recordings. The network is trained on windows of them, half with and half
#' without active wanted sound. The gate's threshold, low, hold and release are those with the
#' smallest loss on the validation mixtures, at the given range. The loss is the mean over the
#' mixtures of `care * lost + leaked`. `lost` is the energy of the difference between the wanted
#' sound and its part of the output, as a share of the wanted sound's energy; `leaked` is the share
#' of the unwanted sound's energy that comes out in the pauses.
#'
#' @param wanted What to let through: a folder, whose recordings are found however deep, paths, or a
#'   table with `fname` (and `start` and `end` in seconds for parts); or sound itself, a list of
#'   sounds that bring their rate, see [as_sound()], or of numeric vectors at the recipe's rate.
#' @param unwanted What to attenuate, in the same forms.
#' @param snr_db Signal-to-noise ratios of the mixtures, dB.
#' @param window Length of a window, in seconds; `NULL` takes the recipe's.
#' @param hop Step from one window to the next, in seconds.
#' @param range_db Gain of the closed gate that the settings are chosen for, dB.
#' @param care Weight of `lost` in the loss, where `leaked` has 1.
#' @param n_mixtures Training mixtures; a fifth as many are made for validation.
#' @param recipe A recipe of sound, or its name, see [get_recipe()].
#' @param epochs Passes over the windows; `NULL` takes the recipe's.
#' @param validation Share of the recordings to validate on: by the table's `speaker`, `source` or
#'   `fold` where it has one, else by recording; of a single recording, the end.
#' @param seed A whole number that seeds all random choices; `NULL` draws one from R's random
#'   numbers, so that [set.seed()] makes it reproducible.
#' @inheritParams fit.hearingai_classifier
#' @param device `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one.
#' @param progress Show a progress bar; `NULL` shows one in an interactive session.
#' @return A classifier of the labels `"unwanted"` and `"wanted"`. `classifier_info()$gate` tells
#'   what was learnt: `threshold`, `low`, `attack`, `hold`, `release`, `hop`, `target`, and on the
#'   validation mixtures `lost` and `leaked`, shares of energy.
#' @family gates
#' @concept noise gate
#' @seealso [gate()] uses the classifier.
#' @export
#' @examplesIf hearingai_available()
#' wanted <- spoken_words(c("no", "yes"), n = 5, seed = 1)
#' noises <- lapply(1:2, function(i) as_sound(stats::rnorm(32000, sd = 0.05), 16000))
#' linear <- network(c(47, 40, 1)) |> # trains in no time
#'   layer("Flatten") |>
#'   layer("Dense", 2, activation = "softmax")
#' recipe <- get_recipe("gate", network = linear)
#' classifier <- train_gate(wanted, noises,
#'   snr_db = 10, n_mixtures = 2, recipe = recipe, epochs = 1, seed = 1
#' )
#' classifier_info(classifier)$gate$threshold
train_gate <- function(wanted, unwanted, snr_db = c(0, 5, 10, 20), window = NULL, hop = 0.02,
                       range_db = -40, care = 4, n_mixtures = 300, recipe = "gate", epochs = NULL,
                       validation = 0.25, seed = NULL, deterministic = FALSE, device = "auto",
                       progress = NULL, callbacks = NULL) {
  new_classifier(py_call("train_gate", py_examples(wanted), py_examples(unwanted),
    snr_db = py_numbers(snr_db), window = py_number(window), hop = py_number(hop),
    range_db = py_number(range_db), care = py_number(care), n_mixtures = py_int(n_mixtures),
    recipe = py_recipe(recipe), epochs = py_int(epochs), validation = py_number(validation),
    seed = py_seed(seed), deterministic = py_flag(deterministic), device = py_string(device),
    progress = py_progress(progress), callbacks = py_callbacks(callbacks)
  ))
}
