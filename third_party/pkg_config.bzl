"""Repositories of installed libraries under their canonical Bazel labels.

pkg-config says what a module needs; every module becomes a cc_library, static
archives are preferred to shared libraries. Headers lie in /usr/include, which
the compiler searches by itself, so a target carries link inputs, defines and
dependencies only.
"""

_LIBRARY = """
cc_library(
    name = {name},
    srcs = {srcs},
    defines = {defines},
    linkopts = {linkopts},
    deps = {deps},
)
"""

_ALIAS = """
alias(
    name = {name},
    actual = {actual},
)
"""

_HEADER = """package(default_visibility = ["//visibility:public"])
"""

_DEFAULT_LIBDIR = "/usr/lib/x86_64-linux-gnu"

def _missing(ctx, what):
    fail("{}: {} is not installed; ./bazelw installs it (Debian: {})".format(
        ctx.name,
        what,
        ctx.attr.debian_package,
    ))

def _search_path(ctx):
    """Returns the folders in which pkg-config looks for modules, in order."""
    if not ctx.which("pkg-config"):
        _missing(ctx, "pkg-config")
    result = ctx.execute(["pkg-config", "--variable=pc_path", "pkg-config"])
    path = ctx.os.environ.get("PKG_CONFIG_PATH", "") + ":" + result.stdout.strip()
    return [folder for folder in path.split(":") if folder]

def _expand(text, variables):
    for name, value in variables.items():
        text = text.replace("${" + name + "}", value)
    return text

def _required_names(text):
    """Returns the module names in a Requires line, versions dropped."""
    names = []
    words = text.replace(",", " ").split(" ")
    previous_is_operator = False
    for word in words:
        if not word:
            continue
        if word[0] in "<>=!":
            previous_is_operator = True
            continue
        if not previous_is_operator:
            names.append(word)
        previous_is_operator = False
    return names

def _parse(ctx, module, folders):
    """Returns the fields of one .pc file that matter for compiling and linking.

    The files are read here, for pkg-config walks the whole graph of modules at
    each call: that took 7 s for Abseil.
    """
    files = [ctx.path("{}/{}.pc".format(folder, module)) for folder in folders]
    files = [file for file in files if file.exists]
    if not files:
        _missing(ctx, "pkg-config module " + module)
    variables = {}
    fields = {}
    for line in ctx.read(files[0]).splitlines():
        name, equals, value = line.partition("=")
        if equals and name.replace("_", "").isalnum():
            variables[name] = _expand(value, variables)
            continue
        key, colon, value = line.partition(":")
        if colon and " " not in key:
            fields[key] = _expand(value, variables)
    libs = fields.get("Libs", "") + " " + fields.get("Libs.private", "")
    requires = fields.get("Requires", "") + " " + fields.get("Requires.private", "")
    return struct(
        defines = [
            flag[2:]
            for flag in fields.get("Cflags", "").split(" ")
            # NOMINMAX speaks to Windows headers only.
            if flag.startswith("-D") and flag != "-DNOMINMAX"
        ],
        libdir = variables.get("libdir", _DEFAULT_LIBDIR),
        libs = [flag for flag in libs.split(" ") if flag and not flag.startswith("-L")],
        requires = _required_names(requires),
    )

def _closure(ctx, roots):
    """Returns {module: parsed} for the modules and all that they require."""
    folders = _search_path(ctx)
    modules = {}
    wanted = {module: True for module in roots}.keys()

    # Starlark has no unbounded loop; no chain of requirements is this long.
    for _ in range(100):
        if not wanted:
            break
        next_wanted = {}
        for module in wanted:
            modules[module] = _parse(ctx, module, folders)
            for required in modules[module].requires:
                next_wanted[required] = True
        wanted = [module for module in next_wanted if module not in modules]
    return modules

def _link_inputs(ctx, flags, libdir, package = ""):
    """Splits linker flags into static archives (linked into `package`) and the rest."""
    srcs = []
    linkopts = []
    for flag in flags:
        archive = "{}/lib{}.a".format(libdir, flag[2:])
        if flag.startswith("-l") and ctx.path(archive).exists:
            name = "lib/lib{}.a".format(flag[2:])
            if not ctx.path(package + name).exists:
                ctx.symlink(archive, package + name)
            srcs.append(name)
        else:
            linkopts.append(flag)
    return srcs, linkopts

def _library(name, srcs = [], defines = [], linkopts = [], deps = []):
    return _LIBRARY.format(
        name = repr(name),
        srcs = repr(srcs),
        defines = repr(defines),
        linkopts = repr(linkopts),
        deps = repr(deps),
    )

def _modules_build(ctx, modules, package = ""):
    """Returns the BUILD text with one cc_library per module, named like it."""
    text = _HEADER
    for name, module in modules.items():
        srcs, linkopts = _link_inputs(ctx, module.libs, module.libdir, package)
        text += _library(
            name,
            srcs = srcs,
            defines = module.defines,
            linkopts = linkopts,
            deps = [":" + required for required in module.requires],
        )
    return text

