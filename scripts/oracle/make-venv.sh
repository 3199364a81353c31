#!/usr/bin/env bash
# make-venv.sh [PYTHON]: the oracles' environment in .oracle-venv/, from the pinned requirements beside this file. The tests do not need it: their
# fixtures are in test/data. It serves to make those anew and to time TensorFlow in the benchmarks.
set -euo pipefail
cd "$(dirname "$0")/../.."
"${1:-python3}" -m venv .oracle-venv
.oracle-venv/bin/pip install --quiet -r scripts/oracle/requirements.txt
