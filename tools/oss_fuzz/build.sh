#!/usr/bin/env bash
# Puts weft's libFuzzer targets into $OUT, each with its seeds as
# NAME_seed_corpus.zip: what OSS-Fuzz and ClusterFuzzLite run. One more copy of
# the target of pairs per pass fuzzes that pass alone; it reads the pass from
# its own name.
#
#   OUT=DIR tools/oss_fuzz/build.sh
#
# BAZEL_FLAGS has further options of Bazel, such as those of a remote cluster.
set -euo pipefail

here=$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# In the image it is a copy in $SRC, beside the checkout.
if [[ -d $here/weft ]]; then cd "$here/weft"; else cd "$here/../.."; fi
: "${OUT:?names the folder for programs}"
mkdir -p "$OUT"
read -r -a more <<<"${BAZEL_FLAGS:-}"
flags=(--config=fuzz "${more[@]}")
# The image's compiler and flags are for builds that take them from the
# environment; ours has its own.
unset CC CXX CFLAGS CXXFLAGS

# All targets of weft_cc_fuzz_test are named so.
query='filter("_fuzz_test$", //check/... + //exec/... + //ir/... + //passes/...)'
mapfile -t targets < <(./bazelw query --noshow_progress "$query" | sort)
./bazelw build "${flags[@]}" "${targets[@]}"
bin=$(./bazelw info "${flags[@]}" bazel-bin)

for target in "${targets[@]}"; do
  path=${target#//}
  folder=${path%:*}
  name=${path#*:}
  fuzzer=${name%_test}
  install -m 755 "$bin/$folder/$name" "$OUT/$fuzzer"
  mapfile -t seeds < <(
    ./bazelw query --noshow_progress "labels(data, $target)" |
      sed 's|^//||; s|:|/|')
  if ((${#seeds[@]})); then
    rm -f "$OUT/${fuzzer}_seed_corpus.zip"
    zip -q -j "$OUT/${fuzzer}_seed_corpus.zip" "${seeds[@]}"
  fi
done

# One fuzzer per pass: the rows of passes.def.
mapfile -t passes < <(
  sed -n 's/^WEFT_PASS([^,]*, *"\([a-z0-9-]*\)".*/\1/p' passes/passes.def)
for pass in "${passes[@]}"; do
  cp "$OUT/pair_fuzz" "$OUT/pass_fuzz-$pass"
done
