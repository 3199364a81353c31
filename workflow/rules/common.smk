# The configuration, what is in the folder of experiments, and where results go.
import os
import sys
from pathlib import Path

from snakemake.utils import validate

# The folder of scripts is no package.
sys.path.insert(0, str(Path(workflow.basedir) / "scripts"))
from experiments import find_stacks
from grid import Grid

if Path("config/config.yaml").is_file():

    configfile: "config/config.yaml"


validate(config, "../schemas/config.schema.yaml")

if config["container"]:

    container: config["container"]


DEFCON = config["defcon_fiji"]
RESULTS = config["results"]
READING = config["options"]["reading"]
SHARDS = config["shards"]
DENSITY = config["density"]
STACKS = find_stacks(config["experiments"]) if config["experiments"] else {}
# Experiments with stacks whose truth is known.
JUDGED = sorted({experiment for (experiment, _), stack in STACKS.items() if stack.truth})
SWEEP = config.get("sweep")
GRID = Grid(SWEEP) if SWEEP else None


wildcard_constraints:
    experiment=r"[^/]+",
    # Else a shard's table could be taken for a stack's.
    stack=r"(?:(?!\.shard-\d+-of-\d+\.).)+",
    shard=r"\d+",
    run=r"[^/]+",


def counts_of(experiment, stack):
    """The table of counts of a stack."""
    return f"{RESULTS}/stacks/{experiment}/{stack}.counts.csv"


def frames_of(wildcards):
    """The file or folder with a stack's frames."""
    return STACKS[wildcards.experiment, wildcards.stack].frames


def folder_of(_, output):
    """The folder that a command writes into, by the first of its files."""
    return os.path.dirname(output[0])
