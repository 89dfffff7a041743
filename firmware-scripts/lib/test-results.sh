# shellcheck shell=bash
# Counts what passed and failed over parts of every kind. Needs progress.sh.

# begin_results FOLDER: it holds this run's results and the output of each step.
begin_results() {
  logs=$1
  rm -rf "$logs"
  mkdir -p "$logs"
  : >"$logs/results"
}

# record passed|failed|skipped COUNT WHAT
record() {
  printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$logs/results"
  case "$1/$2" in
    failed/0 | passed/0) ;;
    failed/*) say "  FAILED  $3" ;;
    skipped/*) say "  skipped $3" ;;
    passed/1) say "  ok      $3" ;;
    passed/*) say "  ok      $2 $3" ;;
  esac
}

count() { awk -F'\t' -v kind="$1" '$1 == kind { n += $2 } END { print n + 0 }' "$logs/results"; }

# part TITLE FUNCTION: a part that ends early for a reason of its own counts as one failure; the next part runs all the same.
part() {
  local code
  say ""
  say "== $1 (after $SECONDS s)"
  # In a plain subshell, not in a condition: there "set -e" would be without effect.
  (
    set -e
    "$2"
  )
  code=$?
  [ "$code" -eq 0 ] || record failed 1 "$1: ended early (exit code $code)"
}

# beside TITLE FUNCTION: the same while others go on, with what they leave of the processors: for parts that are work and not waiting, and whose own clock stands
# where they get none. What it says is shown by join_parts.
beside() {
  say ""
  say "== $1: begun after $SECONDS s, beside what follows"
  (
    chrt --idle --pid 0 "$BASHPID"
    part "$1" "$2"
    : >"$logs/$2.ended"
  ) >"$logs/$2.part" 2>&1 &
}

# join_parts: waits for all that was begun beside.
join_parts() {
  local part
  wait
  for part in "$logs"/*.part; do
    cat "$part" >&2
    [ -e "${part%.part}.ended" ] || record failed 1 "what was begun beside, ${part##*/}: it was killed"
  done
}

# step NAME COMMAND...: leaves the exit code in $status and the output in $log; shows the whole output on failure.
step() {
  local name=$1
  shift
  log=$logs/${name//[ \/]/-}.log
  status=killed
  rm -f "$log.status"
  with_progress "$name" "$log" keep_status "$log.status" "$@" || true
  if [ -e "$log.status" ]; then status=$(cat "$log.status"); fi
  if [ "$status" != 0 ]; then cat "$log"; fi
}

keep_status() {
  local file=$1 code=0
  shift
  "$@" || code=$?
  printf '%s\n' "$code" >"$file"
}

# step_counts NAME COMMAND...: a step that is one test.
step_counts() {
  step "$@"
  if [ "$status" = 0 ]; then record passed 1 "$1"; else record failed 1 "$1 (exit code $status)"; fi
}

# attribute FILE NAME: a number from the <assembly> element of an xunit result file.
attribute() { sed -n "s/.*<assembly [^>]*\b$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

# xunit PROJECT: runs the built test program and counts from its result file, not from what it prints.
xunit() {
  local result=$logs/$1.xml passed failed skipped
  rm -f "$result"
  step "$1" dotnet "tests/$1/bin/Release/net10.0/$1.dll" -noColor -noLogo -xml "$result"
  passed=$(attribute "$result" passed 2>/dev/null || true)
  if [ -z "$passed" ]; then
    record failed 1 "$1: crashed before it could write its result (exit code $status)"
    return
  fi
  failed=$(($(attribute "$result" failed) + $(attribute "$result" errors)))
  skipped=$(attribute "$result" skipped)
  record passed "$passed" "tests of $1"
  record failed "$failed" "$failed of the tests of $1, see above"
  [ "$skipped" -eq 0 ] || record skipped "$skipped" "$skipped of the tests of $1"
  # Neither an empty test program nor a failure outside of any test may look like success.
  if [ $((passed + failed)) -eq 0 ]; then record failed 1 "$1: ran no test"; fi
  if [ "$failed" -eq 0 ] && [ "$status" != 0 ]; then record failed 1 "$1: all tests passed, yet exit code $status"; fi
}

# node_tests FOLDER: the *.test.mjs in it; counts from node's own summary.
node_tests() {
  local passed failed
  step "node --test $1" node --test --test-reporter=tap "$1"/*.test.mjs
  passed=$(sed -n 's/^# pass \([0-9]*\)$/\1/p' "$log")
  failed=$(sed -n 's/^# fail \([0-9]*\)$/\1/p' "$log")
  if [ -z "$passed" ] || [ -z "$failed" ] || [ $((passed + failed)) -eq 0 ]; then
    record failed 1 "node --test $1: no result (exit code $status)"
    return
  fi
  record passed "$passed" "tests of $1"
  record failed "$failed" "$failed of the tests of $1, see above"
}

# lab_counts NAME WHAT: the step before was a lab, whose last line is "RESULT NAME passed=N failed=N ...".
lab_counts() {
  local line passed failed
  line=$(tail -n 1 "$log")
  if [[ ! $line =~ ^RESULT\ $1\ passed=([0-9]+)\ failed=([0-9]+) ]]; then
    record failed 1 "$2: exit code $status, no result"
    return
  fi
  passed=${BASH_REMATCH[1]} failed=${BASH_REMATCH[2]}
  record passed "$passed" "assertions of $2"
  record failed "$failed" "$failed assertions of $2, see above"
  if [ "$failed" -eq 0 ] && [ "$status" != 0 ]; then record failed 1 "$2: exit code $status"; fi
}
