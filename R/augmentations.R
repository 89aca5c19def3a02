#' Augmentations: clips changed at random in training
#'
#' Given to [fit()][fit.hearingai_classifier] as `augment`, they change the clips of every batch
#' at random, in training only; the classifier is saved without them. Each is also a function that
#' can be tried on an array.
#'
#' `TimeShift()`, `Gain()`, `SpeedChange()`, `BackgroundNoise()` and `ColouredNoise()` change
#' waveforms. `SpecAugment()` masks stripes of images, `BandWarp()` stretches them along their bands
#' as other voices would, and `Equalizer()` adds a smooth curve to their bands as another microphone
#' or room would. `EmbeddingJitter()` shifts embeddings. `Mixup()`,
#' `BetweenClass()` and `PositiveMix()` mix pairs of clips and their labels.
#'
#' @param probability Share of the clips that are changed.
#' @param seed A whole number that seeds the function when it is called; `NULL` draws one from R's
#'   random numbers, so that [set.seed()] makes it reproducible. In training the seed of
#'   [fit()][fit.hearingai_classifier] is used.
#' @return A function of class `hearingai_augmentation`, `function(x, training = TRUE)`, from an
#'   array to an array of the same shape. Those that mix are `function(x, labels, training = TRUE)`
#'   and return a list of `x` and `labels`. Waveforms are a vector, a matrix of clips by samples or
#'   an array of clips by channels by samples; images are `[clips, frames, bins, channels]`,
#'   embeddings `[clips, frames, 128]`, labels a matrix of clips by classes.
#' @family augmentations
#' @concept data augmentation
#' @concept SpecAugment
#' @concept mixup
#' @seealso [fit()][fit.hearingai_classifier], [plot_augmented()] and [background_noise()]
#' @name augmentations
#' @examplesIf hearingai_available()
#' shift <- TimeShift(limit = 0.4, seed = 1)
#' shift
#' shift(rbind(1:10, 1:10))
#' Mixup(seed = 1)(diag(4), labels = diag(4))
#' # In training, by name, by name with options, or as made above.
#' clips <- spoken_words(c("no", "yes"), n = 20, seed = 1)
#' augment <- list("background_noise", list("gain", list(gain_db = c(-6, 6))), shift)
#' fit("speech-commands-small", clips, augment = augment, epochs = 1, seed = 1)
NULL

#' @rdname augmentations
#' @param noise Noise recordings: a numeric vector or a list of them at the rate of the clips;
#'   paths; or a table with a column `fname`, such as [background_noise()] gives. `NULL` is white
#'   noise.
#' @param snr_db Lowest and highest signal-to-noise ratio, dB; one number is that ratio for all.
#' @param volume Lowest and highest factor of the noise; takes the place of `snr_db` where given.
#' @export
BackgroundNoise <- function(noise = NULL, snr_db = c(0, 20), volume = NULL,
                            sample_rate = NULL, probability = 0.5, seed = NULL) {
  new_augmentation("BackgroundNoise",
    noise = py_noise(noise), snr_db = py_range(snr_db), volume = py_range(volume),
    sample_rate = py_int(sample_rate), probability = py_number(probability), seed = py_int(seed)
  )
}

#' @rdname augmentations
#' @param stretch Largest stretch and squeeze about the middle band, as a share, from 0 to below 1.
#' @param shift Largest shift, bands, up and down.
#' @references `BandWarp()`: Jaitly, N. and Hinton, G. (2013). Vocal tract length perturbation
#'   (VTLP) improves speech recognition; in a simple form.
#' @export
BandWarp <- function(stretch = 0.1, shift = 1, probability = 1, seed = NULL) {
  new_augmentation("BandWarp",
    stretch = py_number(stretch), shift = py_number(shift), probability = py_number(probability),
    seed = py_int(seed)
  )
}

#' @rdname augmentations
#' @param sample_rate Rate of the waveforms, Hz. `BackgroundNoise()` needs it for files alone; in a
#'   training, an augmentation given by name knows it.
#' @param weighting `"A"` weights the level of a clip as the ear does; `"none"` takes the mean
#'   power.
#' @param floor_db Least level of a clip, dB.
#' @references `BetweenClass()`: Tokozume, Y., Ushiku, Y. and Harada, T. (2018). Learning from
#'   between-class examples for deep sound recognition.
#' @export
BetweenClass <- function(sample_rate, weighting = "A", floor_db = -80, probability = 1,
                         seed = NULL) {
  new_augmentation("BetweenClass", py_int(sample_rate),
    weighting = py_string(weighting), floor_db = py_number(floor_db),
    probability = py_number(probability), seed = py_int(seed)
  )
}

#' @rdname augmentations
#' @param slope Lowest and highest slope of the noise, whose power falls with the frequency as
#'   `1 / f^slope`: white noise has 0, pink 1, brown 2; one number is that slope for all.
#' @export
ColouredNoise <- function(snr_db = c(0, 30), slope = c(0, 1.2), probability = 0.5, seed = NULL) {
  new_augmentation("ColouredNoise",
    snr_db = py_range(snr_db), slope = py_range(slope), probability = py_number(probability),
    seed = py_int(seed)
  )
}

#' @rdname augmentations
#' @param amount In `EmbeddingJitter()` the least and largest constant to add or subtract, in the
#'   units of the embedding; in `Equalizer()` the standard deviation of a curve's values, in the
#'   units of the image.
#' @export
EmbeddingJitter <- function(amount = c(0, 10), probability = 1, seed = NULL) {
  new_augmentation("EmbeddingJitter",
    amount = py_range(amount), probability = py_number(probability), seed = py_int(seed)
  )
}

