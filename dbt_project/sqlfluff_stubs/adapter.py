"""`adapter.dispatch(name, package)(argument, …)` renders as its first argument."""

from collections.abc import Callable


def dispatch(name: str, package: str = "") -> Callable[..., str]:
    def macro(*arguments: object) -> str:
        return str(arguments[0]) if arguments else name

    return macro


def quote(name: str) -> str:
    return f'"{name}"'
