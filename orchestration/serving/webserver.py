"""Dagster's web server behind the guard: ``python -m orchestration.serving.webserver --workspace FILE --port N``.

Belongs here: how the guard gets in front. Dagster's own command takes no middleware; its application is built as that
command builds it and wrapped as a whole, so that no route can be reached around the guard.
"""

import argparse
import socket
import sys
from contextlib import suppress

import uvicorn
from dagster import DagsterInstance
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster._utils.interrupts import setup_interrupt_handlers
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__

from orchestration.serving import health
from orchestration.serving.guard import Guard, allowed_hosts
from orchestration.settings import load_ui_hosts

_POLL_MILLISECONDS = 2000  # how often the UI asks for news; `dagster dev` has the same


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    setup_interrupt_handlers()
    try:
        listening = socket.create_server(("127.0.0.1", arguments.port))
    except (OSError, OverflowError) as error:
        print(
            f"port {arguments.port} of this machine cannot be used ({error}); end what uses it, or choose another "
            "one: make dev PORT=3001",
            file=sys.stderr,
        )
        return 1
    port = listening.getsockname()[1]
    with DagsterInstance.get() as instance:
        instance.optimize_for_webserver(15_000, 3600, 20)  # the defaults of `dagster-webserver`
        with WorkspaceProcessContext(
            instance, WorkspaceFileTarget([arguments.workspace]), version=__version__
        ) as context:
            app = health.Health(
                create_app_from_workspace_process_context(context, live_data_poll_rate=_POLL_MILLISECONDS),
                lambda: health.look(context),
            )
            server = uvicorn.Server(
                uvicorn.Config(Guard(app, allowed_hosts(port, load_ui_hosts())), log_level="warning")
            )
            print(f"\nThe Dagster UI is at http://127.0.0.1:{port} (Ctrl-C ends it)\n", flush=True)
            with suppress(KeyboardInterrupt):  # uvicorn ends in order, then raises what ended it
                server.run(sockets=[listening])
    return 0


if __name__ == "__main__":
    sys.exit(main())
