#!/bin/sh
# Gets the engines that the suite runs, into a cache outside the repository. What is there already stays. An engine that
# cannot be had is no failure: its reason is kept for the suite to tell.
#
# environment:
#   XDG_CACHE_HOME   where to keep it, in kubefate-tanzu-engines [~/.cache]
#   GOFLAGS          -p=1 for one compiler at a time
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kubefate-tanzu-engines
mkdir -p "$cache"

attempt() { # engine seconds set-up [argument...]
  log=$cache/$1.log engine=$1 limit=$2 setup=$here/$3
  shift 3
  if timeout --kill-after=10 "$limit" nice -n 19 "$setup" "$@" >"$log" 2>&1; then
    status=$(tail -n 1 "$log")
  elif [ $? = 124 ]; then
    status="refused: not done in $limit s, see $log"
  else
    status="refused: $(tail -n 1 "$log")"
  fi
  echo "$status" >"$cache/$engine.status"
  echo "$engine: $status"
}

attempt traffic-server 600 traffic-server/setup.sh
attempt nginx 600 nginx/setup.sh
attempt pulsar 600 pulsar/setup.sh
attempt kubernetes-1.37 2400 kubernetes/setup.sh 1.37
attempt kubernetes-1.24 2400 kubernetes/setup.sh 1.24
attempt kwok 1800 kubernetes/kwok/setup.sh
attempt cluster-api 300 kubernetes/cluster-api/setup.sh
attempt pulumi 2400 pulumi/setup.sh
attempt spark 900 spark/setup.sh
attempt hadoop 600 hadoop/setup.sh
attempt mariadb 300 mysql/setup.sh
