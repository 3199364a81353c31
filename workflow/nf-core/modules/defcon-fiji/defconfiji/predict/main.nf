process DEFCONFIJI_PREDICT {
    tag "${meta.id}"
    label 'process_medium'

    conda "${moduleDir}/environment.yml"
    container "defcon-fiji:0.1.0"

    input:
    tuple val(meta), path(frames)
    path model
    val shard

    output:
    tuple val(meta), path("*.counts.csv"), emit: counts
    tuple val(meta), path("*.density.tif"), emit: density
    tuple val("${task.process}"), val('defcon-fiji'), eval("defcon-fiji --version"), topic: versions, emit: versions_defconfiji

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    def part = shard ? "--shard ${shard}" : ''
    """
    defcon-fiji predict \\
        ${args} \\
        ${part} \\
        --threads ${task.cpus} \\
        --model ${model} \\
        --output . \\
        ${frames}
    """

    stub:
    def name = frames.name.replaceFirst(/\.[^.]+$/, '')
    def part = shard ? ".shard-${shard.replace('/', '-of-')}" : ''
    """
    touch ${name}${part}.counts.csv
    touch ${name}${part}.density.tif
    """
}
