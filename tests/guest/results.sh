# shellcheck shell=bash
# What came back from the guest. Needs progress.sh.

# report NAME LOGS QEMU-STATUS SECONDS: shows it, prints the RESULT line, and fails where anything did.
report() {
  local name=$1 logs=$2 passed failed
  tr -d '\r' <"$logs/results" | sed -nE 's/^(PASS|FAIL|SKIP|BOOTED|END) /  &/p' >&2
  passed=$(grep -c '^PASS ' "$logs/results" || true)
  failed=$(grep -c '^FAIL ' "$logs/results" || true)
  # A guest that ends early, or runs nothing, is not a success.
  if ! grep -q '^DONE' "$logs/results"; then
    say "  FAIL the guest did not come to its end (exit code $3); the end of its console:"
    tail -n 15 "$logs/console.log" >&2 || true
    failed=$((failed + 1))
  fi
  [ "$passed" -gt 0 ] || failed=$((failed + 1))
  [ "$failed" -eq 0 ] || say "  see $logs/journal.log"
  printf 'RESULT %s passed=%s failed=%s seconds=%s\n' "$name" "$passed" "$failed" "$4"
  [ "$failed" -eq 0 ]
}
