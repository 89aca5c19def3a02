"""Bodies from elsewhere: published networks that turn waveforms into embeddings, one file each."""

from .vggish import vggish

__all__ = ["vggish"]
