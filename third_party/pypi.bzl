"""Repositories made from wheels of the PyPI registry, pinned by hash."""

def _pypi_wheel_impl(ctx):
    python = ctx.which("python3")
    if not python:
        fail("{}: python3 is not installed".format(ctx.name))
    package = "{}=={}".format(ctx.attr.package, ctx.attr.version)
    result = ctx.execute([
        python,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--dest=wheel",
        package,
    ])
    if result.return_code != 0:
        fail("pip download {}: {}".format(package, result.stderr or result.stdout))

    # Bazel knows archives by their names.
    result = ctx.execute(["bash", "-c", "mv wheel/*.whl wheel.zip && sha256sum wheel.zip"])
    found = result.stdout.split(" ")[0]
    if found != ctx.attr.sha256:
        fail("{}: sha256 is {}, expected {}".format(package, found, ctx.attr.sha256))

    ctx.extract("wheel.zip")
    ctx.delete("wheel.zip")
    ctx.file("BUILD.bazel", ctx.read(ctx.attr.build_file))
    ctx.file("WORKSPACE", "workspace(name = {})\n".format(repr(ctx.name)))

pypi_wheel = repository_rule(
    doc = "The files of one wheel, for the machine at hand, under a BUILD file of ours.",
    implementation = _pypi_wheel_impl,
    attrs = {
        "build_file": attr.label(mandatory = True),
        "package": attr.string(mandatory = True),
        "sha256": attr.string(mandatory = True, doc = "Of the wheel."),
        "version": attr.string(mandatory = True),
    },
)
