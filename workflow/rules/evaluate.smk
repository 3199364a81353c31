# Counts against the truth, for each experiment that has some: its stacks are the conditions.
EVALUATION = f"{RESULTS}/evaluation/{{experiment}}"


def judged_of(wildcards):
    """Frames and truth of an experiment's stacks with truth."""
    return [
        local(path)
        for (experiment, _), stack in STACKS.items()
        if experiment == wildcards.experiment and stack.truth
        for path in [stack.frames, *stack.truth]
    ]


def conditions_of(wildcards):
    """The folder of each of these stacks among the conditions, in the order of judged_of."""
    return [
        stack_name.replace("/", "_")
        for (experiment, stack_name), stack in STACKS.items()
        if experiment == wildcards.experiment and stack.truth
        for _ in [stack.frames, *stack.truth]
    ]


rule conditions:
    input:
        judged_of,
    output:
        temp(directory(f"{EVALUATION}/conditions")),
    params:
        conditions=conditions_of,
    localrule: True
    run:
        # evaluate reads a folder for each condition, with one stack and its table.
        for path, condition in zip(input, params.conditions):
            place = Path(output[0], condition)
            place.mkdir(parents=True, exist_ok=True)
            (place / Path(path).name).symlink_to(Path(path).resolve())


rule evaluate:
    input:
        judged_of,
        conditions=f"{EVALUATION}/conditions",
        model=MODEL,
    output:
        f"{EVALUATION}/summary.csv",
        f"{EVALUATION}/frames.csv",
        f"{EVALUATION}/report.html",
    log:
        f"{RESULTS}/logs/evaluate/{{experiment}}.log",
    params:
        folder=folder_of,
        options=config["options"]["evaluate"],
    threads: config["threads"]
    shell:
        "{DEFCON} evaluate {input.model:q} --data {input.conditions:q} -o {params.folder:q}"
        " --threads {threads} {READING} {params.options} > {log:q} 2>&1"
