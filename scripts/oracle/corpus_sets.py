"""corpus_sets.py OUT_DIR: training sets, settings of trainings and models as other programs write them, for `npm run corpus`.

Training sets are those of dataset_fixtures.py, models those of foreign_models.py, which are written into OUT_DIR/sets and OUT_DIR/models. OUT_DIR/cases.json
says what is to become of each. Needs the built program.
"""
import base64
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
import tifffile

here = Path(__file__).resolve().parent
out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
for script, folder in (("dataset_fixtures", "sets"), ("foreign_models", "models")):
    subprocess.run([sys.executable, here / f"{script}.py", out / folder], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
cases = []


def case(name, what, *run, **expected):
    cases.append({"case": name, "what": what, **({"run": list(run)} if run else {}), **expected})


# Sets. What `summary` says, `train` does.
for name, what, words in (
    ("two_sets", "h5py's arrays, float64", ["9 samples to train on"]),
    ("temporal", "groups of three frames; float32, big endian, booleans", ["3 samples to train on"]),
    ("no_seg_map", "h5py's, without segmentation maps", ["no segmentation maps", "above 0.03", "9 samples to train on"]),
    ("camera_frames", "frames of uint8 and uint16", ["divided by 255", "divided by 65535", "9 samples to train on"]),
    ("chunks", "compressed chunks of several samples", ["9 samples to train on"]),
    ("nan_frame", "NaN in the last frame", ["cannot be trained on", "found NaN in sample 3"]),
    ("not_finite", "NaN in a density map", ["cannot be trained on", "finite numbers in target/a"]),
    ("raw_values", "frames that were not divided", ["cannot be trained on", "values from 0 to 1"]),
    ("no_target", "frames without maps", ["cannot be trained on", "add-target"]),
):
    case(f"summary {name}", what, "dataset", "summary", f"{{dir}}/sets/{name}.h5", output=words)
for name, what, words in (
    ("lzf", "LZF, a filter of h5py's", ["compression lzf", 'compression="gzip"']),
    ("half", "frames of float16", ["found float16"]),
    ("signed_frames", "frames of int16", ["found int16", "divided by 255 and 65535"]),
    ("no_groups", "HDF5 of another kind", ["input, target, seg_map", "none of them"]),
    ("not_closed", "marked as being written", ["no other program writes to", "h5clear"]),
):
    case(f"summary {name}", what, "dataset", "summary", f"{{dir}}/sets/{name}.h5", error=words)
    case(f"train {name}", what, "train", "--set", f"{{dir}}/sets/{name}.h5", "-o", f"{{dir}}/{name}", error=words[:1])
case("train nan_frame", "NaN in the last frame, found before the first epoch", "train", "--set", "{dir}/sets/nan_frame.h5", "-o", "{dir}/nan", error=["found NaN in sample 3"])
with h5py.File(out / "sets" / "lzf.h5") as old, h5py.File(out / "sets" / "gzip.h5", "w") as new:
    for group in ("input", "target"):
        new.create_dataset(f"{group}/a", data=old[f"{group}/a"], compression="gzip")
case("lzf, written again", "as the error advises", "dataset", "summary", "{dir}/sets/gzip.h5", output=["2 samples to train on"])
case("compact chunks", "compressed chunks of several samples", "dataset", "compact", "{dir}/sets/chunks.h5", "-o", "{dir}/compacted.h5", output=["9 samples of 20 x 16"])
case("compact no_seg_map", "without segmentation maps", "dataset", "compact", "{dir}/sets/no_seg_map.h5", "-o", "{dir}/compacted2.h5", output=["9 samples of 20 x 16"])
case("new", "an empty set", "dataset", "new", "{dir}/new.h5", output=["without frames yet"])
case("add .h5:stack", "an array of uint16 as frames", "dataset", "add-input", "{dir}/new.h5", "a", "{dir}/sets/camera_frames.h5:stack", output=["5 frames of 20 x 16"])
case("add .h5:target", "float64 maps as target", "dataset", "add-target", "{dir}/new.h5", "a", "{dir}/sets/two_sets.h5:target/alpha", output=["5 frames of 20 x 16"])
quick = ["--epochs", "1", "--batch-size", "8"]
case("train camera_frames", "frames of uint8 and uint16, no segmentation maps", "train", "--set", "{dir}/sets/camera_frames.h5", "-o", "{dir}/camera", *quick, output=["wrote"])
case("more epochs", "--resume of that training with 2 epochs", "train", "--set", "{dir}/sets/camera_frames.h5", "-o", "{dir}/camera", "--epochs", "2", "--batch-size", "8", "--resume",
     output=["density.epochs 2 instead of 1", "density epoch 2", "wrote"])
case("other batches", "--resume with another batch size", "train", "--set", "{dir}/sets/camera_frames.h5", "-o", "{dir}/camera", "--batch-size", "4", "--epochs", "2", "--resume",
     error=["density.batchSize 4 instead of 8", "--learning-rate"])
case("split 0", "no validation", "train", "--set", "{dir}/sets/two_sets.h5", "-o", "{dir}/all", "--validation-split", "0", *quick, output=["9 samples of 20x16 to train on, 0 to validate with", "wrote"])
case("init of a half", "the original's weights after its first stage", "train", "--set", "{dir}/sets/two_sets.h5", "-o", "{dir}/half", "--init", "{dir}/models/segmentation.h5", *quick, output=["wrote"])

# The original's configuration.
INI = """[General]
ModelName = my_model.h5
TrainingSetPath = sets/two_sets.h5
OutputDir = FOLDER

[SegNet]
BatchSize = 8
NumEpochs = 1
ValidationSplit = 0.2
AdamLR = 0.001

[DensityNet]
LambdaFactor = 0.01
BatchSize = 8
NumEpochs = 1
ValidationSplit = 0.2
AdamLR = 0.001
"""
for name, what, change, encoding, expected in (
    ("plain", "as the original has it", None, "utf-8", dict(output=["my_model.onnx"])),
    ("bom", "UTF-8 with a byte order mark", None, "utf-8-sig", dict(output=["my_model.onnx"])),
    ("utf16", "UTF-16, as Windows writes it", None, "utf-16", dict(output=["my_model.onnx"])),
    ("missing", "a key left out", ("NumEpochs = 1\n", "", 1), "utf-8", dict(output=["left out, so that [SegNet] NumEpochs = 15", "my_model.onnx"])),
    ("misspelt", "a misspelt key", ("NumEpochs", "NumEpoch", 1), "utf-8", dict(error=["found numepoch", "Write NumEpochs"])),
    ("misspelt_set", "the set's key misspelt", ("TrainingSetPath", "TrainigSetPath", 1), "utf-8", dict(error=["Write TrainingSetPath"])),
    ("empty_name", "an empty ModelName", ("my_model.h5", "", 1), "utf-8", dict(error=["[General] ModelName", "found nothing"])),
):
    text = INI.replace("FOLDER", f"ini_{name}")
    (out / f"{name}.ini").write_bytes((text.replace(*change) if change else text).encode(encoding))
    case(f"{name}.ini", what, "train", f"{{dir}}/{name}.ini", **expected)

# Models.
expected = json.loads((out / "models" / "foreign.json").read_text())


def array(text):
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(expected["shape"])


tifffile.imwrite(out / "frames.tif", array(expected["pixels"]), imagej=True)
for name, density in expected["density"].items():
    np.save(out / f"{name}.npy", array(density))
for name, what, right in (
    ("fast.keras", "Keras 3's own format", "keras"),
    ("fast.weights.h5", "Keras 3's weights alone", "keras"),
    ("fast.h5", "Keras 3's .h5", "keras"),
    ("external.onnx", "ONNX with external data", "keras"),
    ("half.onnx", "ONNX in half precision (onnxconverter-common)", "half"),
    ("tf2onnx.onnx", "ONNX by tf2onnx", "keras"),
):
    case(f"model {name}", what, "predict", "{dir}/frames.tif", "-m", f"{{dir}}/models/{name}", "-o", f"{{dir}}/maps_{name}", exit=0)
    case(f"maps of {name}", f"what {'Keras' if right == 'keras' else 'ONNX Runtime'} makes of the frames", file=f"maps_{name}/frames.density.tif", pixels=f"{right}.npy", tolerance=1e-6 if right == "keras" else 1e-3)
for name, what, words in (
    ("dynamic.onnx", "quantised by ONNX Runtime, dynamically", ["quantised to 8 bits", "before it was quantised"]),
    ("static.onnx", "quantised by ONNX Runtime, statically", ["quantised to 8 bits", "before it was quantised"]),
    ("other.onnx", "another network, by tf2onnx", ["ONNX model of tf2onnx"]),
    ("other.keras", "another network, by Keras 3", ["layers first, last"]),
):
    case(f"model {name}", what, "model", "info", f"{{dir}}/models/{name}", error=words)
(out / "alone").mkdir()
shutil.copy(out / "models" / "external.onnx", out / "alone")
case("external data missing", "ONNX without the file beside it", "model", "info", "{dir}/alone/external.onnx", error=["the file external.data beside it", "Copy external.data"])
subprocess.run(["node", here.parents[1] / "bin" / "defcon-fiji.js", "export", out / "models" / "fast.h5", "--format", "bioimageio", "-o", out / "package.zip"], check=True, stdout=subprocess.DEVNULL)
with zipfile.ZipFile(out / "package.zip") as package, zipfile.ZipFile(out / "folder.zip", "w") as folder:
    for name in package.namelist():
        folder.writestr(f"my model/{name}", package.read(name))
    folder.writestr("__MACOSX/my model/._rdf.yaml", b"x")
case("package in a folder", "a bioimage.io package, packed with its folder", "model", "info", "{dir}/folder.zip", output=["defcon-fast"])
with zipfile.ZipFile(out / "texts.zip", "w") as texts:
    texts.writestr("notes.txt", "x")
case("zip of texts", "a zip archive of something else", "model", "info", "{dir}/texts.zip", error=["a zip archive with notes.txt"])

(out / "cases.json").write_text(json.dumps(cases, indent=1))
print(len(cases), "cases")
