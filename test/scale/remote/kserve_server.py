"""A KServe model server with one ONNX graph: kserve_server.py NAME GRAPH PORT [CERT KEY]."""

import sys

import onnxruntime
from kserve import InferOutput, InferRequest, InferResponse, Model, ModelServer

NUMBERS = {"tensor(float)": "FP32"}


class OnnxModel(Model):
    """Runs a graph by ONNX Runtime, whatever its inputs and outputs are called."""

    def __init__(self, name: str, graph: str) -> None:
        super().__init__(name)
        self.session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
        self.ready = True

    def get_input_types(self) -> list[dict]:
        return [described(value) for value in self.session.get_inputs()]

    def get_output_types(self) -> list[dict]:
        return [described(value) for value in self.session.get_outputs()]

    def predict(self, payload: InferRequest, headers=None, response_headers=None) -> InferResponse:
        feeds = {tensor.name: tensor.as_numpy() for tensor in payload.inputs}
        names = [value.name for value in self.session.get_outputs()]
        outputs = []
        for name, values in zip(names, self.session.run(names, feeds), strict=True):
            output = InferOutput(name, list(values.shape), "FP32")
            output.set_data_from_numpy(values, binary_data=True)
            outputs.append(output)
        return InferResponse(payload.id, self.name, outputs, requested_outputs=payload.request_outputs)


def described(value) -> dict:
    shape = [axis if isinstance(axis, int) else -1 for axis in value.shape]
    return {"name": value.name, "datatype": NUMBERS[value.type], "shape": shape}


if __name__ == "__main__":
    name, graph, port, *tls = sys.argv[1:]
    certificate, key = tls or (None, None)
    server = ModelServer(http_port=int(port), enable_grpc=False, ssl_certfile=certificate, ssl_keyfile=key)
    server.start([OnnxModel(name, graph)])
