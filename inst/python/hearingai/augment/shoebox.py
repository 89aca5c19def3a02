"""Impulse responses of rooms with six flat walls, drawn at random."""

import numpy as np

SPEED = 343.0  # of sound, m/s
ROOM = np.array([(3, 10), (3, 8), (2.4, 4)])  # lowest and highest length, width and height, m
WALL = 0.3  # least distance from a wall, m
EARLY_S = 0.05  # how long after the direct sound each reflection is computed


def draw_rooms(
    n: int,
    rt60: tuple[float, float],
    distance: tuple[float, float],
    sample_rate: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw impulse responses, float32 `(n, samples)`; the direct sound is 1 at their first sample.

    Args:
        n: How many.
        rt60: Lowest and highest reverberation time, s.
        distance: Lowest and highest distance of source and microphone, m.
        sample_rate: Hz.
        rng: Where the random numbers come from.
    """
    responses = np.zeros((n, max(1, round(rt60[1] * sample_rate))), "float32")
    for response in responses:
        size = rng.uniform(*ROOM.T)
        microphone = rng.uniform(WALL, size - WALL)
        towards = rng.normal(size=3)
        towards *= rng.uniform(*distance) / np.linalg.norm(towards)
        source = np.clip(microphone + towards, WALL, size - WALL)
        made = shoebox(size, source, microphone, rng.uniform(*rt60), sample_rate, rng)
        response[: len(made)] = made[: len(response)]
    return responses


def shoebox(
    size: np.ndarray,
    source: np.ndarray,
    microphone: np.ndarray,
    rt60: float,
    sample_rate: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """The impulse response of a room, until it has decayed by 60 dB.

    Early reflections come from image sources (Allen and Berkley 1979), each at the nearest sample.
    The walls absorb what Eyring's formula asks for and turn the sign (Lehmann and Johansson 2008),
    as positive reflections would add up to a rumble. Later ones are so dense that noise takes their
    place, with the power that image sources have on average.

    Args:
        size: Length, width and height, m.
        source: Place of the source, m, from a corner.
        microphone: Place of the microphone, m.
        rt60: Time in which the sound decays by 60 dB, s.
        sample_rate: Hz.
        rng: Where the noise comes from.

    Returns:
        float64 `(samples,)`, scaled and moved so that the direct sound is 1 at the first sample.
    """
    direct = max(float(np.linalg.norm(source - microphone)), 0.01)
    volume = float(size.prod())
    walls = 2 * (volume / size).sum()
    reflection = -np.exp(-0.5 * 0.161 * volume / (walls * rt60))
    places, bounces = _images(size, source, direct + EARLY_S * SPEED)
    way = np.linalg.norm(places - microphone, axis=1)
    at = np.rint((way - direct) / SPEED * sample_rate).astype(int)
    early, samples = round(EARLY_S * sample_rate), max(1, round(rt60 * sample_rate))
    near = (at >= 0) & (at < early)
    strength = reflection ** bounces[near] * direct / np.maximum(way[near], direct)
    response = np.bincount(at[near], strength, max(samples, early))[:samples]
    late = (np.arange(early, samples) / sample_rate) + direct / SPEED  # since the sound was made
    power = 4 * np.pi * SPEED * direct**2 / (volume * sample_rate) * 10 ** (-6 * late / rt60)
    response[early:] = np.sqrt(power) * rng.normal(size=len(late))
    return response


def _images(size: np.ndarray, source: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """Places of the source's images within about `reach`, and how often each was reflected."""
    along, often = [], []
    for length, place in zip(size, source, strict=True):
        room = np.arange(-(most := int(np.ceil(reach / (2 * length)))), most + 1)
        along.append(np.concatenate([2 * room * length + place, 2 * room * length - place]))
        often.append(np.concatenate([np.abs(2 * room), np.abs(2 * room - 1)]))
    places = np.stack(np.meshgrid(*along, indexing="ij"), axis=-1).reshape(-1, 3)
    return places, np.sum(np.meshgrid(*often, indexing="ij"), axis=0).ravel()
