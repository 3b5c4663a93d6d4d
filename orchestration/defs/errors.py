"""What can be wrong with the files and settings that definitions are made from, told in one way."""

from collections.abc import Iterator
from contextlib import contextmanager


class DefinitionsError(RuntimeError):
    """The definitions cannot be made; the message names file, line (or the variable) and remedy."""


@contextmanager
def readable() -> Iterator[None]:
    """Turn errors of suites, registry, dbt project and settings into ``DefinitionsError``, with how to go on."""
    from orchestration.loading.problems import RawError
    from orchestration.quality.suites import SuiteError
    from orchestration.settings import SettingsError
    from orchestration.transform.models import TransformError

    try:
        yield
    except (RawError, SuiteError, TransformError, SettingsError, OSError) as error:
        how = "restart `make dev`" if isinstance(error, SettingsError) else "reload the code location (UI, Deployment)"
        raise DefinitionsError(
            f"{error}\nThe definitions cannot be made before this is mended; then {how}, or run the command again. "
            "Readers of the published file are not concerned."
        ) from error
