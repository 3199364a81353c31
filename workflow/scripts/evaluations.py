"""What evaluate writes, as the reports read it."""

import csv


def overall(path: str) -> dict[str, str]:
    """The row of a summary.csv that is over all frames."""
    with open(path, newline="") as file:
        return next(row for row in csv.DictReader(file) if row["grouping"] == "all")
