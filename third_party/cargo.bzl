"""Repositories made from programs of the crates.io registry."""

_BUILD = """package(default_visibility = ["//visibility:public"])

filegroup(
    name = {name},
    srcs = ["bin/{binary}"],
)
"""

# The archive of a crate carries its Cargo.lock, so that its hash pins all
# that is compiled.
_CHECK = """
for archive in "${CARGO_HOME:-$HOME/.cargo}"/registry/cache/*/"$1"; do
  echo "$2  $archive" | sha256sum --check --quiet || exit 1
done
"""

def _cargo_program_impl(ctx):
    cargo = ctx.which("cargo")
    if not cargo:
        fail("{}: cargo is not installed; the one of rustup will do".format(ctx.name))
    crate = "{}@{}".format(ctx.attr.crate, ctx.attr.version)
    result = ctx.execute(
        [cargo, "install", "--locked", "--root", ".", crate],
        # Some minutes on one core, more on a busy machine.
        timeout = 7200,
    )
    if result.return_code != 0:
        fail("cargo install {}: {}".format(crate, result.stderr))
    archive = "{}-{}.crate".format(ctx.attr.crate, ctx.attr.version)
    result = ctx.execute(["bash", "-c", _CHECK, "check", archive, ctx.attr.sha256])
    if result.return_code != 0:
        fail("{}: {}".format(archive, result.stdout + result.stderr))
    binary = ctx.attr.binary or ctx.attr.crate
    ctx.file("BUILD.bazel", _BUILD.format(name = repr(binary), binary = binary))
    ctx.file("WORKSPACE", "workspace(name = {})\n".format(repr(ctx.name)))

cargo_program = repository_rule(
    doc = "One program, compiled by cargo; the target is called like the program.",
    implementation = _cargo_program_impl,
    attrs = {
        "binary": attr.string(doc = "The program, unless it is called like the crate."),
        "crate": attr.string(mandatory = True),
        "sha256": attr.string(mandatory = True, doc = "Of the crate's archive."),
        "version": attr.string(mandatory = True),
    },
)
