#!/usr/bin/env bash
# Power cuts and failing calls at every mutating system call of the commands that change a disk; `pnpm build` goes before it.
# The gate runs a sample. Needs root, loop devices and strace; takes tens of minutes. Usage: scripts/faults.sh [FILE...]
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(id -u)" != 0 ] || [ ! -e /dev/loop-control ] || ! command -v strace mkfs.ext4 >/dev/null; then
  echo "NOT RUN: power cuts need root, loop devices, strace and mkfs.ext4" >&2
  exit 3
fi
FAULTS=all pnpm exec vitest run --project faults --reporter=verbose "$@"
