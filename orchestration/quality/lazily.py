"""Packages that are imported by others and used by nobody here."""

import importlib.util
import sys
from contextlib import suppress


def import_when_asked(name: str) -> None:
    """Let ``import`` of a module return at once; its code runs when something of it is asked for.

    Nothing happens where it is imported already, or not installed.
    """
    if name in sys.modules:
        return
    spec = None
    with suppress(ImportError):  # of the package around it
        spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    package, _, own = name.rpartition(".")
    if package:
        setattr(sys.modules[package], own, module)
    spec.loader.exec_module(module)
