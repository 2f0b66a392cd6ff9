#!/bin/sh
# Gets what the benchmark runs, into the cache of the engine tests. Nothing is installed: a package's service would start.
engines=$(dirname "$0")/../../test/engines
. "$engines/support/setup.sh"
exec 9>"$cache/lock"
flock 9 # one set-up at a time

attempt() { # name command [argument...]
  name=$1
  shift
  version=$("$@") || refuse "$name: $version"
  echo "$version" >"$cache/$name.status"
  echo "$name: $version"
}

attempt traffic-server "$engines/traffic-server/setup.sh"
attempt nginx "$engines/nginx/setup.sh"
attempt pulsar-2.10 "$engines/pulsar/setup.sh" 2.10
attempt haproxy unpack haproxy '^2\.6\.' haproxy
attempt nginx-stream unpack nginx-stream '^1\.22\.' nginx nginx-common libnginx-mod-stream
