"""One table and one page over all stacks: what was counted, and how well where that is known."""

import csv
from dataclasses import dataclass
from html import escape
from statistics import fmean, stdev

from evaluations import overall

COLUMNS = (
    "experiment",
    "stack",
    "frames",
    "count_mean",
    "count_sd",
    "count_min",
    "count_max",
    "count_error_mean",
    "max_local_count_mean",
    "max_local_count_max",
    "unlike_training",
)
ACCURACY = ("frames", "count_true_mean", "count_relative_bias", "count_rmse", "count_correlation")
# Points of a curve; a longer stack is drawn by the means of equal parts.
POINTS = 120
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #222; }
table { border-collapse: collapse; }
th, td { padding: 0.2rem 0.7rem; text-align: right; border-bottom: 1px solid #ddd; }
th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left; }
polyline { fill: none; stroke: #2a6f97; stroke-width: 1; }
"""


@dataclass(frozen=True)
class Counted:
    """A stack's row of the table, and its counts in the order of frames."""

    row: dict[str, str]
    counts: list[float]


def read(experiment: str, stack: str, path: str) -> Counted:
    """What a stack's table of counts tells."""
    with open(path, newline="") as file:
        frames = list(csv.DictReader(file))
    counts = [float(frame["count"]) for frame in frames]
    local = [float(frame["max_local_count"]) for frame in frames]
    errors = [float(error) for frame in frames if (error := frame["count_error"])]
    row = {
        "experiment": experiment,
        "stack": stack,
        "frames": str(len(frames)),
        "count_mean": number(fmean(counts)),
        "count_sd": number(stdev(counts)) if len(counts) > 1 else "",
        "count_min": number(min(counts)),
        "count_max": number(max(counts)),
        "count_error_mean": number(fmean(errors)) if errors else "",
        "max_local_count_mean": number(fmean(local)),
        "max_local_count_max": number(max(local)),
        "unlike_training": str(sum(1 for frame in frames if frame["unlike_training"])),
    }
    return Counted(row, counts)


def number(value: float) -> str:
    return f"{value:.6g}"


def curve(counts: list[float]) -> str:
    """Counts over frames as a line; its height is the largest count."""
    size = -(-len(counts) // POINTS)
    means = [fmean(counts[at : at + size]) for at in range(0, len(counts), size)]
    top = max(max(means), 1e-9)
    width = 180 / max(len(means) - 1, 1)
    points = " ".join(f"{i * width:.1f},{29 - 28 * max(y, 0) / top:.1f}" for i, y in enumerate(means))
    return f'<svg width="180" height="30" role="img"><polyline points="{points}"/></svg>'


def html_table(head: tuple[str, ...], rows: list[list[str]]) -> str:
    """Cells are HTML."""
    titles = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in head)
    body = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>\n<tr>{titles}</tr>\n{body}\n</table>\n"


def page(stacks: list[Counted], accuracy: dict[str, dict[str, str]]) -> str:
    """The page, which needs no other file but links to the evaluations beside it."""
    frames = sum(len(stack.counts) for stack in stacks)
    counted = html_table(
        (*COLUMNS, "counts"),
        [[*(escape(stack.row[name]) for name in COLUMNS), curve(stack.counts)] for stack in stacks],
    )
    judged = html_table(
        ("experiment", "report", *ACCURACY),
        [
            [
                escape(name),
                f'<a href="evaluation/{escape(name)}/report.html">report</a>',
                *(escape(row[each]) for each in ACCURACY),
            ]
            for name, row in accuracy.items()
        ],
    )
    against = f"<h2>Against the truth</h2>\n{judged}" if accuracy else ""
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Counts</title>\n'
        f"<style>{STYLE}</style>\n<h1>{len(stacks)} stacks, {frames} frames</h1>\n"
        f"{counted}{against}</html>\n"
    )


def main(snakemake) -> None:
    keys, tables = snakemake.params.stacks, snakemake.input.counts
    stacks = [read(*key, path) for key, path in zip(keys, tables, strict=True)]
    with open(snakemake.output.table, "w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(stack.row for stack in stacks)
    judged = zip(snakemake.params.experiments, snakemake.input.evaluations, strict=True)
    accuracy = {name: overall(path) for name, path in judged}
    with open(snakemake.output.page, "w") as file:
        file.write(page(stacks, accuracy))


main(snakemake)  # noqa: F821
