# shellcheck shell=bash
# What is held of a machine, one line each. Needs progress.sh.

passed_count=0 failed_count=0

passed() { passed_count=$((passed_count + 1)) && say "  PASS $1"; }

failed() { failed_count=$((failed_count + 1)) && say "  FAIL $1: ${2:-}"; }

# holds WHAT COMMAND...: it succeeds.
holds() {
  local what=$1 said
  shift
  if said=$("$@" 2>&1); then passed "$what"; else failed "$what" "exit code $?, ${said:0:400}"; fi
}

# refuses WHAT COMMAND...: it does not.
refuses() {
  local what=$1 said
  shift
  if said=$("$@" 2>&1); then failed "$what" "it succeeded: ${said:0:400}"; else passed "$what"; fi
}

# has WHAT TEXT PATTERN: an extended regular expression, in any of its lines.
has() { if grep -qE -- "$3" <<<"$2"; then passed "$1"; else failed "$1" "no '$3' in: ${2:0:600}"; fi; }

equals() { if [ "$2" = "$3" ]; then passed "$1"; else failed "$1" "'$2', not '$3'"; fi; }
