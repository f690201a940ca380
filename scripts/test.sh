#!/usr/bin/env bash
# Sets everything up and runs every test. Usage: scripts/test.sh
set -euo pipefail
cd "$(dirname "$0")/.."
started=$SECONDS
./scripts/set-up.sh --with-debian-packages
./scripts/check.sh
echo "all tests in $((SECONDS - started)) s"
