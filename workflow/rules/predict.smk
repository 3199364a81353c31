# Counts of each stack: in one job, or a job for each shard and one that joins them.
COUNTED = f"{RESULTS}/stacks/{{experiment}}/{{stack}}"
SHARD = f"{COUNTED}.shard-{{shard}}-of-{SHARDS}"


if SHARDS == 1:

    rule predict:
        input:
            frames=frames_of,
            model=MODEL,
        output:
            counts=f"{COUNTED}.counts.csv",
            density=f"{COUNTED}.density.{DENSITY}",
        log:
            f"{RESULTS}/logs/predict/{{experiment}}/{{stack}}.log",
        params:
            folder=folder_of,
            options=config["options"]["predict"],
        threads: config["threads"]
        shell:
            "{DEFCON} predict {input.frames:q} -m {input.model:q} -o {params.folder:q} --as {DENSITY}"
            " --threads {threads} {READING} {params.options} > {log:q} 2>&1"

else:

    rule predict:
        input:
            frames=frames_of,
            model=MODEL,
        output:
            counts=temp(f"{SHARD}.counts.csv"),
            density=temp(f"{SHARD}.density.{DENSITY}"),
        log:
            f"{RESULTS}/logs/predict/{{experiment}}/{{stack}}.{{shard}}.log",
        params:
            folder=folder_of,
            options=config["options"]["predict"],
        threads: config["threads"]
        shell:
            # A shard without frames has no files, and join asks for none; Snakemake does.
            "{DEFCON} predict {input.frames:q} -m {input.model:q} -o {params.folder:q} --as {DENSITY}"
            " --shard {wildcards.shard}/{SHARDS}"
            " --threads {threads} {READING} {params.options} > {log:q} 2>&1"
            " && touch {output:q}"

    rule join:
        input:
            frames=frames_of,
            counts=[f"{COUNTED}.shard-{i}-of-{SHARDS}.counts.csv" for i in range(1, SHARDS + 1)],
            density=[
                f"{COUNTED}.shard-{i}-of-{SHARDS}.density.{DENSITY}" for i in range(1, SHARDS + 1)
            ],
        output:
            counts=f"{COUNTED}.counts.csv",
            density=f"{COUNTED}.density.{DENSITY}",
        log:
            f"{RESULTS}/logs/join/{{experiment}}/{{stack}}.log",
        params:
            folder=folder_of,
        shell:
            "{DEFCON} join {input.frames:q} --shards {SHARDS} -o {params.folder:q} --as {DENSITY}"
            " {READING} > {log:q} 2>&1"
