#!/bin/sh
# Runs a server in its own place and makes it read its routes and certificates again whenever they change: a new route
# restarts nothing.
#
# usage: watched-server.sh server [argument...]
#
# environment:
#   TABLE          file of routes, which the kubelet keeps up to date
#   CERTIFICATES   more files that it keeps up to date, separated by blanks
#   RELOAD         shell command that makes the server read all of them again; run again until it succeeds
#   SEEN           file that gets the checksums of the files as they were looked at last, for a probe to compare with
#   INTERVAL       seconds between two looks
#   LINK           where the server reads its routes, if that is not TABLE; becomes a link to it
set -eu
: "${TABLE:?}" "${RELOAD:?}" "${SEEN:?}" "${INTERVAL:?}"

# shellcheck disable=SC2086 # several files
look() { cksum "$TABLE" ${CERTIFICATES-}; }

# $$ is the server in here, too: exec keeps the process.
watch() {
  trap 'kill "$$" 2>/dev/null' EXIT # a server that nobody watches would keep old routes for good
  trap exit HUP TERM                # which alone would not run the trap above in every shell
  while sleep "$INTERVAL" && kill -0 "$$" 2>/dev/null; do
    current=$(look) || continue # one is absent for a moment: the server keeps what it has
    echo "$current" >"$SEEN"
    if [ "$current" = "$applied" ]; then continue; fi
    echo 'routes or certificates changed, reloading'
    applied= # a reload that fails may have done its work: even the old files are a change now
    if timeout 60 sh -c "$RELOAD"; then
      applied=$current
    else
      echo "reload failed, trying again in $INTERVAL s" >&2
    fi
  done
}

if [ -n "${LINK-}" ]; then ln -sfn "$TABLE" "$LINK"; fi
applied=$(look) # before the server reads them: a change in between costs a reload and is not lost
echo "$applied" >"$SEEN"
watch &
exec "$@"
