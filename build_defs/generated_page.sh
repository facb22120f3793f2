#!/usr/bin/env bash
# generated_page.sh test PAGE PRINTED UPDATE  fails when the two files differ
# generated_page.sh update PAGE PRINTED       copies PRINTED into the workspace
set -euo pipefail

case $1 in
  test)
    if ! diff -u "$2" "$3"; then
      echo "$2 is not up to date: ./bazelw run $4" >&2
      exit 1
    fi
    ;;
  update)
    cat "$3" >"$BUILD_WORKSPACE_DIRECTORY/$2"
    echo "wrote $2"
    ;;
esac
