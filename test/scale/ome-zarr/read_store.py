"""Reads a store of maps with zarr-python, ome-zarr-py, ome-zarr-models and napari-ome-zarr.

Prints one line of JSON: what each of them finds.
"""

import base64
import json
import sys

import napari_ome_zarr
import ome_zarr_models
import zarr
from ome_zarr.io import parse_url
from ome_zarr.reader import Reader

path = sys.argv[1]
group = zarr.open_group(path, mode="r")
array = group["0"]
(node,) = Reader(parse_url(path))()
image = ome_zarr_models.open_ome_zarr(group)
(layer, *_) = napari_ome_zarr.napari_get_reader(path)(path)
multiscale = image.attributes.ome.multiscales[0]
print(
    json.dumps(
        {
            "zarr": {
                "shape": array.shape,
                "chunks": array.chunks,
                "dtype": str(array.dtype),
                "names": array.metadata.dimension_names,
                "values": base64.b64encode(array[:].astype("<f4").tobytes()).decode(),
            },
            "ome_zarr": {
                "axes": node.metadata["axes"],
                "scale": node.metadata["coordinateTransformations"][0][0]["scale"],
                "sum": float(node.data[0].sum().compute()),
            },
            "models": {
                "kind": type(image).__name__,
                "version": image.ome_zarr_version,
                "axes": [[axis.name, axis.type, axis.unit] for axis in multiscale.axes],
            },
            "napari": {
                "kind": layer[2],
                "names": layer[1]["axis_labels"],
                "scale": layer[1]["scale"],
                "shape": layer[0][0].shape,
            },
        }
    )
)
