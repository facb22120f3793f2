#!/usr/bin/env bash
# Runs weft in surroundings that go wrong. What has to hold each time: the exit
# code, one line of complaint, an untouched output file and no temporary left.
#
# usage: environment_test.sh WEFT MODULE
set -uo pipefail

weft=$PWD/$1
module=$PWD/$2
cd "$(mktemp -d "${TEST_TMPDIR:-/tmp}/evil.XXXXXX")" || exit 1
failures=0

fail() {
  echo "FAILED: $*" >&2
  [[ ! -s err ]] || sed 's/^/  stderr: /' err >&2
  ((failures += 1))
}

# check CODE PATTERN ARGS...: weft ARGS exits with CODE; PATTERN is found in
# standard error, which has one line, when it is not empty.
check() {
  local code=$1 pattern=$2 actual=0
  shift 2
  "$weft" "$@" 2>err || actual=$?
  judge "$code" "$pattern" "$actual" "$*"
}

judge() {
  local code=$1 pattern=$2 actual=$3 what=$4
  ((actual == code)) || fail "exit code $actual instead of $code: $what"
  if [[ -n $pattern ]]; then
    grep -qE -- "$pattern" err || fail "no '$pattern' in the message: $what"
    [[ $(wc -l <err) == 1 ]] || fail "not one line of message: $what"
  fi
  [[ -z $(find . -name '.weft-*') ]] || fail "temporary file left: $what"
}

# An output that must not change.
reset() { rm -rf out; echo old >out; }
unchanged() { [[ $(cat out) == old ]] || fail "output changed: $1"; }
is_module() {
  [[ $(head -c 4 "$1" | od -An -tx1) == ' 00 61 73 6d' ]] ||
    fail "not a module: $1"
}

as_root=0
((EUID != 0)) || as_root=1
cp "$module" in.wasm
chmod 644 in.wasm

# --- Inputs ------------------------------------------------------------------
reset
check 1 'weft: \.: is a directory' opt . -o out
check 1 'weft: none\.wasm: cannot open: No such file' opt none.wasm -o out
check 1 'cannot open: Not a directory' opt in.wasm/x -o out
: >empty.wasm
check 1 'weft: empty\.wasm: offset 0x0 .*empty' opt empty.wasm -o out
check 1 'weft: /dev/null: ' opt /dev/null -o out
printf '\0asm' >short.wasm
check 1 'weft: short\.wasm: offset 0x4' opt short.wasm -o out
head -c 1000 in.wasm >cut.wasm
check 1 'weft: cut\.wasm: offset 0x' opt cut.wasm -o out
printf '\0asm\r\0\1\0' >component.wasm
check 1 'component.* not supported yet' opt component.wasm -o out
gzip -c in.wasm >gzip.wasm
check 1 'gzip' opt gzip.wasm -o out
echo '(modul)' >text.wasm
# Errors in text show the place below their line.
code=0
"$weft" opt text.wasm -o out 2>all || code=$?
head -n 1 all >err
judge 1 'text\.wasm:1:1: error: expected' "$code" 'opt text.wasm -o out'
[[ $(sed -n 3p all) == '^' ]] || fail 'no caret below malformed text'
unchanged 'invalid input'
if ((!as_root)); then
  cp in.wasm secret.wasm
  chmod 000 secret.wasm
  check 1 'secret\.wasm: cannot open: Permission denied' opt secret.wasm -o out
  unchanged 'unreadable input'
fi

"$weft" opt -q in.wasm -o reference || fail 'plain run'
is_module reference
same() { cmp -s reference "$1" || fail "$1 differs from the plain run: $2"; }

cat in.wasm | check 0 '' opt -q - -o piped
same piped 'pipe'
{ head -c 5000 in.wasm; sleep 0.2; tail -c +5001 in.wasm; } |
  check 0 '' opt -q - -o slow
