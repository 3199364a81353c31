# Trainings over a grid of settings, each model judged on the same frames, and one table of all.
RUN = f"{RESULTS}/sweep/{{run}}"
TABLES = [f"{RESULTS}/sweep/runs.csv", f"{RESULTS}/sweep/settings.csv"]


rule train:
    input:
        plan=lambda _: SWEEP["plan"],
    output:
        model=f"{RUN}/model.onnx",
        history=f"{RUN}/history.csv",
    log:
        f"{RESULTS}/logs/train/{{run}}.log",
    params:
        folder=folder_of,
        settings=lambda wildcards: GRID.options(wildcards.run),
    threads: config["threads"]
    shell:
        # A training that was broken off goes on where its checkpoint is, unless it was another one.
        """
        settings="{params.settings} $(cksum < {input.plan:q})"
        if [ "$(cat {params.folder:q}/settings 2> /dev/null)" != "$settings" ]; then
            rm -f {params.folder:q}/checkpoint*.h5
            printf '%s\\n' "$settings" > {params.folder:q}/settings
        fi
        resume=
        if [ -e {params.folder:q}/checkpoint.h5 ]; then resume=--resume; fi
        {DEFCON} train --simulate {input.plan:q} -o {params.folder:q} --name model {params.settings} \
            $resume > {log:q} 2>&1
        """


rule judge:
    input:
        model=f"{RUN}/model.onnx",
        data=lambda _: SWEEP["data"],
    output:
        f"{RUN}/evaluation/summary.csv",
        f"{RUN}/evaluation/frames.csv",
        f"{RUN}/evaluation/report.html",
    log:
        f"{RESULTS}/logs/judge/{{run}}.log",
    params:
        folder=folder_of,
        options=config["options"]["evaluate"],
    threads: config["threads"]
    shell:
        "{DEFCON} evaluate {input.model:q} --data {input.data:q} -o {params.folder:q}"
        " --threads {threads} {READING} {params.options} > {log:q} 2>&1"


rule sweep:
    input:
        [f"{RESULTS}/sweep/{run}/evaluation/summary.csv" for run in (GRID.runs if GRID else [])],
    output:
        runs=TABLES[0],
        settings=TABLES[1],
    params:
        runs=lambda _: GRID.runs,
    log:
        f"{RESULTS}/logs/sweep.log",
    localrule: True
    script:
        "../scripts/sweep.py"
