"""Compiler options of weft's own code, which external code does not get."""

WEFT_COPTS = [
    "-fno-exceptions",
    "-fno-rtti",
    "-Wall",
    "-Wextra",
    "-Werror",
    # libstdc++ 12 deprecates what its own stable_sort uses.
    "-Wno-deprecated-declarations",
] + select({
    "//build_defs:gcc": [
        # Attributes of clang that a macro did not hide.
        "-Wno-attributes",
        # clang checks the switches, and allows case values beyond the enum.
        "-Wno-switch",
        # False alarms of g++ 12 in inlined standard library code.
        "-Wno-array-bounds",
        "-Wno-dangling-pointer",
        "-Wno-free-nonheap-object",
        "-Wno-maybe-uninitialized",
        "-Wno-restrict",
        "-Wno-stringop-overflow",
        "-Wno-stringop-overread",
    ],
    "//conditions:default": [],
}) + select({
    # Tests run whole corpora: a little optimization costs less than it saves.
    "//build_defs:fastbuild": ["-O1"],
    "//conditions:default": [],
})
