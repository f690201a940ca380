#!/usr/bin/env bash
# Sets everything up and runs every test. Usage: scripts/test.sh
# A real Kubo node is built in the background meanwhile, and what needs it runs last.
set -euo pipefail
cd "$(dirname "$0")/.."
started=$SECONDS
work="$(mktemp -d)"
trap 'scripts/kubo.sh stop "$work/kubo" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

./scripts/set-up.sh --with-debian-packages
./scripts/kubo.sh build >"$work/kubo.log" 2>&1 &
kubo=$!
./scripts/check.sh

built=0
wait "$kubo" || built=$?
if [ "$built" = 0 ]; then
  printf '\n== a real Kubo node\n'
  WEIGHBRIDGE_TEST_KUBO_API="$(scripts/kubo.sh start "$work/kubo")" \
    pnpm exec vitest run --project contract packages/adapters/channel-ipfs/src/kubo-channel.contract.test.ts
elif [ "$built" = 3 ]; then
  cat "$work/kubo.log" >&2
  echo "NOT RUN: kubo-channel.contract.test.ts, the tests against a real Kubo node" >&2
else
  cat "$work/kubo.log" >&2
  exit 1
fi
[ "$(id -u)" = 0 ] && [ -e /dev/loop-control ] ||
  echo "NOT RUN: power cuts of test/faults, which need root and loop devices" >&2
echo "all tests in $((SECONDS - started)) s"
