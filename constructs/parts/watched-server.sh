#!/bin/sh
# Runs a server in its own place and makes it read its routes again whenever they change: a new route restarts nothing.
#
# usage: watched-server.sh server [argument...]
#
# environment:
#   TABLE      file of routes, which the kubelet keeps up to date
#   RELOAD     shell command that makes the server read its routes again; run again until it succeeds
#   SEEN       file that gets the checksum of the routes that were looked at last, for a probe to compare with TABLE
#   INTERVAL   seconds between two looks at TABLE
#   LINK       where the server reads its routes, if that is not TABLE; becomes a link to it
set -eu
: "${TABLE:?}" "${RELOAD:?}" "${SEEN:?}" "${INTERVAL:?}"

# $$ is the server in here, too: exec keeps the process.
watch() {
  trap 'kill "$$" 2>/dev/null' EXIT # a server that nobody watches would keep old routes for good
  trap exit HUP TERM                # which alone would not run the trap above in every shell
  while sleep "$INTERVAL" && kill -0 "$$" 2>/dev/null; do
    current=$(cksum <"$TABLE") || continue # absent for a moment: the server keeps what it has
    echo "$current" >"$SEEN"
    if [ "$current" = "$applied" ]; then continue; fi
    echo 'routes changed, reloading'
    applied= # a reload that fails may have done its work: even the old routes are a change now
    if timeout 60 sh -c "$RELOAD"; then
      applied=$current
    else
      echo "reload failed, trying again in $INTERVAL s" >&2
    fi
  done
}

if [ -n "${LINK-}" ]; then ln -sfn "$TABLE" "$LINK"; fi
applied=$(cksum <"$TABLE") # before the server reads it: a change in between costs a reload and is not lost
echo "$applied" >"$SEEN"
watch &
exec "$@"
