# One table and one page over all stacks.
REPORT = [f"{RESULTS}/summary.csv", f"{RESULTS}/report.html"]


rule report:
    input:
        counts=[counts_of(*key) for key in STACKS],
        evaluations=[f"{RESULTS}/evaluation/{each}/summary.csv" for each in JUDGED],
    output:
        table=REPORT[0],
        page=REPORT[1],
    params:
        stacks=list(STACKS),
        experiments=JUDGED,
    log:
        f"{RESULTS}/logs/report.log",
    localrule: True
    script:
        "../scripts/report.py"


rule versions:
    output:
        f"{RESULTS}/versions.yml",
    log:
        f"{RESULTS}/logs/versions.log",
    localrule: True
    shell:
        "version=$({DEFCON} --version 2> {log:q}) && printf 'defcon-fiji: %s\\n' \"$version\" > {output:q}"
