process DEFCONFIJI_EVALUATE {
    tag "${meta.id}"
    label 'process_medium'

    conda "${moduleDir}/environment.yml"
    container "defcon-fiji:0.1.0"

    input:
    tuple val(meta), path(data)
    path models

    output:
    tuple val(meta), path("${prefix}/summary.csv"), emit: summary
    tuple val(meta), path("${prefix}/frames.csv"), emit: frames
    tuple val(meta), path("${prefix}/report.html"), emit: report
    tuple val("${task.process}"), val('defcon-fiji'), eval("defcon-fiji --version"), topic: versions, emit: versions_defconfiji

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    defcon-fiji evaluate \\
        ${args} \\
        --threads ${task.cpus} \\
        --data ${data} \\
        --output ${prefix} \\
        ${models}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    mkdir ${prefix}
    touch ${prefix}/summary.csv ${prefix}/frames.csv ${prefix}/report.html
    """
}
