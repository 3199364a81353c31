"""Counts frames with tritonclient's unmodified clients of the Open Inference Protocol, in all their ways.

triton_clients.py HTTP-ADDRESS GRPC-ADDRESS TOKEN MODEL FOLDER
Reads the frames of frames.py in FOLDER, and writes WAY.npz for each way: count, max_local_count, density, count_error.
"""

import sys

import numpy as np
import tritonclient.grpc as triton_grpc
import tritonclient.http as triton_http
from tritonclient.utils import InferenceServerException

HTTP, GRPC, TOKEN, MODEL, FOLDER = sys.argv[1:]
OUTPUTS = ["count", "max_local_count", "density", "count_error"]


def bearer():
    """Headers. The HTTP client writes its own into what it is given, so that each call has new ones."""
    return {"authorization": f"Bearer {TOKEN}"}


DATATYPES = {"uint8": "UINT8", "uint16": "UINT16", "uint32": "UINT32", "float32": "FP32"}


def save(way, outputs):
    np.savez(f"{FOLDER}/{way}.npz", **outputs)
    print(way, flush=True)


def triton(module, address, frames, way, binary=None, outputs=OUTPUTS):
    client = module.InferenceServerClient(address)
    flag = {} if binary is None else {"binary_data": binary}
    given = module.InferInput("frames", frames.shape, DATATYPES[frames.dtype.name])
    given.set_data_from_numpy(frames, **flag)
    wanted = [module.InferRequestedOutput(name, **flag) for name in outputs]
    result = client.infer(MODEL, [given], outputs=wanted, headers=bearer(), request_id=way)
    save(way, {name: result.as_numpy(name) for name in outputs})
    client.close()


def triton_questions(module, address, as_dict):
    client = module.InferenceServerClient(address)
    assert client.is_server_live() and client.is_server_ready()
    assert client.is_model_ready(MODEL, headers=bearer())
    assert as_dict(client.get_server_metadata(headers=bearer()))["name"] == "defcon-fiji"
    metadata = as_dict(client.get_model_metadata(MODEL, headers=bearer()))
    assert metadata["inputs"][0]["name"] == "frames", metadata
    assert [output["name"] for output in metadata["outputs"]][:3] == OUTPUTS[:3], metadata
    for headers, expected in [({}, "PROTOCOL_TOKEN"), (bearer(), "MODEL_NOT_FOUND")]:
        try:
            client.get_model_metadata("no such model" if headers else MODEL, headers=headers)
        except InferenceServerException as error:
            assert expected in error.message(), error
        else:
            raise AssertionError(f"no {expected}")
    client.close()


def main():
    frames, small = np.load(f"{FOLDER}/frames.npy"), np.load(f"{FOLDER}/small.npy")
    triton_questions(triton_http, HTTP, lambda answer: answer)
    triton_questions(triton_grpc, GRPC, as_dict)
    triton(triton_http, HTTP, frames, "triton-http-binary", True)
    triton(triton_http, HTTP, small, "triton-http-json", False)
    triton(triton_grpc, GRPC, frames, "triton-grpc")
    triton(triton_grpc, GRPC, frames[0], "triton-grpc-single")
    for kind in ["uint8", "uint32", "float32"]:
        converted = np.load(f"{FOLDER}/{kind}.npy")
        triton(triton_http, HTTP, converted, f"triton-http-{kind}", True)
        triton(triton_grpc, GRPC, converted, f"triton-grpc-{kind}")


def as_dict(answer):
    def tensors(name):
        return [{"name": tensor.name} for tensor in getattr(answer, name, [])]

    return {"name": answer.name, "inputs": tensors("inputs"), "outputs": tensors("outputs")}


main()
