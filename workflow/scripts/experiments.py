"""Finds the stacks below a folder of experiments, and the truth that lies beside them."""

from dataclasses import dataclass
from pathlib import Path

# Endings of recordings, as docs/formats.md lists them; the longest that fits is no part of the name.
ENDINGS = (
    ".ome.zarr",
    ".ome.tiff",
    ".ome.tif",
    ".tiff",
    ".zarr",
    ".tif",
    ".dax",
    ".spe",
    ".sif",
    ".nd2",
    ".raw",
)
# Endings of tables of emitters.
TABLES = (".csv", ".tsv", ".txt", ".xls", ".hdf5")
# Results that may lie beside the frames.
RESULTS = (".counts.csv", ".density.tif")


@dataclass(frozen=True)
class Stack:
    """Frames, and what tells their truth: a table, and a simulation's settings."""

    frames: str
    truth: tuple[str, ...] = ()


class NameTaken(ValueError):
    """Two stacks whose results would have the same names."""


def find_stacks(folder: str) -> dict[tuple[str, str], Stack]:
    """All stacks by experiment and name, in order of both.

    A folder in `folder` is an experiment. Its stacks lie in it, or one folder below. A name is the
    path in the experiment, without the ending.
    """
    root = Path(folder)
    if not root.is_dir():
        raise FileNotFoundError(
            f"experiments: expected a folder of experiments, found none at {root}. "
            "Name it in config/config.yaml."
        )
    found: dict[tuple[str, str], Stack] = {}
    for experiment in _folders(root):
        for place in [experiment, *_folders(experiment)]:
            stacks = [(path, name) for path in _entries(place) if (name := _stack_name(path))]
            for path, name in stacks:
                key = (experiment.name, (place.relative_to(experiment) / name).as_posix())
                if key in found:
                    raise NameTaken(
                        f"{path} and {found[key].frames}: expected stacks whose results have "
                        "different names. Rename one of them."
                    )
                alone = place != experiment and len(stacks) == 1
                found[key] = Stack(str(path), _truth(place, name, alone))
    return dict(sorted(found.items()))


def _truth(place: Path, name: str, alone: bool) -> tuple[str, ...]:
    """The table NAME.csv beside a stack; any one table where the stack has a folder of its own."""
    tables = [
        path
        for path in _entries(place)
        if path.suffix.lower() in TABLES and not path.name.endswith(RESULTS)
    ]
    own = tables if alone else [path for path in tables if path.stem == name]
    if len(own) != 1:
        return ()
    settings = place / "config.json"
    return (str(own[0]), *([str(settings)] if alone and settings.is_file() else []))


def _stack_name(path: Path) -> str | None:
    """A stack's name without its ending; None for what is no stack."""
    lower = path.name.lower()
    ending = next((each for each in ENDINGS if lower.endswith(each)), None)
    if ending is None or lower.endswith(RESULTS) or path.is_dir() != ending.endswith(".zarr"):
        return None
    return path.name[: -len(ending)]


def _folders(place: Path) -> list[Path]:
    return [path for path in _entries(place) if path.is_dir() and _stack_name(path) is None]


def _entries(place: Path) -> list[Path]:
    return sorted(path for path in place.iterdir() if not path.name.startswith("."))
