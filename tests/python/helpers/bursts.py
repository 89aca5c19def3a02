"""Sound in bursts, as the tests of live sound hear it."""

RATE = 100
RULES = {"smooth": 0, "hop": 0.5, "ignore": "quiet"}


def times(events):
    return [(event.start, event.end) for event in events]