same slow 'slow pipe'
check 1 'standard input: cannot read: Bad file' opt - -o out <&-
check 1 'standard input: .*empty' opt - -o out </dev/null
check 1 'standard input: is a directory' opt - -o out <.
unchanged 'closed stdin'
mkfifo fifo
cat in.wasm >fifo &
check 0 '' opt -q fifo -o from_fifo
wait
same from_fifo 'FIFO in'
check 0 '' opt -q /dev/stdin -o from_device <in.wasm
same from_device '/dev/stdin'

# --- Outputs -----------------------------------------------------------------
cp in.wasm both.wasm
chmod 751 both.wasm
check 0 '' opt -q both.wasm -o both.wasm
same both.wasm 'in place'
[[ $(stat -c %a both.wasm) == 751 ]] || fail 'permissions not kept'
cp in.wasm one.wasm
ln one.wasm two.wasm
check 0 '' opt -q one.wasm -o two.wasm
same two.wasm 'hard link'
cmp -s in.wasm one.wasm || fail 'the other hard link changed'
mkdir deep
echo old >deep/target
ln -s deep/target link
check 0 '' opt -q in.wasm -o link
same deep/target 'symbolic link'
[[ -L link ]] || fail 'link replaced'
check 0 '' opt -q in.wasm -o - >stdout
same stdout 'stdout'
: >appended
check 0 '' opt -q in.wasm -o /dev/stdout >>appended
check 0 '' opt -q in.wasm -o - >>appended
cat reference reference | cmp -s - appended || fail 'appending to stdout'
cat fifo >through_fifo &
check 0 '' opt -q in.wasm -o fifo
wait
same through_fifo 'FIFO out'
[[ -p fifo ]] || fail 'FIFO replaced'
check 0 '' opt -q in.wasm -o /dev/null
[[ -c /dev/null ]] || fail '/dev/null replaced'

check 1 'weft: deep: is a directory' opt in.wasm -o deep
check 1 'out/x: cannot write: Not a directory' opt in.wasm -o out/x
check 1 'none/x: .*No such file' opt in.wasm -o none/x
unchanged 'parent is a file'
if ((!as_root)); then
  mkdir locked
  echo old >locked/out
  chmod 555 locked
  check 1 'locked/out: .*Permission denied' opt in.wasm -o locked/out
  check 1 'locked/new: .*Permission denied' opt in.wasm -o locked/new
  chmod 755 locked
fi
check 1 '/dev/full: cannot write: No space left' opt in.wasm -o /dev/full
check 1 'standard output: .*No space left' opt in.wasm -o - >/dev/full
check 1 'standard output: .*Bad file' opt in.wasm -o - >&-
check 1 'standard output: .*No space left' --version >/dev/full
check 1 'standard output: .*Broken pipe' opt in.wasm -o - > >(exec true)
{ "$weft" opt in.wasm -o - 2>err; echo $? >code; } | true
judge 1 'Broken pipe' "$(cat code)" 'closed pipe'
check 1 'stats\.json.*No such file' opt in.wasm -o out --stats-json=no/stats.json
unchanged 'unwritable statistics'
(check 0 '' opt -q in.wasm -o no_stderr 2>&-) || fail 'closed stderr'

# --- Limits ------------------------------------------------------------------
reset
(ulimit -f 8; "$weft" opt in.wasm -o out 2>err)
judge 1 'out: cannot write: File too large' $? 'RLIMIT_FSIZE'
unchanged 'RLIMIT_FSIZE'
for files in 3 4 5 6 7; do
  reset
  (exec 2>err; ulimit -n $files; exec "$weft" opt -q in.wasm -o out)
  code=$?
  case $code in
    0) same out 'RLIMIT_NOFILE' ;;
    127) unchanged 'RLIMIT_NOFILE' ;;  # Its libraries cannot be opened.
    *) judge 1 'Too many open files' $code "RLIMIT_NOFILE $files"
       unchanged 'RLIMIT_NOFILE' ;;
  esac
