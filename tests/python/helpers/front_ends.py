"""Log-mel images as published, by the arguments of `LogMel`."""

HEARING_AI = {
    "sample_rate": 22050,
    "window_size": 1168,
    "window_stride": 584,
    "fft_size": 1168,
    "window": "hamming",
    "n_mels": 150,
    "scale": "slaney",
    "norm": "slaney",
    "fmax": 8000,
    "power": 1,
    "frames": 150,
}
SOUND_CLASSIFICATION = {
    "sample_rate": 44100,
    "window_size": 1024,
    "window_stride": 512,
    "n_mels": 64,
    "log": "decibel",
    "padding": "reflect",
    "frames": 344,
}
