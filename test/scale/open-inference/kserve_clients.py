"""Counts frames with kserve's unmodified clients of the Open Inference Protocol, in all their ways.

kserve_clients.py HTTP-ADDRESS GRPC-ADDRESS TOKEN MODEL FOLDER
Reads the frames of frames.py in FOLDER, and writes WAY.npz for each way: count, max_local_count, density, count_error.
"""

import asyncio
import sys

import kserve
import numpy as np
from kserve.protocol.infer_type import RequestedOutput

HTTP, GRPC, TOKEN, MODEL, FOLDER = sys.argv[1:]
OUTPUTS = ["count", "max_local_count", "density", "count_error"]


def bearer():
    """Headers. The client writes its own into what it is given, so that each call has new ones."""
    return {"authorization": f"Bearer {TOKEN}"}


def save(way, outputs):
    np.savez(f"{FOLDER}/{way}.npz", **outputs)
    print(way, flush=True)


def kserve_request(frames, way, binary):
    given = kserve.InferInput("frames", list(frames.shape), "UINT16")
    given.set_data_from_numpy(frames, binary_data=binary)
    wanted = [RequestedOutput(name, {"binary_data": binary}) for name in OUTPUTS]
    return kserve.InferRequest(MODEL, [given], request_id=way, request_outputs=wanted)


def save_kserve(way, response):
    assert response.id == way, response.id
    save(way, {output.name: output.as_numpy() for output in response.outputs})


async def kserve_rest(frames, way, binary):
    client = kserve.InferenceRESTClient(kserve.RESTConfig(protocol="v2", timeout=120))
    base = f"http://{HTTP}"
    assert await client.is_server_live(base) and await client.is_server_ready(base)
    assert await client.is_model_ready(base, MODEL, headers=bearer())
    response = await client.infer(base, kserve_request(frames, way, binary), MODEL, bearer())
    save_kserve(way, response)
    await client.close()


async def kserve_grpc(frames, way):
    client = kserve.InferenceGRPCClient(GRPC, timeout=120)
    headers = list(bearer().items())
    assert await client.is_server_live() and await client.is_server_ready()
    assert await client.is_model_ready(MODEL, headers=headers)
    save_kserve(way, await client.infer(kserve_request(frames, way, True), headers=headers))
    await client.close()


def main():
    frames, small = np.load(f"{FOLDER}/frames.npy"), np.load(f"{FOLDER}/small.npy")
    asyncio.run(kserve_rest(frames, "kserve-rest-binary", True))
    asyncio.run(kserve_rest(small, "kserve-rest-json", False))
    asyncio.run(kserve_grpc(frames, "kserve-grpc"))


main()
