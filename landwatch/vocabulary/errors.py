"""Errors a person can act on: what was expected, what was found, where, what to do."""


class LandwatchError(Exception):
    """Root of every error this package raises on purpose.

    The command line prints the message and exits with ``exit_code``.
    """

    exit_code = 1


class InputError(LandwatchError, ValueError):
    """A file or table cannot be used as it is (exit code 1)."""


class UnknownCodeError(InputError):
    """A code, unit or coordinate system is not in the vocabulary (exit code 1)."""


class StudyError(LandwatchError, ValueError):
    """The study file or the command asks for something that does not exist (exit code 2)."""

    exit_code = 2


class EstimationError(LandwatchError, ValueError):
    """The data at hand cannot carry the model asked of them (exit code 1)."""


class FetchError(LandwatchError, ValueError):
    """A file cannot be fetched, or is not what it should be (exit code 1)."""


class OfflineError(FetchError):
    """Nothing can be fetched from where this program runs (exit code 1)."""


class ChangedFileError(FetchError):
    """A file that was fetched before is another one now (exit code 1)."""
