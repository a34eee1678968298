"""What the command line says while it works: a progress bar in a terminal, plain lines elsewhere, nothing with `--json`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@dataclass(frozen=True, slots=True)
class Telling:
    """`step` names the source that begins, `item` what of it is being done, `line` prints a line for good."""

    step: Callable[[str], None]
    item: Callable[[str, int], None]
    line: Callable[[str], None]


@contextmanager
def telling(total: int, *, quiet: bool) -> Iterator[Telling]:
    """Tell about `total` sources on standard error."""
    console = Console(stderr=True, quiet=quiet, highlight=False, markup=False, soft_wrap=True)
    if quiet or not console.is_terminal:
        done = iter(range(1, total + 1))
        yield Telling(
            step=lambda name: console.print(f"[{next(done)}/{total}] {name}"),
            item=lambda text, seen: console.print(f"  {seen}. {text}"),
            line=console.print,
        )
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[item]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("ดึงข้อมูล / harvest", total=total, item="")
        begun = 0

        def step(name: str) -> None:
            nonlocal begun
            bar.update(task, completed=begun, description=name, item="")
            begun += 1

        yield Telling(
            step=step,
            item=lambda text, seen: bar.update(task, item=f"{seen}. {text[:40]}"),
            line=bar.console.print,
        )
        bar.update(task, completed=total)
