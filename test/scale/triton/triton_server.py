"""Triton with one ONNX graph, run by PyTriton: triton_server.py NAME GRAPH PORT."""

import signal
import sys

import numpy
import onnxruntime
from pytriton.decorators import batch
from pytriton.model_config import ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig

MAX_BATCH = 4

if __name__ == "__main__":
    # The end of the block below ends Triton, which is a process of its own.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    name, graph, port = sys.argv[1:]
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])

    @batch
    def infer(**inputs):
        return session.run(None, inputs)

    def tensors(values) -> list[Tensor]:
        # Triton adds the axis of batches.
        return [Tensor(name=value.name, dtype=numpy.float32, shape=(1, -1, -1)) for value in values]

    config = TritonConfig(http_port=int(port), allow_grpc=False, allow_metrics=False)
    with Triton(config=config) as triton:
        triton.bind(
            model_name=name,
            infer_func=infer,
            inputs=tensors(session.get_inputs()),
            outputs=tensors(session.get_outputs()),
            config=ModelConfig(max_batch_size=MAX_BATCH),
        )
        triton.serve()
