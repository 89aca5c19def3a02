"""Embeddings that several files of tests hear, and what recognises them."""

import json

import hearingai

TAGGER = hearingai.get_recipe(
    "audio-gate",
    network="linear_tagger",
    network_options={"hidden": 2},
    optimizer_options={"learning_rate": 0.01},
    batch_size=16,
    epochs=2,
)


def write_turkeys(path, embeddings, videos=None, turkeys=None):
    """Write embeddings, each `(frames, 128)`, as the file that `turkey()` reads; gives `path`.

    Every clip is a video of its own and every second one a turkey, unless told otherwise.
    """
    times = {"start_time_seconds_youtube_clip": 0, "end_time_seconds_youtube_clip": 10}
    clips = [
        times
        | {
            "vid_id": f"v{videos[i] if videos else i}",
            "audio_embedding": values.tolist(),
            "is_turkey": int(turkeys[i] if turkeys else i % 2),
        }
        for i, values in enumerate(embeddings)
    ]
    path.write_text(json.dumps(clips))
    return path
