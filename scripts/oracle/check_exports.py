"""check_exports.py bioimageio FILE | triton FOLDER: holds an exported model against its format's own software.

bioimageio   zipfile's check sums, then bioimageio.core's test: the description is valid, ONNX Runtime makes the test output of the test input, and
             takes all announced sizes and batches
triton       config.pbtxt read by Triton's ModelConfig, then the graph run with the names, types and sizes it states, batched and one by one
Prints what was found as JSON in its last line; ends with another exit code than 0 when something is wrong.
"""
import json
import os
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np


def check_bioimageio(path):
    with zipfile.ZipFile(path) as archive:
        damaged = archive.testzip()
        assert damaged is None, f"{damaged} has another CRC"
        assert "rdf.yaml" in archive.namelist(), archive.namelist()
    with tempfile.TemporaryDirectory() as cache:
        os.environ["BIOIMAGEIO_CACHE_PATH"] = cache
        from bioimageio.core import test_description

        summary = test_description(path, determinism="seed_only")
    entries = [e for detail in summary.details for e in [*detail.errors, *detail.warnings]]
    notes = [f"{'.'.join(map(str, entry.loc))}: {entry.msg}" for entry in entries]
    assert summary.status == "passed", [summary.status, notes]
    return {"status": summary.status, "notes": notes}


def check_triton(folder):
    import onnxruntime
    from google.protobuf import text_format
    from tritonclient.grpc import model_config_pb2 as triton

    (model,) = Path(folder).iterdir()
    config = text_format.Parse((model / "config.pbtxt").read_text(), triton.ModelConfig())
    assert config.backend == "onnxruntime" and config.HasField("dynamic_batching")
    session = onnxruntime.InferenceSession(str(model / "1" / "model.onnx"))

    def stated(tensor):
        assert tensor.data_type == triton.TYPE_FP32, tensor
        return tensor.name, ["batch", *(side if side > 0 else "free" for side in tensor.dims)]

    def actual(tensor):
        assert tensor.type == "tensor(float)", tensor
        return tensor.name, ["batch", *(side if isinstance(side, int) else "free" for side in tensor.shape[1:])]

    assert [stated(t) for t in config.input] == [actual(t) for t in session.get_inputs()]
    assert [stated(t) for t in config.output] == [actual(t) for t in session.get_outputs()]
    channels = config.input[0].dims[0]
    frames = np.random.default_rng(1).poisson(100, (config.max_batch_size, channels, 20, 36)).astype("float32")
    names = [config.output[0].name], config.input[0].name
    (together,) = session.run(names[0], {names[1]: frames})
    alone = np.concatenate([session.run(names[0], {names[1]: frame[None]})[0] for frame in frames])
    assert together.shape == frames.shape
    np.testing.assert_allclose(together, alone, rtol=1e-5, atol=1e-6)
    return {"batch": config.max_batch_size}


check = {"bioimageio": check_bioimageio, "triton": check_triton}[sys.argv[1]]
print(json.dumps(check(sys.argv[2])))
