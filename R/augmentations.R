#' Augmentations: clips changed at random in training
#'
#' Given to [fit()][fit.hearingai_classifier] as `augment`, they change the clips of every batch
#' at random, in training only; the classifier is saved without them. Each is also a function that
#' can be tried on an array.
#'
#' `TimeShift()`, `Gain()`, `SpeedChange()`, `PitchShift()`, `BackgroundNoise()` and
#' `ColouredNoise()` change waveforms; `RoomResponse()`, `Telephone()`, `Codec()`, `Clipping()` and
#' `MicrophoneTilt()` change them as rooms and devices do. `SpecAugment()` masks stripes of images,
#' `BandWarp()` stretches them along their bands as other voices would, and `Equalizer()` adds a
#' smooth curve to their bands as another microphone or room would. `EmbeddingJitter()` shifts
#' embeddings. `Mixup()`, `BetweenClass()` and `PositiveMix()` mix pairs of clips and their labels.
#'
#' `Codec()` needs the samples themselves and cannot be in a step of a training: it is for recipes
#' with `copies`, which are made before training, and for arrays.
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
#' @param sample_rate Rate of the waveforms, Hz. `BackgroundNoise()` and given `responses` need it
#'   for files alone; in a training, `NULL` is the classifier's.
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
#' @param drive_db Lowest and highest level of the loudest sample above full scale, dB; what is
#'   above full scale is cut off, and the clip keeps its mean power.
#' @export
Clipping <- function(drive_db = c(0, 20), probability = 0.5, seed = NULL) {
  new_augmentation("Clipping",
    drive_db = py_range(drive_db), probability = py_number(probability), seed = py_int(seed)
  )
}

#' @rdname augmentations
#' @param codecs Which codecs to draw from: `"mp3"`, `"opus"`.
#' @param kbps Lowest and highest bit rate, kbit/s.
#' @export
Codec <- function(codecs = c("mp3", "opus"), kbps = c(8, 32), sample_rate = NULL,
                  probability = 0.5, seed = NULL) {
  new_augmentation("Codec",
    codecs = py_strings(codecs), kbps = py_range(kbps), sample_rate = py_int(sample_rate),
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
#' @param low_db,high_db Lowest and highest gain of the low shelf and of the high shelf, dB; one
#'   number is that gain for all.
#' @param low_hz,high_hz In `MicrophoneTilt()` the lowest and highest corner of each shelf, Hz; in
#'   `Telephone()` the lowest and highest lower limit of the band, and upper limit. One number is
#'   that frequency for all.
#' @export
MicrophoneTilt <- function(low_db = c(-9, 6), high_db = c(-9, 6), low_hz = c(100, 500),
                           high_hz = c(1500, 4000), sample_rate = NULL, probability = 0.5,
                           seed = NULL) {
  new_augmentation("MicrophoneTilt",
    low_db = py_range(low_db), high_db = py_range(high_db), low_hz = py_range(low_hz),
    high_hz = py_range(high_hz), sample_rate = py_int(sample_rate),
    probability = py_number(probability), seed = py_int(seed)
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
#' @param semitones Lowest and highest shift, from -12 to 12; one number is that shift for all.
#' @references `PitchShift()`: Puckette, M. (1995). Phase-locked vocoder.
#' @export
PitchShift <- function(semitones = c(-2, 2), sample_rate = NULL, probability = 0.5, seed = NULL) {
  new_augmentation("PitchShift",
    semitones = py_range(semitones), sample_rate = py_int(sample_rate),
    probability = py_number(probability), seed = py_int(seed)
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
#' @param responses Impulse responses: a numeric vector, a matrix with one in each row, or a list of
#'   them, at the rate of the clips; paths of files or of a folder; or a table with a column
#'   `fname`. Each channel is a response. `NULL` draws rooms.
#' @param rt60 Lowest and highest reverberation time of the rooms, seconds.
#' @param distance Lowest and highest distance of source and microphone in the rooms, m.
#' @param rooms How many rooms are drawn, by `seed`; they are always the same with `NULL`.
#' @references `RoomResponse()`: Allen, J. B. and Berkley, D. A. (1979). Image method for
#'   efficiently simulating small-room acoustics.
#' @export
RoomResponse <- function(responses = NULL, rt60 = c(0.2, 0.8), distance = c(0.3, 3), rooms = 64,
                         sample_rate = NULL, probability = 0.5, seed = NULL) {
  new_augmentation("RoomResponse",
    responses = py_noise(responses), rt60 = py_range(rt60), distance = py_range(distance),
    rooms = py_int(rooms), sample_rate = py_int(sample_rate),
    probability = py_number(probability), seed = py_int(seed)
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
#' @references `Telephone()`: ITU-T G.711 and G.712.
#' @export
Telephone <- function(low_hz = 300, high_hz = 3400, sample_rate = NULL, probability = 0.5,
                      seed = NULL) {
  new_augmentation("Telephone",
    low_hz = py_range(low_hz), high_hz = py_range(high_hz), sample_rate = py_int(sample_rate),
    probability = py_number(probability), seed = py_int(seed)
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