#' @rdname augmentations
#' @param points Values of a curve, at least two, evenly spaced over the bands; it is straight
#'   between them.
#' @export
Equalizer <- function(amount = 0.6, points = 5, probability = 1, seed = NULL) {
  new_augmentation("Equalizer",
    amount = py_number(amount), points = py_int(points), probability = py_number(probability),
    seed = py_int(seed)
  )
}

#' @rdname augmentations
#' @param gain_db Lowest and highest gain, dB; one number is that gain for all.
#' @export
Gain <- function(gain_db = c(-12, 0), probability = 1, seed = NULL) {
  new_augmentation("Gain",
    gain_db = py_range(gain_db), probability = py_number(probability), seed = py_int(seed)
  )
}

#' @rdname augmentations
#' @param alpha Ratios are drawn from Beta(alpha, alpha): below 1 most clips stay nearly pure, 1
#'   draws every ratio alike.
#' @param domain What is mixed: `"waveform"`, `"image"` or `"embedding"`.
#' @references `Mixup()`: Zhang, H. and others (2018). mixup: Beyond empirical risk minimization.
#' @export
Mixup <- function(alpha = 0.2, domain = "waveform", probability = 1, seed = NULL) {
  new_augmentation("Mixup",
    alpha = py_number(alpha), domain = py_string(domain), probability = py_number(probability),
    seed = py_int(seed)
  )
}

#' @rdname augmentations
#' @param positive Column of the labels that says whether a clip is positive, counted from 0;
#'   `NULL` is the classifier's positive class in training. Labels with a single column use that.
#' @export
PositiveMix <- function(positive = NULL, probability = 0.5, seed = NULL) {
  new_augmentation("PositiveMix",
    positive = py_int(positive), probability = py_number(probability), seed = py_int(seed)
  )
}

#' @rdname augmentations
#' @param frequency_masks,time_masks Bands and stretches masked in each image.
#' @param frequency_limit,time_limit Widest band and longest stretch, as a share of the image.
#' @param fill What a mask leaves: the `"mean"` of the clip's image, or `"zero"`.
#' @references `SpecAugment()`: Park, D. S. and others (2019). SpecAugment.
#' @export
SpecAugment <- function(frequency_masks = 2, time_masks = 2, frequency_limit = 0.1,
                        time_limit = 0.1, fill = "mean", probability = 1, seed = NULL) {
  new_augmentation("SpecAugment",
    frequency_masks = py_int(frequency_masks), time_masks = py_int(time_masks),
    frequency_limit = py_number(frequency_limit), time_limit = py_number(time_limit),
    fill = py_string(fill), probability = py_number(probability), seed = py_int(seed)
  )
}

#' @rdname augmentations
#' @param limits Lowest and highest speed; 1 is that of the recording.
#' @references `SpeedChange()`: Ko, T. and others (2015). Audio augmentation for speech recognition.
#' @export
SpeedChange <- function(limits = c(0.9, 1.1), probability = 1, seed = NULL) {
  new_augmentation("SpeedChange",
    limits = py_range(limits), probability = py_number(probability), seed = py_int(seed)
  )
}

#' @rdname augmentations
#' @param limit Largest shift, as a share of the clip.
#' @param circular Shift in a circle: samples that leave at one end enter at the other. Else
#'   silence enters.
#' @export
TimeShift <- function(limit = 0.4, circular = TRUE, probability = 1, seed = NULL) {
  new_augmentation("TimeShift",
    limit = py_number(limit), circular = py_flag(circular), probability = py_number(probability),
    seed = py_int(seed)
  )
}

# A layer of the core as a function of arrays. Without a seed each call starts from one of R's.
new_augmentation <- function(name, ..., seed = NULL, .call = rlang::caller_env()) {
  layer <- py_call(name, ..., seed = seed, .call = .call)
  given <- mget(names(formals(name)), envir = .call)
  handle <- rlang::exec("new_handle", layer, name, !!!given)
  change <- function(x, labels, training, call) {
    start <- if (training && is.null(seed)) py_seed(NULL)
    is_image <- is.double(x) || length(dim(x)) == 4
    batch <- if (is_image) py_batch(x, "x", call) else py_sound_batch(x, "x", call)
    py_call("bridge.change", py_of(handle, call), batch,
      labels = labels, training = py_flag(training, call = call), seed = start, .call = call
    )
  }
  augmentation <- if (layer$mixes) {
    function(x, labels, training = TRUE) {
      change(x, py_labels(labels), training, environment())
    }
  } else {
    function(x, training = TRUE) change(x, NULL, training, environment())
  }
  new_function(augmentation, "hearingai_augmentation", handle, name = name)
}

#' @export
format.hearingai_augmentation <- function(x, ...) {
  settings <- py_object(x)$get_config()
  settings <- settings[setdiff(names(settings), c("name", "dtype", "trainable", "noise"))]
  settings <- Filter(Negate(is.null), settings)
  settings <- settings[order(names(settings) == "probability")]
  values <- vapply(settings, function(v) paste(unique(unlist(v)), collapse = " to "), character(1))
  sprintf("<augmentation %s: %s>", attr(x, "name"), toString(paste(names(values), values)))
}
