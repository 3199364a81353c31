# Counts against the truth, for each experiment that has some: its stacks are the conditions.
EVALUATION = f"{RESULTS}/evaluation/{{experiment}}"


def judged_of(wildcards):
    """Frames and truth of an experiment's stacks with truth."""
    return [
        path
        for (experiment, _), stack in STACKS.items()
        if experiment == wildcards.experiment and stack.truth
        for path in [stack.frames, *stack.truth]
    ]


def conditions_of(wildcards):
    """The condition that each of these files belongs to."""
    return [
        stack_name.replace("/", "_")
        for (experiment, stack_name), stack in STACKS.items()
        if experiment == wildcards.experiment and stack.truth
        for _ in [stack.frames, *stack.truth]
    ]


rule evaluate:
    input:
        judged=judged_of,
        model=MODEL,
    output:
        f"{EVALUATION}/summary.csv",
        f"{EVALUATION}/frames.csv",
        f"{EVALUATION}/report.html",
    log:
        f"{RESULTS}/logs/evaluate/{{experiment}}.log",
    params:
        folder=folder_of,
        conditions=conditions_of,
        options=config["options"]["evaluate"],
    threads: config["threads"]
    shell:
        # evaluate reads a folder for each condition, with one stack and its table.
        """
        data=$(mktemp -d)
        trap 'rm -rf "$data"' EXIT
        conditions=({params.conditions:q})
        judged=({input.judged:q})
        for i in "${{!judged[@]}}"; do
            mkdir -p "$data/${{conditions[i]}}"
            ln -s "$(realpath "${{judged[i]}}")" "$data/${{conditions[i]}}/"
        done
        {DEFCON} evaluate {input.model:q} --data "$data" -o {params.folder:q} \
            --threads {threads} {READING} {params.options} > {log:q} 2>&1
        """
