#!/bin/sh
# Runs the suite in a world of its own: loopback and nothing else for a network, its own processes and its own /run. All
# of it ends with the suite, and the suite ends in 72 minutes at the latest.
#
# usage: run.sh [argument of vitest...]
#
# environment:
#   CONFIG   vitest's configuration [vitest.engines.config.mts]
set -eu
cd "$(dirname "$0")/../.."
suite='npx vitest run --config "${CONFIG:-vitest.engines.config.mts}" "$@"'

if ! refused=$(unshare --net --mount --pid --fork ip link set lo up 2>&1); then
  ENGINES_NO_WORLD="no network of its own: $refused" exec timeout --kill-after=10 4320 sh -c "$suite" suite "$@"
fi
# Not exec: this shell is process 1 and buries what the suite leaves behind.
exec timeout --foreground --kill-after=10 4320 \
  unshare --net --mount --pid --fork --kill-child --mount-proc sh -euc "
    ip link set lo up
    echo 1 >/proc/sys/net/ipv4/ip_forward
    mount -t tmpfs tmpfs /run
    export ENGINES_WORLD=1 TMPDIR=/run
    $suite
  " suite "$@"
