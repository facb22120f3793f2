"""Pages of docs/ that a program prints, kept in the tree so that they can be read there."""

def generated_page(name, page, program, args = []):
    """A page, how to bring it up to date, and a test that it is.

    `bazel test :NAME_test` fails when the page differs from what the program
    prints; `bazel run :NAME_update` writes it.

    Args:
      name: stem of the targets.
      page: label of the file in the tree.
      program: prints the page on standard output.
      args: of the program.
    """
    native.genrule(
        name = name,
        outs = [name + ".printed"],
        cmd = "$(location %s) %s > $@" % (program, " ".join(args)),
        exec_tools = [program],
    )
    update = "//%s:%s_update" % (native.package_name(), name)
    native.sh_test(
        name = name + "_test",
        size = "small",
        srcs = ["//build_defs:generated_page.sh"],
        args = ["test", "$(rootpath %s)" % page, "$(rootpath %s)" % name, update],
        data = [page, name],
    )
    native.sh_binary(
        name = name + "_update",
        srcs = ["//build_defs:generated_page.sh"],
        args = ["update", "$(rootpath %s)" % page, "$(rootpath %s)" % name],
        data = [page, name],
    )
