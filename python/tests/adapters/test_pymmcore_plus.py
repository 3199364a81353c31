"""Frames of a real MMCore, and events that depend on their counts."""

import json

import pytest

pytest.importorskip("pymmcore_plus")

import useq

from defcon_fiji.adapters.pymmcore_plus import FrameCounter, events

FRAMES = 300


def test_no_frame_is_lost_and_each_count_is_of_the_frame_that_it_names(core, daemon, capsys):
    frames, numbers, results = [], [], {}

    def record(image, event, meta):
        frames.append(image.copy())
        numbers.append(int(meta["camera_metadata"]["ImageNumber"]))
        newest = counter.latest()
        if newest:
            results[newest.id] = newest

    core.mda.events.frameReady.connect(record)
    with FrameCounter(core, daemon=daemon) as counter:
        core.mda.run(useq.MDASequence(time_plan={"interval": 0, "loops": FRAMES}))
    newest = counter.latest()
    results[newest.id] = newest
    assert counter.error is None
    assert len(frames) == counter.offered == FRAMES
    assert numbers == list(range(FRAMES)), "the camera's own numbers have no gap"
    assert frames[0].shape == (512, 512)
    assert newest.id == FRAMES - 1, "the last frame is never skipped"
    for number, result in list(results.items())[:: max(1, len(results) // 10)]:
        assert json.loads(result.metadata) == {"t": number}
        direct = daemon.count(frames[number])
        assert result.count == pytest.approx(direct.count, rel=1e-5)
        assert result.max_local_count == pytest.approx(direct.max_local_count, rel=1e-5)
    with capsys.disabled():
        print(f"\n{FRAMES} frames acquired, {counter.counted} counted, none lost")


def test_the_next_exposure_depends_on_the_newest_count(core, daemon):
    wanted, set_by_core = [], []

    def exposure(newest):
        wanted.append(5.0 if newest is None else 6.0 + newest.id % 7)
        return wanted[-1]

    @core.mda.events.frameReady.connect
    def record(image, event, meta):
        set_by_core.append(meta["exposure_ms"])

    with FrameCounter(core, daemon=daemon) as counter:
        core.mda.run(events(counter, 60, exposure))
    assert len(set_by_core) == counter.offered == 60
    assert set_by_core == wanted
    assert len(set(wanted)) > 1, "no count came during the acquisition"


def test_a_closed_counter_hears_nothing(core, daemon):
    counter = FrameCounter(core, daemon=daemon)
    counter.close()
    core.mda.run(useq.MDASequence(time_plan={"interval": 0, "loops": 3}))
    assert (counter.offered, counter.latest()) == (0, None)
