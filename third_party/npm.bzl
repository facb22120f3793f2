"""Repositories made from packages of the npm registry, pinned by hash."""

def _npm_archive_impl(ctx):
    npm = ctx.which("npm")
    if not npm:
        fail("{}: npm is not installed; ./bazelw installs it".format(ctx.name))
    package = "{}@{}".format(ctx.attr.package, ctx.attr.version)
    result = ctx.execute([npm, "pack", "--silent", package])
    if result.return_code != 0:
        fail("npm pack {}: {}".format(package, result.stderr or result.stdout))
    archive = result.stdout.strip()

    result = ctx.execute(["sha256sum", archive])
    found = result.stdout.split(" ")[0]
    if found != ctx.attr.sha256:
        fail("{}: sha256 is {}, expected {}".format(archive, found, ctx.attr.sha256))

    ctx.extract(archive, stripPrefix = ctx.attr.strip_prefix)
    ctx.delete(archive)
    ctx.file("BUILD.bazel", ctx.read(ctx.attr.build_file))
    ctx.file("WORKSPACE", "workspace(name = {})\n".format(repr(ctx.name)))

npm_archive = repository_rule(
    doc = "The files of one npm package under a BUILD file of ours.",
    implementation = _npm_archive_impl,
    attrs = {
        "build_file": attr.label(mandatory = True),
        "package": attr.string(mandatory = True),
        "sha256": attr.string(mandatory = True, doc = "Of the package's archive."),
        "strip_prefix": attr.string(default = "package"),
        "version": attr.string(mandatory = True),
    },
)
