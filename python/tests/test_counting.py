"""Counts through the daemon against those of the command line, which runs without it."""

import asyncio
import threading

import numpy as np
import pytest

import defcon_fiji
from defcon_fiji import DefconError


def same(result, row, map_=None):
    assert result.count == pytest.approx(float(row["count"]), rel=1e-5)
    assert result.max_local_count == pytest.approx(float(row["max_local_count"]), rel=1e-5)
    if map_ is not None:
        np.testing.assert_allclose(result.density, map_, rtol=1e-5, atol=1e-6)


def test_a_frame_counts_as_on_the_command_line(daemon, frames, predicted):
    rows, maps = predicted
    for frame, row, map_ in zip(frames, rows, maps, strict=True):
        result = daemon.count(frame, density=True)
        same(result, row, map_)
        assert result.density.shape == frame.shape
        assert result.density.sum() == pytest.approx(result.count, rel=1e-4)
        assert result.count_error == pytest.approx(float(row["count_error"]), rel=1e-3)


def test_large_frames_through_the_daemons_file_count_as_through_messages(home, frames):
    large = [np.tile(frame, (3, 4)) for frame in frames]

    async def counted(through_file):
        async with defcon_fiji.aio.connect() as daemon:
            daemon._is_local = through_file
            options = {"density": True, "unrelated": True}
            async with daemon.stream(shape=large[0].shape, dtype="u2", **options) as stream:
                assert (stream._slots is not None) == through_file
                # More frames than slots, so that slots are used again and frames wait.
                results = await asyncio.gather(*(stream.count(frame) for frame in large * 4))
            return results

    by_file, by_message = asyncio.run(counted(True)), asyncio.run(counted(False))
    for one, other in zip(by_file, by_message, strict=True):
        assert one.count == other.count
        np.testing.assert_array_equal(one.density, other.density)
        assert one.density.sum() == pytest.approx(one.count, rel=1e-4)


def test_every_real_type_and_order_of_pixels_counts_the_same(daemon, frames, predicted):
    row = predicted[0][1]
    wide = np.zeros((48, 128), "u2")
    wide[:, ::2] = frames[1]
    for same_frame in (
        frames[1].astype(">u2"),
        frames[1].astype("f4"),
        frames[1].astype("f8"),
        frames[1].astype("i4"),
        np.asfortranarray(frames[1]),
        wide[:, ::2],
        frames[1].tolist(),
    ):
        same(daemon.count(same_frame), row)


def test_a_stack_is_counted_in_order(daemon, frames, predicted):
    many = np.concatenate([frames] * 8)
    with daemon.stream(shape=frames.shape[1:], dtype=frames.dtype) as stream:
        results = list(stream.count_stack(many))
    assert [result.id for result in results] == list(range(len(many)))
    for result, row in zip(results, predicted[0] * 8, strict=True):
        same(result, row)


def test_offered_frames_are_counted_or_skipped_and_keep_their_ids(daemon, frames, predicted):
    ids = [2**63 + 7 * number for number in range(200)]
    with daemon.stream(shape=frames.shape[1:], dtype="uint16", latest=True) as stream:
        for number, id in enumerate(ids):
            assert stream.offer(frames[number % 6], id)
    results = list(stream.results())
    assert len(results) + stream.skipped == len(ids)
    assert results[-1].id == ids[-1], "the last frame is never skipped"
    assert [result.id for result in results] == sorted(result.id for result in results)
    for result in results:
        same(result, predicted[0][ids.index(result.id) % 6])
    assert stream.latest() is results[-1] or stream.latest().id == ids[-1]


def test_what_is_said_of_a_frame_comes_back_bit_by_bit(daemon, frames):
    said = [
        (2**53 + 1, None, b""),
        (2**64 - 1, 2**63 - 1, bytes(range(256)) * 4),
        (np.uint64(2**63 + 1), -(2**63), b"\0"),
        (0, 0, b""),
    ]
    with daemon.stream(shape=frames.shape[1:], dtype="uint16") as stream:
        for id, timestamp, metadata in said:
            result = stream.count(frames[0], id, timestamp, metadata)
            assert (result.id, result.timestamp, result.metadata) == (id, timestamp, metadata)
            assert result.received_ms <= result.started_ms < result.finished_ms
        result = stream.count(frames[0])
        assert (result.id, result.timestamp, result.metadata) == (len(said), None, b"")
        for wrong in (
            (-1,),
            (2**64,),
            ("7",),
            (1.5,),
            (1, 2**63),
            (1, 0, bytes(1025)),
            (1, 0, "x"),
        ):
            with pytest.raises(DefconError) as caught:
                stream.offer(frames[0], *wrong)
            assert caught.value.code == "INPUT_OPTION"


