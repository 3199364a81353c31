# The model is converted once. Every job reads the same file, whatever format it came in.
MODEL = f"{RESULTS}/model/model.onnx"
EXPORTED_FILES = {"keras": "model.h5", "bioimageio": "model.zip"}
EXPORTED = [
    f"{RESULTS}/model/{each}/{EXPORTED_FILES.get(each, 'model')}" for each in config["exports"]
]


rule model:
    input:
        # The name of an installed model is no file.
        [config["model"]] if os.path.exists(config["model"]) else [],
    output:
        MODEL,
    log:
        f"{RESULTS}/logs/model/onnx.log",
    params:
        model=config["model"],
    localrule: True
    shell:
        "{DEFCON} export {params.model:q} --format onnx -o {output:q} > {log:q} 2>&1"


rule export_file:
    input:
        MODEL,
    output:
        f"{RESULTS}/model/{{format}}/model.{{ending}}",
    wildcard_constraints:
        format="keras|bioimageio",
        ending="h5|zip",
    log:
        f"{RESULTS}/logs/model/{{format}}.{{ending}}.log",
    localrule: True
    shell:
        "{DEFCON} export {input:q} --format {wildcards.format} -o {output:q} > {log:q} 2>&1"


rule export_folder:
    input:
        MODEL,
    output:
        directory(f"{RESULTS}/model/{{format}}/model"),
    wildcard_constraints:
        format="savedmodel|triton",
    log:
        f"{RESULTS}/logs/model/{{format}}.log",
    localrule: True
    shell:
        "{DEFCON} export {input:q} --format {wildcards.format} -o {output:q} > {log:q} 2>&1"
