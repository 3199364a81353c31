"""Images of a pycro-manager acquisition, with its Python backend and a real MMCore."""

import pytest

pytest.importorskip("pycromanager")

from pycromanager import (
    Acquisition,
    Core,
    multi_d_acquisition_events,
    start_headless,
    stop_headless,
)

from defcon_fiji.adapters.pycromanager import ImageCounter

IMAGES = 200


@pytest.fixture
def headless(demo):
    start_headless(demo.ADAPTERS, config_file=demo.CONFIGURATION, python_backend=True)
    Core().set_property("Camera", "Mode", "Fluorescent Beads")
    Core().set_exposure(10)
    yield
    stop_headless()


def test_every_image_passes_and_names_the_frame_whose_count_it_carries(headless, daemon, capsys):
    with ImageCounter(daemon) as counter:
        with Acquisition(image_process_fn=counter) as acquisition:
            acquisition.acquire(multi_d_acquisition_events(num_time_points=IMAGES))
        stored = acquisition.get_dataset()
    assert counter.error is None
    assert counter.offered == IMAGES
    images = [stored.read_image(time=time) for time in range(IMAGES)]
    tags = [stored.read_metadata(time=time) for time in range(IMAGES)]
    assert [each["Axes"] for each in tags] == [{"time": time} for time in range(IMAGES)]
    assert all(image.shape == (512, 512) for image in images)
    named = {}
    for time, each in enumerate(tags):
        if "DEFCoN-frame" in each:
            assert each["DEFCoN-frame"] <= time
            assert each["DEFCoN-axes"] == {"time": each["DEFCoN-frame"]}
            named[each["DEFCoN-frame"]] = each
    assert named
    for frame in list(named)[:: max(1, len(named) // 10)]:
        direct = daemon.count(images[frame])
        assert named[frame]["DEFCoN-count"] == pytest.approx(direct.count, rel=1e-5)
        local = named[frame]["DEFCoN-maxLocalCount"]
        assert local == pytest.approx(direct.max_local_count, rel=1e-5)
    with capsys.disabled():
        print(f"\n{IMAGES} images acquired, {counter.counted} counted, none lost")
