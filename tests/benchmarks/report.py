"""Results as tables, as Markdown and as a picture."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from textwrap import fill

import matplotlib as mpl
import psutil
from rich.table import Table

from tests.benchmarks.growth import Curve
from tests.benchmarks.load import Cost
from tests.benchmarks.questions import QUESTIONS
from tests.benchmarks.race import REFERENCE, Costs

mpl.use("svg")
mpl.rcParams |= {"svg.hashsalt": "ats-gateway", "font.size": 9}
from matplotlib import pyplot as plt  # noqa: E402  after the choice of the backend

BEGIN, END = "<!-- results -->", "<!-- end of results -->"
Rows = list[list[str]]

TENFOLD = 10
"""Values that are further apart are drawn by their logarithms: what is linear is straight either way."""


def race_rows(costs: Costs) -> Rows:
    """A row per question and server: what it costs, and as a ratio to what was written by hand."""
    head = ["question", "server", "CPU ms", "ratio", "p50 ms", "ratio", "p99 ms", "calls", "RSS MB"]
    rows = [
        _row(question.name, name, found[question.name], costs[REFERENCE][question.name])
        for question in QUESTIONS
        for name, found in costs.items()
    ]
    return [head, *rows]


def _row(question: str, name: str, cost: Cost, base: Cost) -> list[str]:
    cpu, p50 = cost.cpu_ms / base.cpu_ms, cost.p50_ms / base.p50_ms
    figures = [f"{cost.cpu_ms:.2f}", f"{cpu:.2f}", f"{cost.p50_ms:.1f}", f"{p50:.2f}", f"{cost.p99_ms:.1f}"]
    return [question, name, *figures, f"{cost.calls:.1f}", f"{cost.rss_mb:.0f}"]


def cold_rows(cold: dict[str, float]) -> Rows:
    """How long each takes from its start to its first answer."""
    return [["server", "seconds to the first answer"], *([name, f"{seconds:.2f}"] for name, seconds in cold.items())]


def growth_rows(curves: Sequence[Curve]) -> Rows:
    """A row per curve."""
    return [["what", "over", "unit", "values"], *([c.title, c.over, c.unit, _points(c)] for c in curves)]


def _points(curve: Curve) -> str:
    return ", ".join(f"{at:,}: {value:.3g}" for at, value in curve.points)


def on_a_terminal(rows: Rows) -> Table:
    """For people."""
    table = Table(*rows[0])
    for row in rows[1:]:
        table.add_row(*row)
    return table


def write(folder: Path, tables: Sequence[Rows], costs: Costs, curves: Sequence[Curve]) -> None:
    """Put tables and pictures into the README of the benchmarks."""
    readme = folder / "README.md"
    before, _, rest = readme.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    text = "\n\n".join([machine(), *("\n".join(_markdown(rows)) for rows in tables), *_pictures(folder, costs, curves)])
    readme.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def machine() -> str:
    """When and where it was measured."""
    memory = psutil.virtual_memory().total / 2**30
    python = platform.python_version()
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {psutil.cpu_count()} shared cores ({platform.machine()}), "
        f"{memory:.0f} GiB, {platform.system()}, CPython {python}."
    )


def _markdown(rows: Rows) -> Iterator[str]:
    yield f"| {' | '.join(rows[0])} |"
    yield f"|{'---|' * len(rows[0])}"
    yield from (f"| {' | '.join(row)} |" for row in rows[1:])


def _pictures(folder: Path, costs: Costs, curves: Sequence[Curve]) -> Iterator[str]:
    _draw_race(folder / "race.svg", costs)
    yield "![CPU per request, as a ratio to what was written by hand](race.svg)"
    if curves:
        _draw_growth(folder / "growth.svg", curves)
        yield "![How cost grows](growth.svg)"


def _draw_race(path: Path, costs: Costs) -> None:
    figure, axes = plt.subplots(figsize=(8, 3.2), layout="constrained")
    width = 0.8 / len(costs)
    for number, (name, found) in enumerate(costs.items()):
        ratios = [found[q.name].cpu_ms / costs[REFERENCE][q.name].cpu_ms for q in QUESTIONS]
        axes.bar([at + number * width for at in range(len(QUESTIONS))], ratios, width, label=name)
    axes.set_xticks([at + 0.4 - width / 2 for at in range(len(QUESTIONS))], [q.name for q in QUESTIONS])
    axes.set_ylabel(f"CPU per request, {REFERENCE} = 1")
    axes.legend()
    figure.savefig(path, metadata={"Date": None})


def _draw_growth(path: Path, curves: Sequence[Curve]) -> None:
    figure, places = plt.subplots(1, len(curves), figsize=(3 * len(curves), 2.6), layout="constrained")
    for axes, curve in zip(places, curves, strict=True):
        at, values = zip(*curve.points, strict=True)
        axes.plot(at, values, marker="o")
        axes.set(title=fill(curve.title, 24), xlabel=curve.over, ylabel=curve.unit, xscale="log")
        if max(values) > TENFOLD * min(values):
            axes.set_yscale("log")
        else:
            axes.set_ylim(0, 1.1 * max(values))
    figure.savefig(path, metadata={"Date": None})
