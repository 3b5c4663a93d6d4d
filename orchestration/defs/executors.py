"""Executors for steps that scale out, chosen by configuration (`orchestration.settings.Execution`).

Everything else runs in one process: a step that starts a process of its own costs seconds and gains nothing there.
"""

import importlib
import logging
from typing import Any

import dagster as dg

from orchestration.settings import Execution, SettingsError


def extraction_executor(execution: Execution) -> dg.ExecutorDefinition:
    """The executor of `extract_inbox`. Raises ``SettingsError`` when it is not installed or its file is wrong."""
    if execution.executor == "in_process":
        return dg.in_process_executor
    executor, config = _executor(execution), _config(execution)
    return executor if config is None else executor.configured(config, name=executor.name)


def _executor(execution: Execution) -> dg.ExecutorDefinition:
    places = {"multiprocess": "dagster:multiprocess_executor", "dask": "dagster_dask:dask_executor"}
    module, name = places.get(execution.executor, execution.executor).split(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        remedy = (
            "run `make dask`"
            if execution.executor == "dask"
            else f"install {module.replace('_', '-')} in the version that fits Dagster {dg.__version__}"
        )
        raise SettingsError(
            f"AI_FIGURES_EXECUTOR is {execution.executor!r}, and that is not installed ({error}); {remedy}, or unset "
            "the variable to extract in one process"
        ) from error
    if not isinstance(found, dg.ExecutorDefinition):
        raise SettingsError(f"AI_FIGURES_EXECUTOR is {execution.executor!r}, and that is not a Dagster executor")
    return found


def _config(execution: Execution) -> dict[str, Any] | None:
    """The file of the setting, else as many processes of this machine as there are workers."""
    if execution.config is not None:
        import yaml

        try:
            config = yaml.safe_load(execution.config.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise SettingsError(f"AI_FIGURES_EXECUTOR_CONFIG: {execution.config} is not YAML ({error})") from error
        if not isinstance(config, dict):
            raise SettingsError(
                f"AI_FIGURES_EXECUTOR_CONFIG: {execution.config} holds no mapping; for Dask on a running cluster it "
                "is `cluster: {existing: {address: tcp://scheduler:8786}}`"
            )
        return config
    if execution.executor == "multiprocess":
        return {"max_concurrent": execution.workers}
    if execution.executor == "dask":
        local = {
            "n_workers": execution.workers,
            "threads_per_worker": 1,
            "dashboard_address": "127.0.0.1:0",
            "silence_logs": logging.ERROR,  # Dask warns that it cannot measure the size of Dagster's events
        }
        return {"cluster": {"local": local}}
    return None
