#!/usr/bin/env bash
# make-tfjs.sh: TensorFlow.js with its native binding in .tfjs-node/, for the tests of the tensorflow engine, on Linux x86-64. The binding's own install script
# fetches TensorFlow's C library from a host that is no package registry. Here all parts come from registries: the binding's sources from its npm package, the C
# library (TensorFlow 2.10) from a jar of Maven Central, and its headers from a wheel of PyPI (2.9, the version that the binding is written for).
# It takes npm, Maven, pip, unzip, a C++ compiler with make, and the headers of the Node.js that runs it (beside it, or where node-gyp can fetch them).
set -euo pipefail
cd "$(dirname "$0")/../.."
version=4.22.0
library=org.tensorflow:tensorflow-core-api:0.5.0:jar:linux-x86_64
headers=tensorflow-cpu==2.9.1

[ "$(uname -sm)" = "Linux x86_64" ] || { echo "make-tfjs.sh: only for Linux x86-64, not $(uname -sm)" >&2; exit 1; }

# What is under way lies beside .tfjs-node, so that this exists only when it is whole.
fresh=$(mktemp -d .tfjs-node-XXXXXX)
parts=$(mktemp -d)
trap 'rm -rf "$fresh" "$parts"' EXIT

echo '{ "private": true }' > "$fresh/package.json"
npm install --prefix "$fresh" --ignore-scripts --no-save --no-package-lock --no-audit --no-fund --loglevel=error "@tensorflow/tfjs-node@$version"
binding=$PWD/$fresh/node_modules/@tensorflow/tfjs-node

mvn --quiet --batch-mode dependency:copy -Dartifact=$library -DoutputDirectory="$parts"
mkdir -p "$binding/deps/lib" "$binding/deps/include"
for name in framework cc; do
  unzip -q -j -o "$parts"/tensorflow-core-api-*.jar "*/libtensorflow_$name.so.2" -d "$binding/deps/lib"
done
# The linker looks for these names.
ln -s libtensorflow_cc.so.2 "$binding/deps/lib/libtensorflow.so"
ln -s libtensorflow_framework.so.2 "$binding/deps/lib/libtensorflow_framework.so"

python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --python-version 3.10 \
  --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 --dest "$parts" "$headers"
unzip -q -o "$parts"/tensorflow_cpu-*.whl 'tensorflow/include/tensorflow/*' -d "$parts"
mv "$parts/tensorflow/include/tensorflow" "$binding/deps/include/"

prefix=$(dirname "$(dirname "$(node -p process.execPath)")")
known=()
[ -f "$prefix/include/node/node_api.h" ] && known=("--nodedir=$prefix")
log=$parts/build.log
(cd "$binding" && npx --yes node-gyp@10 rebuild "${known[@]}" -- -Dmodule_name=tfjs_binding \
  -Dmodule_path="$binding/lib/napi-v8" -Dnapi_build_version=8 -Dnapi_version=8) > "$log" 2>&1 || { tail -20 "$log" >&2; exit 1; }

NODE_PATH=$fresh/node_modules TF_CPP_MIN_LOG_LEVEL=2 node -e '
  const tf = require("@tensorflow/tfjs-node");
  if (tf.getBackend() !== "tensorflow") throw new Error(`backend ${tf.getBackend()}`);'
rm -rf .tfjs-node
chmod 755 "$fresh"
mv "$fresh" .tfjs-node
