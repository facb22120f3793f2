"""Programs whose interpreter dispatches in a given way, whatever the build's is."""

_SETTING = "//exec:dispatch"

def _set_dispatch(_settings, attr):
    return {_SETTING: attr.dispatch}

_dispatch_transition = transition(
    implementation = _set_dispatch,
    inputs = [],
    outputs = [_SETTING],
)

def _with_dispatch_impl(ctx):
    program = ctx.executable.program
    out = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = out, target_file = program, is_executable = True)
    return DefaultInfo(
        executable = out,
        runfiles = ctx.runfiles(files = [program]),
    )

with_dispatch = rule(
    doc = "The program, built with one value of --//exec:dispatch.",
    implementation = _with_dispatch_impl,
    executable = True,
    attrs = {
        "dispatch": attr.string(mandatory = True, values = ["direct", "indirect", "loop"]),
        "program": attr.label(mandatory = True, executable = True, cfg = _dispatch_transition),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)
