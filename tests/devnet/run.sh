#!/usr/bin/env bash
# Installs the devnet's clients if needed and measures faults on it. Options are those of run.mjs:
#   --agent PATH  --baseline  --fault NAME (repeatable, or a list with commas)  --all  --seconds 42  --phase 0..1  --dir DIR  --base-port 29000  --keep  --seed TEXT
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
install=$("$here/install.sh")
exec node "$here/run.mjs" --install "$install" "$@"