def test_frames_that_the_camera_skipped_are_told_by_gaps_in_its_ids(daemon, frames):
    options = {"shape": frames.shape[1:], "dtype": "uint16", "consecutive_ids": True}
    with daemon.stream(**options) as stream:
        assert [stream.count(frames[0], id).skipped for id in (5, 6, 9, 10)] == [0, 0, 2, 2]
        assert stream.skipped == 2
    first = 2**64 - 400
    with daemon.stream(**options, latest=True) as stream:
        # Gaps are counted from the first frame that reaches the daemon.
        counted = stream.count(frames[0], first)
        for number in range(1, 200):
            stream.offer(frames[0], first + number + number // 5)
    results = [counted, *stream.results()]
    assert [result.id - first for result in results] == [
        number + result.skipped for number, result in enumerate(results)
    ]
    assert results[-1].id == first + 199 + 199 // 5
    assert stream.skipped == results[-1].skipped


def test_an_unknown_option_is_named(daemon, frames):
    with pytest.raises(TypeError, match="'denisty': expected density"):
        daemon.count(frames[0], denisty=True)


def test_a_frame_may_be_changed_once_it_was_offered(daemon, frames, predicted):
    buffer = frames[0].copy()
    with daemon.stream(shape=buffer.shape, dtype="uint16", latest=True) as stream:
        stream.offer(buffer)
        buffer[:] = 0
    same(next(stream.results()), predicted[0][0])


def test_threads_share_a_connection(daemon, frames, predicted):
    found = {}

    def count(number):
        found[number] = [daemon.count(frames[number]).count for _ in range(5)]

    threads = [threading.Thread(target=count, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, row in enumerate(predicted[0]):
        assert found[number] == pytest.approx([float(row["count"])] * 5, rel=1e-5)


def test_large_frames_go_in_fragments(daemon, frames, predicted):
    tiled = np.tile(frames[0], (24, 20))
    small = daemon.count(frames[0])
    assert tiled.nbytes > 1_048_576
    large = daemon.count(tiled)
    assert large.count == pytest.approx(480 * small.count, rel=0.05)


def test_asyncio(home, frames, predicted):
    async def run():
        async with defcon_fiji.aio.connect() as daemon:
            results = await asyncio.gather(*(daemon.count(frame) for frame in frames))
            async with daemon.stream(shape=(48, 64), dtype="uint16") as stream:
                for frame in frames:
                    await stream.send(frame)
                await stream.close()
                return results, [result async for result in stream.results()]

    for results in asyncio.run(run()):
        for result, row in zip(results, predicted[0], strict=True):
            same(result, row)


def test_models_are_listed(daemon):
    names = {model.name for model in daemon.models}
    assert {"defcon", "defcon-fast"} <= names
    assert [model.name for model in daemon.list_models() if model.is_default] == ["defcon"]
    assert (daemon.engine, daemon.device) == ("onnxruntime", "cpu")


@pytest.mark.parametrize(
    ("frame", "code", "words"),
    [
        (np.zeros((3, 4, 5)), "INPUT_SIZE", r"shape \(3, 4, 5\)"),
        (np.zeros(7), "INPUT_SIZE", r"shape \(7,\)"),
        (np.zeros((0, 5)), "INPUT_SIZE", r"shape \(0, 5\)"),
        (np.zeros((8, 8), complex), "INPUT_PIXEL_TYPE", "complex128"),
        ([["a", "b"]], "INPUT_PIXEL_TYPE", "<U1"),
        (np.full((8, 8), 2**24 + 1), "INPUT_PIXEL_VALUE", "16777217"),
        (np.full((8, 8), np.nan), "INPUT_PIXEL_VALUE", "finite|NaN|nan"),
    ],
)
def test_a_frame_that_cannot_be_counted_is_refused(daemon, frames, predicted, frame, code, words):
    with pytest.raises(DefconError, match=words) as caught:
        daemon.count(frame)
    assert caught.value.code == code
    same(daemon.count(frames[0]), predicted[0][0])


def test_an_unknown_model_is_refused(daemon, frames):
    with pytest.raises(DefconError, match="no-such-model") as caught:
        daemon.count(frames[0], "no-such-model")
    assert caught.value.code == "MODEL_NOT_FOUND"


def test_a_frame_of_another_size_or_type_is_refused_by_a_stream(daemon, frames):
    with daemon.stream(shape=(48, 64), dtype="uint16") as stream:
        with pytest.raises(DefconError, match=r"64 x 48 pixels.*found 48 x 48"):
            stream.count(frames[0][:, :48])
        with pytest.raises(DefconError, match=r"uint16.*found uint8"):
            stream.offer(frames[0].astype("u1"))
