"""The rules that weft's own BUILD files use instead of the native cc_ ones.

They add WEFT_COPTS in front of the target's own copts, so that a target that
needs exceptions can say copts = ["-fexceptions"].
"""

load(":copts.bzl", "WEFT_COPTS")

def weft_cc_library(name, copts = [], linkstatic = True, **kwargs):
    """A library; attributes as in cc_library.

    It makes no shared library, which nothing of ours would link.
    """
    native.cc_library(
        name = name,
        copts = WEFT_COPTS + copts,
        linkstatic = linkstatic,
        **kwargs
    )

def weft_cc_binary(name, copts = [], malloc = "//build_defs:malloc", **kwargs):
    """A program with mimalloc as its allocator (the system's in sanitizer builds)."""
    native.cc_binary(
        name = name,
        copts = WEFT_COPTS + copts,
        malloc = malloc,
        **kwargs
    )

def weft_cc_test(name, copts = [], deps = [], size = "small", gtest_main = True, **kwargs):
    """A GoogleTest test.

    Args:
      name: name of the target.
      copts: added after WEFT_COPTS.
      deps: libraries under test; GoogleTest is added.
      size: as in cc_test; "small" allows a minute.
      gtest_main: False for a test with a main function of its own, which then
        names GoogleTest in its deps if it wants it.
      **kwargs: passed on to cc_test.
    """
    googletest = ["@com_google_googletest//:gtest_main"] if gtest_main else []
    native.cc_test(
        name = name,
        size = size,
        copts = WEFT_COPTS + copts,
        deps = deps + googletest,
        **kwargs
    )

def weft_cc_fuzz_test(name, copts = [], deps = [], corpus = [], args = [], size = "small", **kwargs):
    """A fuzz target: sources that define LLVMFuzzerTestOneInput.

    With --config=fuzz it is a libFuzzer program. As a test, and without that
    configuration, it runs the inputs of its corpus once each.

    Args:
      name: name of the target.
      copts: added after WEFT_COPTS.
      deps: libraries under test.
      corpus: files to run.
      args: passed to the program before the corpus.
      size: as in cc_test.
      **kwargs: passed on to cc_test.
    """
    native.cc_test(
        name = name,
        size = size,
        args = ["-runs=0"] + args + ["$(locations {})".format(label) for label in corpus],
        copts = WEFT_COPTS + copts,
        data = corpus,
        deps = deps + select({
            "//build_defs:libfuzzer": ["//build_defs:libfuzzer_main"],
            "//conditions:default": ["//build_defs:fuzz_replay_main"],
        }),
        **kwargs
    )
