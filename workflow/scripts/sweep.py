"""The tables of a sweep: a row for each training, and one for each setting over its seeds."""

import csv
from statistics import mean, stdev

from evaluations import overall

# Of the models' measures over all frames, as evaluate writes them.
MEASURES = (
    "count_bias",
    "count_relative_bias",
    "count_mae",
    "count_rmse",
    "count_correlation",
    "max_local_count_bias",
    "max_local_count_rmse",
    "map_difference",
)


def write(path: str, rows: list[dict[str, str]]) -> None:
    with open(path, "w", newline="") as file:
        table = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def over_seeds(rows: list[dict[str, str]]) -> dict[str, str]:
    """Mean and standard deviation of each measure over the runs of one setting."""
    result = {name: value for name, value in rows[0].items() if name not in ("seed", *MEASURES)}
    result["seeds"] = str(len(rows))
    for measure in MEASURES:
        values = [float(row[measure]) for row in rows if row[measure] != ""]
        result[measure] = f"{mean(values):.6g}" if values else ""
        result[f"{measure}_sd"] = f"{stdev(values):.6g}" if len(values) > 1 else ""
    return result


def main(summaries: list[str], runs: dict[str, dict[str, str]], output) -> None:
    rows = []
    for path, settings in zip(summaries, runs.values(), strict=True):
        found = overall(path)
        rows.append({**settings, **{name: found[name] for name in MEASURES}})
    write(output.runs, rows)
    groups: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in rows:
        key = tuple(value for name, value in row.items() if name not in ("seed", *MEASURES))
        groups.setdefault(key, []).append(row)
    write(output.settings, [over_seeds(group) for group in groups.values()])


main(list(snakemake.input), snakemake.params.runs, snakemake.output)  # noqa: F821
