"""Audio classification: recordings in folders go in, a trained classifier comes out.

Importing hearingai loads neither TensorFlow nor Keras; the first function that needs them does.
Where each name comes from stands in `__init__.pyi`.
"""

import lazy_loader

from ._registration import register
from .version import __version__ as __version__

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

register()