done
# Below a limit the program cannot even be loaded (127); above another one it
# succeeds. Sanitizers need more address space than there is.
if [[ -z ${ASAN_OPTIONS:-}${TSAN_OPTIONS:-} ]]; then
  for ((kilobytes = 16000; kilobytes <= 256000; kilobytes += 8000)); do
    reset
    (ulimit -v $kilobytes; "$weft" opt -q -j1 in.wasm -o out 2>err)
    code=$?
    case $code in
      0) same out 'RLIMIT_AS' ;;
      127) unchanged 'RLIMIT_AS' ;;
      *) judge 70 'weft: out of memory' $code "RLIMIT_AS $kilobytes"
         unchanged 'RLIMIT_AS' ;;
    esac
  done
fi

# --- Signals and races -------------------------------------------------------
# The moment is left to chance; file_io_test stops in the middle of writing.
for signal in INT TERM KILL; do
  for delay in 0 0.001 0.002 0.004 0.008 0.016 0.032; do
    reset
    # A shell's background jobs ignore INT, unlike those of a monitor.
    (set -m; "$weft" opt -q in.wasm -o out 2>err & echo $! >pid
     sleep $delay; kill -s $signal "$(cat pid)" 2>kill_err; wait "$(cat pid)")
    [[ $(cat out) == old ]] || same out "SIG$signal after $delay s"
    if [[ $signal == KILL ]]; then rm -f .weft-*; fi
    [[ -z $(find . -name '.weft-*') ]] || fail "temporary left by SIG$signal"
  done
done 2>/dev/null

# A library that aborts, while weft waits for its input.
reset
mkfifo slow
exec 9<>slow
"$weft" opt -q - -o out <&9 2>err &
pid=$!
until grep -q '^SigCgt:.*[2367abef].$' /proc/$pid/status; do sleep 0.01; done
kill -s ABRT $pid
code=0
wait $pid || code=$?
exec 9>&-
judge 70 'weft: internal error: aborted' $code 'SIGABRT'
unchanged 'SIGABRT'

reset
for _ in 1 2 3 4; do
  "$weft" opt -q in.wasm -o out & "$weft" opt -q reference -o out & wait
done
is_module out
[[ -z $(find . -name '.weft-*') ]] || fail 'temporary left by two writers'

# --- Names -------------------------------------------------------------------
for name in '-dash.wasm' '--quiet' 'a name.wasm' $'new\nline' $'\xff\xfe' \
            'ümlaut' '*' "$(printf 'n%.0s' {1..255})"; do
  cp in.wasm "./$name"
  check 0 '' opt -q -o "./$name" -- "$name"
  same "./$name" 'strange name'
  cut=$PWD/cut.wasm
  cp "$cut" "./$name"
  check 1 '^weft: .*offset 0x' opt -o out -- "$name"
  rm "./$name"
done
check 0 '' opt -q in.wasm -o -dash.wasm
same ./-dash.wasm '-o -dash.wasm'

# --- Arguments ---------------------------------------------------------------
reset
check 2 'add -o FILE' opt in.wasm
check 2 'no input file' opt -o out
check 2 '-o needs FILE' opt in.wasm -o
check 2 "unknown option '--pases'; the nearest is '--passes'" opt --pases=gvn
check 2 "unknown pass 'gnv'; the nearest is 'gvn'" opt in.wasm -o out --passes=gnv
check 2 'no such level' opt in.wasm -o out -O5
check 2 "unknown command 'otp'; the nearest is 'opt'" otp
check 2 "unknown feature 'sind'; the nearest is 'simd'" opt --features=sind
unchanged 'wrong arguments'
check 2 '' </dev/null
check 0 '' help >help
grep -q 'opt  *make a module' help || fail 'weft help'
check 0 '' help opt >help
grep -q -- '--passes' help || fail 'weft help opt'
check 0 '' --version >help
grep -qE '^weft [0-9]' help || fail 'weft --version'

# As `bazel run` starts it: the folder of the process is not the user's.
mkdir -p w/weft.runfiles/weft user
cp in.wasm user/in.wasm
(cd w/weft.runfiles/weft &&
  BUILD_WORKING_DIRECTORY=$OLDPWD/user "$weft" opt -q in.wasm -o out.wasm) ||
  fail 'under bazel run'
same user/out.wasm 'under bazel run'

((failures == 0)) || { echo "$failures failed" >&2; exit 1; }
echo 'all passed'
