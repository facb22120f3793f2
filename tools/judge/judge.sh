#!/usr/bin/env bash
# Runs a judge: judge.sh NODE JUDGE.mjs ARGUMENTS...
#
# A test's working directory is the root of its files, from where the paths in
# the arguments start; Node resolves a judge's own imports beside its source.
set -euo pipefail
exec "$@"
