#!/usr/bin/env bash
# Sets up a fresh checkout: pnpm, dependencies, build. Says nothing but what went wrong, with --verbose everything.
# Usage: scripts/set-up.sh [--verbose] [--with-debian-packages]
set -euo pipefail
cd "$(dirname "$0")/.."

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
verbose=no
debian=no
for word in "$@"; do
  case "$word" in
    --verbose) verbose=yes ;;
    --with-debian-packages) debian=yes ;;
    *) echo "USAGE: unknown flag $word" >&2; exit 2 ;;
  esac
done

step() {
  local what="$1"
  shift
  echo "set-up: $what" >&2
  if [ "$verbose" = yes ]; then "$@" >&2
  elif ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    echo "set-up failed: $what" >&2
    exit 1
  fi
}

# 20.19 or a later 20, or 22.12 and later: as package.json says.
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)' ||
  { echo "set-up: Node.js $(node --version) is too old; install 20.19 or later" >&2; exit 1; }

if [ "$debian" = yes ]; then
  missing=()
  for pair in strace:strace openssl:openssl git:git setpriv:util-linux unshare:util-linux python3:python3 faketime:faketime git-lfs:git-lfs redis-server:redis-server mkfs.ext4:e2fsprogs mount:mount; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing+=("${pair##*:}")
  done
  if [ "${#missing[@]}" -gt 0 ]; then
    [ "$(id -u)" = 0 ] || { echo "set-up: install these Debian packages first: ${missing[*]}" >&2; exit 1; }
    step "Debian packages ${missing[*]}" sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ${missing[*]}"
  fi
fi

pnpm_version="$(node -p 'require("./package.json").packageManager.split("@")[1]')"
[ "$(pnpm --version 2>/dev/null)" = "$pnpm_version" ] || step "pnpm $pnpm_version" npm install --global "pnpm@$pnpm_version"
step "dependencies" pnpm install --frozen-lockfile
step "build" pnpm build
