"""Micro-Manager's demo camera, in a real MMCore."""

import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="session")
def demo():
    """The examples' module of the demo camera."""
    pytest.importorskip("pymmcore_plus")
    pytest.importorskip("mm_test_adapters")
    sys.path.insert(0, str(EXAMPLES))
    try:
        import demo_camera

        yield demo_camera
    finally:
        sys.path.remove(str(EXAMPLES))


@pytest.fixture
def core(demo):
    with demo.demo_core() as core:
        yield core
