"""The command `khlang` in processes of its own that need no second to begin.

One process has the portal imported and is forked for each command: importing takes longer than most of what tests let a command
do, and one that is to be killed is then met at its work. The tests that use it need the fixture `socket_enabled`.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import portal
from portal.cli import main

LONGEST = 300.0  # seconds
PROCESSES = multiprocessing.get_context("forkserver")
ROOMS = [f"portal.{path.parent.name}.views" for path in Path(portal.__file__).parent.glob("*/views.py")]
WORK = ["portal.harvest.actions", "portal.harvest.worker", "portal.registry.keeping_up", "portal.search.engines.whoosh"]
PROCESSES.set_forkserver_preload([__name__, "portal.app", *ROOMS, *WORK])


def begin(*arguments: str, **environment: str) -> ForkServerProcess:
    """A command that has just begun, in the environment of the test and this beside."""
    process = PROCESSES.Process(target=call, args=(arguments, os.environ | environment))
    process.start()
    return process


def call(arguments: tuple[str, ...], environment: Mapping[str, str]) -> None:
    """Be the command with these arguments. The process it was forked from may have begun in another test's environment."""
    os.environ.clear()
    os.environ.update(environment)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    main(arguments)


def ended(process: ForkServerProcess) -> int:
    """The exit code of a process, when it has come to its end; that of a killed one is negative."""
    process.join(LONGEST)
    assert process.exitcode is not None
    return process.exitcode
