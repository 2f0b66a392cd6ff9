#!/bin/sh
# Gets the engines that the suite runs, into a cache outside the repository. What is there already stays. An engine that
# cannot be had is no failure: its reason is kept for the suite to tell. All of it ends after 45 minutes.
#
# environment:
#   XDG_CACHE_HOME   where to keep it, in kubefate-tanzu-engines [~/.cache]
#   GOFLAGS          -p=1 for one compiler at a time
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kubefate-tanzu-engines
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9 # one set-up at a time

end=$(($(date +%s) + 2700)) # of all set-ups, in seconds

attempt() { # engine set-up [argument...]
  log=$cache/$1.log engine=$1 setup=$here/$2
  shift 2
  left=$((end - $(date +%s)))
  if [ "$left" -le 0 ]; then
    status='refused: no time was left for it'
  elif timeout --kill-after=10 "$left" nice -n 19 "$setup" "$@" >"$log" 2>&1; then
    status=$(tail -n 1 "$log")
  elif [ "$(date +%s)" -ge "$end" ]; then
    status="refused: not done in $left s, see $log"
  else
    status="refused: $(tail -n 1 "$log")"
  fi
  echo "$status" >"$cache/$engine.status"
  echo "$engine: $status"
}

attempt traffic-server traffic-server/setup.sh
attempt nginx nginx/setup.sh
attempt mariadb mysql/setup.sh
attempt rclone rclone/setup.sh
attempt prometheus monitoring/setup.sh
attempt cluster-api kubernetes/cluster-api/setup.sh
attempt cert-manager-definitions kubernetes/cert-manager/setup.sh definitions
attempt pulsar-2.7 pulsar/setup.sh 2.7
attempt pulsar-2.10 pulsar/setup.sh 2.10
attempt hadoop-2.7 hadoop/setup.sh 2.7
attempt hadoop-3.2 hadoop/setup.sh 3.2
attempt spark-2.4 spark/setup.sh 2.4
attempt spark-3.1 spark/setup.sh 3.1
attempt kubernetes-1.37 kubernetes/setup.sh 1.37
attempt kube-router network/setup.sh
attempt kwok kubernetes/kwok/setup.sh
attempt kubelet kubernetes/kubelet/setup.sh
attempt kube-state-metrics monitoring/kube-state-metrics/setup.sh
attempt pulumi pulumi/setup.sh
attempt kubernetes-1.24 kubernetes/setup.sh 1.24
attempt cert-manager kubernetes/cert-manager/setup.sh controllers
attempt linters linters/setup.sh
attempt fate fate/setup.sh
attempt fate-spark fate/setup-spark.sh
