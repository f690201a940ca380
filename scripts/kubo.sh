#!/usr/bin/env bash
# A Kubo node for tests, of one version, on loopback alone and never in contact with another node.
#
#   scripts/kubo.sh build         builds it into the cache (4 minutes of CPU, once)
#   scripts/kubo.sh start DIR     makes a new repository in DIR, starts the node and prints the URL of its RPC
#   scripts/kubo.sh stop DIR      ends that node
#
# Exit code 3: it cannot be had here; the tests against it then did not run.
set -euo pipefail

VERSION=v0.42.0
GO_VERSION=1.26.4
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/weighbridge/kubo"
IPFS="$CACHE/ipfs-$VERSION"

unavailable() {
  echo "kubo.sh: NO KUBO: $1: the tests against a real Kubo do not run" >&2
  exit 3
}

build() {
  [[ -x "$IPFS" ]] && return
  command -v go >/dev/null || unavailable "go is not installed"
  mkdir -p "$CACHE"
  local work
  work="$(mktemp -d "$CACHE/build.XXXXXX")"
  # Expanded now: `work` is gone when the trap runs.
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  printf 'module kubo.invalid\n\ngo %s\n\nrequire github.com/ipfs/kubo %s\n' "$GO_VERSION" "$VERSION" >"$work/go.mod"
  printf 'package kubo\n\nimport _ "github.com/ipfs/kubo/cmd/ipfs"\n' >"$work/kubo.go"
  (cd "$work" && nice -n 15 go build -mod=mod -trimpath -ldflags='-s -w' -o ipfs github.com/ipfs/kubo/cmd/ipfs) >&2 ||
    unavailable "github.com/ipfs/kubo $VERSION cannot be built"
  mv "$work/ipfs" "$IPFS"
}

start() {
  local repo="$1"
  build
  mkdir -p "$repo"
  export IPFS_PATH="$repo"
  "$IPFS" init --profile=test,unixfs-v1-2025 >/dev/null
  "$IPFS" config --json Addresses '{"API":"/ip4/127.0.0.1/tcp/0","Gateway":"/ip4/127.0.0.1/tcp/0","Swarm":[]}'
  "$IPFS" config Routing.Type none
  "$IPFS" config --json Provide.Enabled false
  "$IPFS" config --json Gateway.NoFetch true
  nohup "$IPFS" daemon --offline >"$repo/daemon.log" 2>&1 </dev/null &
  echo $! >"$repo/daemon.pid"
  for _ in $(seq 150); do
    if [[ -s "$repo/api" ]] && "$IPFS" --api "$(cat "$repo/api")" id >/dev/null 2>&1; then
      sed -E 's#^/ip4/([^/]+)/tcp/([0-9]+).*#http://\1:\2#' "$repo/api"
      return
    fi
    kill -0 "$(cat "$repo/daemon.pid")" 2>/dev/null || break
    sleep 0.1
  done
  cat "$repo/daemon.log" >&2
  stop "$repo"
  echo "kubo.sh: the node did not start" >&2
  exit 1
}

stop() {
  local pid
  pid="$(cat "$1/daemon.pid" 2>/dev/null)" || return 0
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 50); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -9 "$pid" 2>/dev/null || true
  rm -f "$1/daemon.pid"
}

case "${1:-} $#" in
  "build 1") build ;;
  "start 2") start "$2" ;;
  "stop 2") stop "$2" ;;
  *)
    echo "usage: scripts/kubo.sh build | start DIR | stop DIR" >&2
    exit 2
    ;;
esac
