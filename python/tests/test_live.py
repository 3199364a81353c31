"""A counter for callbacks: frames of any kind, daemons that come and go, and never an exception."""

import time

import numpy as np
import pytest

from defcon_fiji import LiveCounter

from .test_connecting import started


def until(condition):
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.01)


def offer_until_counted(counter, frame, id):
    """Offers a frame with an id until a result of it comes, as a camera would go on."""

    def counted():
        counter.offer(frame, id)
        newest = counter.latest()
        return newest is not None and newest.id == id

    until(counted)


def test_frames_of_any_size_and_type_are_counted_by_one_counter(daemon, frames, predicted):
    rows, _ = predicted
    with LiveCounter(daemon) as counter:
        for id, (number, frame) in enumerate(
            [(0, frames[0]), (1, frames[1].astype("f4")), (2, frames[2]), (3, frames[3].tolist())]
        ):
            offer_until_counted(counter, frame, id)
            expected = float(rows[number]["count"])
            assert counter.latest().count == pytest.approx(expected, rel=1e-5)
            assert counter.error is None
        assert 4 <= counter.counted <= counter.offered


def test_what_cannot_be_counted_is_kept_as_an_error(daemon, frames):
    with LiveCounter(daemon) as counter:
        colours = np.zeros((8, 8, 3), "u1")
        until(lambda: not counter.offer(colours) and counter.error is not None)
        assert counter.error.code == "INPUT_SIZE"
        offer_until_counted(counter, frames[0], 7)
        assert counter.offer(frames[0], id=-1) is False
        assert counter.error.code == "INPUT_OPTION"
        offer_until_counted(counter, frames[0], 8)
        assert counter.error is None
    assert counter.offer(frames[0]) is False
    assert counter.latest().id == 8


def test_a_counter_of_its_own_goes_on_with_the_next_daemon(tmp_path, monkeypatch, home, frames):
    launcher = (home / "launcher.json").read_text()
    monkeypatch.setenv("DEFCON_FIJI_HOME", str(tmp_path))
    (tmp_path / "launcher.json").write_text(launcher)
    first = started("serve", "--port", "0")
    with LiveCounter() as counter:
        offer_until_counted(counter, frames[0], 1)
        first.kill()
        first.wait(60)
        (tmp_path / "daemon.json").unlink()
        second = started("serve", "--port", "0")
        try:
            offer_until_counted(counter, frames[0], 2)
            assert counter.error is None
        finally:
            second.terminate()
            second.wait(60)
