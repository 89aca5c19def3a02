#' Networks and their arguments
#'
#' A recipe names its network. [get_recipe()] and [tune()] can choose another one, and arguments for
#' it as `network_options`. [network()] builds one of your own.
#'
#' Networks of images, `(frames, bins, channels)`, for the recipes of sound:
#' \describe{
#'   \item{`speech_cnn`}{The tutorial's CNN for words, four convolutions and two dense layers;
#'     2,226,846 parameters with images of 98 by 257 and 30 classes.}
#'   \item{`speech_cnn_small`}{Three convolutions on normalised images, independent of gain.}
#'   \item{`dcase_vgg`}{Eleven convolutions, as published for UrbanSound8K; 1,448,786 parameters
#'     with images of 150 by 150 by 3 and ten classes. `initializer = "random_normal"`: the
#'     initial weights of its convolutions, by the name of a Keras initializer.}
#'   \item{`sound_cnn`}{A small CNN on normalised images; 25,842 parameters with ten classes.}
#'   \item{`bc_resnet`}{BC-ResNet, which filters the average of all bins in time; `width = 1` (1.5,
#'     2, 3, 6, 8) gives 9,232 parameters with 12 classes, 8 gives 321,068. `dropout = 0.1`.}
#'   \item{`small_resnet`}{Three residual blocks on normalised images; 85,756 parameters with
#'     images of 98 by 40 and 12 classes. `dropout = 0.2`.}
#' }
#'
#' Networks of embeddings, `(frames, values)`:
#' \describe{
#'   \item{`embedding_head`}{The head on a body, see [get_body()]: two dense layers, or one.
#'     `hidden = 192` (0 for one layer), `pooling = "flatten"` keeps the order of the embeddings,
#'     `"mean"` averages them, `"statistics"` takes the mean, the largest and the smallest of each
#'     value; a body has its usual one. `dropout = 0.5`.}
#'   \item{`gru_tagger`}{A bidirectional GRU; 201,217 parameters. `units = 128`, `dropout = 0`.}
#'   \item{`attention_gru_tagger`}{The same with attention over the frames, those of silence
#'     left out; 199,179 parameters. `units = 128`, `dropout = 0`.}
#'   \item{`attention_tagger`}{Dense layers frame by frame, and attention over the frames.
#'     `units = 512`, `depth = 3`, `dropout = 0.5`.}
#'   \item{`linear_tagger`}{Two dense layers. `hidden = 64`, `dropout = 0`.}
#'   \item{`conv1d_tagger`}{Convolutions over time: the first of Conv1d, ReLU, Conv1d, Dropout,
#'     MaxPool1d, Conv1d, Dropout, and a dense layer; `active_layers = 8` (2 to 8) counts them
#'     all. `kernel_size = 3`, `filters = 64`, `dropout = 0.2`.}
#'   \item{`conv2d_tagger`}{Convolutions over time and values, and two dense layers.
#'     `kernel_size = 2`, `filters = 4`, `hidden = 64`, `dropout = 0.2`.}
#'   \item{`lstm_tagger`}{LSTMs between a start and an end token. `layers = 1` (to 4),
#'     `units = 128`, `dropout = 0.2`.}
#'   \item{`transformer_tagger`}{A transformer's encoder. `layers = 2`, `heads = 4`,
#'     `hidden = 256`, `dropout = 0.1`.}
#' }
#'
#' An argument that a network does not have, or an invalid value, is an error that names it.
#'
#' @source The articles and the code of the five systems; each recipe names its own in `source`.
#' @name networks
#' @family classifier
#' @concept neural network
#' @concept convolutional network
#' @concept recurrent network
#' @examplesIf hearingai_available()
#' get_recipe("audio-gate", network = "lstm_tagger", network_options = list(layers = 2, units = 64))
#' create_classifier(get_recipe("hearing-ai", network = "sound_cnn"), c("dog", "rain"), seed = 1)
NULL
