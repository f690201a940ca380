#!/usr/bin/env bash
# Sets everything up, then registers, approves and verifies real models. Usage: scripts/demo.sh [--json]
set -euo pipefail
cd "$(dirname "$0")/.."
./scripts/set-up.sh
exec node scripts/demo.mjs "$@"
