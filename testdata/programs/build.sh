#!/bin/sh
# Builds every program at -O0, -Os and -O2 into <name>/<name>.<level>.wasm, or
# only the programs named as arguments.
#
# Needs the Debian packages clang-19, lld-19, wasi-libc,
# libclang-rt-19-dev-wasm32, libc++-19-dev-wasm32 and libc++abi-19-dev-wasm32.
# There is no -g: the modules carry a name section but no DWARF. The commands
# run in the root of the repository, so that no other path can get in.
set -eu
cd "$(dirname "$0")/../.."

dir=testdata/programs
flags="--target=wasm32-wasi -I. -ffp-contract=off -Wl,--strip-debug -Wall -Wextra -Werror"
cflags="-std=c17"
cxxflags="-std=c++20 -fno-exceptions -fno-rtti"

if [ $# -eq 0 ]; then
  set -- calc json lz raytracer regex sudoku
fi

for name in "$@"; do
  if [ -f "$dir/$name/$name.cc" ]; then
    compile="clang++-19 $flags $cxxflags"
    sources="$dir/$name/*.cc"
  else
    compile="clang-19 $flags $cflags"
    sources="$dir/$name/*.c"
  fi
  for level in O0 Os O2; do
    out="$dir/$name/$name.$level.wasm"
    # shellcheck disable=SC2086
    $compile "-$level" $sources -o "$out"
    chmod 644 "$out"
    echo "$out: $(wc -c <"$out") bytes"
  done
done
