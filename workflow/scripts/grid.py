"""The grid of a sweep: every combination of its settings, with every seed."""

from itertools import product


class Grid:
    """Runs by name, as "batch-size-8_seed-1"."""

    def __init__(self, sweep: dict) -> None:
        names = [*sweep["parameters"], "seed"]
        values = [*sweep["parameters"].values(), sweep["seeds"]]
        self._common = f"--samples {sweep['samples']} {sweep['options']}".strip()
        settings = [dict(zip(names, each)) for each in product(*values)]
        # What was varied in each run, and its value as the command line has it.
        self.runs: dict[str, dict[str, str]] = {
            "_".join(f"{name}-{_text(value)}" for name, value in each.items()): {
                name: _text(value) for name, value in each.items()
            }
            for each in settings
        }

    def options(self, run: str) -> str:
        """The options of a run's training."""
        own = (_option(name, value) for name, value in self.runs[run].items())
        return " ".join([self._common, *filter(None, own)])


def _text(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _option(name: str, value: str) -> str:
    if value == "false":
        return ""
    return f"--{name}" if value == "true" else f"--{name} {value}"
