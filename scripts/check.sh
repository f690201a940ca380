#!/usr/bin/env bash
# The gate: cheapest first, stops at the first failure. For people and for CI; scripts/set-up.sh goes before it.
set -euo pipefail
cd "$(dirname "$0")/.."

gate() {
  local what="$1" started=$SECONDS
  shift
  printf '\n== %s\n' "$what"
  "$@" || { echo "FAILED: $what ($*)" >&2; exit 1; }
  printf -- '-- %s: %d s\n' "$what" "$((SECONDS - started))"
}

gate format pnpm format:check
gate types pnpm types
gate lint pnpm lint
gate layers pnpm layers
gate unused pnpm unused
gate build pnpm build
gate "generated files" node scripts/gen/check-generated.mjs
gate "offline verifier" node scripts/gen/offline-verifier.mjs
gate unit pnpm exec vitest run --project unit
gate "contract suites" pnpm exec vitest run --project contract
gate vectors pnpm exec vitest run --project vectors
gate Solidity pnpm --filter @weighbridge/contracts run test
gate "gas and size" pnpm --filter @weighbridge/contracts run gas
rm -f .cache/outcomes.jsonl
gate integration pnpm exec vitest run --project integration
gate journeys pnpm exec vitest run --project journeys
gate "power cuts" pnpm exec vitest run --project faults
gate "outcome table" node scripts/gen/outcomes.mjs
