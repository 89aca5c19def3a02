"""The version of the package, read by pip and compared by the R face."""

__version__ = "0.1.0"