def _check_version(ctx, module):
    if not ctx.attr.at_least:
        return
    result = ctx.execute(["pkg-config", "--atleast-version", ctx.attr.at_least, module])
    if result.return_code != 0:
        _missing(ctx, "{} at version {} or newer".format(module, ctx.attr.at_least))

def _pkg_config_repository_impl(ctx):
    modules = _closure(ctx, ctx.attr.modules.values())
    for module in ctx.attr.modules.values():
        _check_version(ctx, module)
    if ctx.attr.header_only:
        modules = {
            name: struct(
                defines = [],
                libdir = module.libdir,
                libs = [],
                requires = module.requires,
            )
            for name, module in modules.items()
        }
    ctx.file("pkg/BUILD.bazel", _modules_build(ctx, modules, "pkg/"))

    text = _HEADER
    for name, module in ctx.attr.modules.items():
        text += _ALIAS.format(name = repr(name), actual = repr("//pkg:" + module))
    for name, library in ctx.attr.libraries.items():
        srcs, linkopts = _link_inputs(ctx, ["-l" + library], _DEFAULT_LIBDIR)
        shared = "{}/lib{}.so".format(_DEFAULT_LIBDIR, library)
        if not srcs and not ctx.path(shared).exists:
            _missing(ctx, "lib" + library)
        text += _library(
            name,
            srcs = srcs,
            linkopts = linkopts,
            deps = [":" + module for module in ctx.attr.modules],
        )
    ctx.file("BUILD.bazel", text)
    ctx.file("WORKSPACE", "workspace(name = {})\n".format(repr(ctx.name)))

pkg_config_repository = repository_rule(
    doc = "The targets of one installed library.",
    implementation = _pkg_config_repository_impl,
    local = True,
    environ = ["PKG_CONFIG_PATH"],
    attrs = {
        "at_least": attr.string(doc = "Oldest accepted version."),
        "debian_package": attr.string(mandatory = True),
        "header_only": attr.bool(doc = "Whether to leave the compiled library out."),
        "libraries": attr.string_dict(
            doc = "Target to the name of a library without pkg-config module; " +
                  "depends on all of `modules`.",
        ),
        "modules": attr.string_dict(doc = "Target to pkg-config module."),
    },
)

# Abseil's public targets by package. Debian's pkg-config modules are called
# absl_<target>; the exceptions are spelled <target>=<module>.
_ABSEIL = {
    "algorithm": ["algorithm", "container=algorithm_container"],
    "base": [
        "base",
        "config",
        "core_headers",
        "dynamic_annotations",
        "endian",
        "log_severity",
        "prefetch",
    ],
    "cleanup": ["cleanup"],
    "container": [
        "btree",
        "fixed_array",
        "flat_hash_map",
        "flat_hash_set",
        "inlined_vector",
        "node_hash_map",
        "node_hash_set",
    ],
    "debugging": [
        "failure_signal_handler",
        "leak_check",
        "stacktrace",
        "symbolize",
    ],
    "flags": [
        "commandlineflag=flags_commandlineflag",
        "config=flags_config",
        "flag=flags",
        "marshalling=flags_marshalling",
        "parse=flags_parse",
        "reflection=flags_reflection",
        "usage=flags_usage",
    ],
    "functional": ["any_invocable", "bind_front", "function_ref"],
    "hash": ["hash"],
    "memory": ["memory"],
    "meta": ["type_traits=type_traits"],
    "numeric": ["bits", "int128"],
    "random": [
        "bit_gen_ref=random_bit_gen_ref",
        "distributions=random_distributions",
        "random=random_random",
        "seed_gen_exception=random_seed_gen_exception",
        "seed_sequences=random_seed_sequences",
    ],
    "status": ["status", "statusor"],
    "strings": ["cord", "str_format", "strings"],
    "synchronization": ["synchronization"],
    "time": ["time"],
    "types": [
        "any",
        "bad_any_cast",
        "bad_optional_access",
        "bad_variant_access",
        "compare",
        "optional",
        "span",
        "variant",
    ],
    "utility": ["utility"],
}

def _abseil_repository_impl(ctx):
    packages = {}
    for package, targets in _ABSEIL.items():
        packages[package] = {}
        for target in targets:
            name, _, module = target.partition("=")
            packages[package][name] = "absl_" + (module or name)
    roots = [module for targets in packages.values() for module in targets.values()]
    modules = _closure(ctx, roots)
    _check_version(ctx, "absl_base")

    ctx.file("pkg/BUILD.bazel", _modules_build(ctx, modules, "pkg/"))
    for package, targets in packages.items():
        text = _HEADER
        for name, module in targets.items():
            text += _ALIAS.format(name = repr(name), actual = repr("//pkg:" + module))
        ctx.file("absl/{}/BUILD.bazel".format(package), text)
    ctx.file("BUILD.bazel", "")
    ctx.file("WORKSPACE", "workspace(name = {})\n".format(repr(ctx.name)))

abseil_repository = repository_rule(
    doc = "Abseil, with the folders of its own source tree.",
    implementation = _abseil_repository_impl,
    local = True,
    environ = ["PKG_CONFIG_PATH"],
    attrs = {
        "at_least": attr.string(doc = "Oldest accepted version."),
        "debian_package": attr.string(default = "libabsl-dev"),
    },
)
