process DEFCONFIJI_JOIN {
    tag "${meta.id}"
    label 'process_single'

    conda "${moduleDir}/environment.yml"
    container "defcon-fiji:0.1.0"

    input:
    tuple val(meta), path(frames), path(counts), path(density)
    val shards

    output:
    tuple val(meta), path("joined/*.counts.csv"), emit: counts
    tuple val(meta), path("joined/*.density.tif"), emit: density
    tuple val("${task.process}"), val('defcon-fiji'), eval("defcon-fiji --version"), topic: versions, emit: versions_defconfiji

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    """
    mkdir joined
    for part in *.shard-*; do ln -s "../\$part" joined/; done
    defcon-fiji join \\
        ${args} \\
        --shards ${shards} \\
        --output joined \\
        ${frames}
    rm joined/*.shard-*
    """

    stub:
    def name = frames.name.replaceFirst(/\.[^.]+$/, '')
    """
    mkdir joined
    touch joined/${name}.counts.csv
    touch joined/${name}.density.tif
    """
}
