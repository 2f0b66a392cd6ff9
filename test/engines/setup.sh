#!/bin/sh
# Gets the engines that the suite runs: Debian's packages, unpacked and not installed, and Kubernetes from its Go modules.
# What is there already stays. An engine that cannot be had is no failure: its reason is kept for the suite to tell.
#
# usage: setup.sh          get everything
#        setup.sh engine   get this one; the last line printed is its version, or what went wrong
#
# environment:
#   XDG_CACHE_HOME   where to keep it, in kubefate-tanzu-engines [~/.cache]
#   GOFLAGS          -p=1 for one compiler at a time
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kubefate-tanzu-engines
mkdir -p "$cache"

main() {
  attempt traffic-server 600
  attempt nginx 600
  attempt kubernetes-1.37 2400
  attempt kubernetes-1.24 2400
}

attempt() { # engine seconds
  log=$cache/$1.log
  if timeout --kill-after=10 "$2" nice -n 19 "$here/setup.sh" "$1" >"$log" 2>&1; then
    status=$(tail -n 1 "$log")
  elif [ $? = 124 ]; then
    status="refused: not done in $2 s, see $log"
  else
    status="refused: $(tail -n 1 "$log")"
  fi
  echo "$status" >"$cache/$1.status"
  echo "$1: $status"
}

traffic_server() {
  unpack traffic-server '^9\.2\.' trafficserver
}

nginx() {
  unpack nginx '^1\.22\.' nginx-light libnginx-mod-http-lua lua-resty-core lua-resty-lrucache
}

# Services of installed packages would start and listen: here, pods find the files below their own.
unpack() { # engine version package...
  engine=$1 wanted=$2
  shift 2
  tools
  directory=$cache/$engine
  state=$(sha256sum <"$here/setup.sh")
  if [ "$state" != "$(cat "$directory.state" 2>/dev/null)" ]; then
    rm -rf "$directory" "$directory.debs"
    mkdir -p "$directory.debs/partial"
    apt apt-get update
    version=$(apt-cache show --no-all-versions "$1" | sed -n 's/^Version: \(.*:\)\?//p')
    echo "$version" | grep -q "$wanted" || refuse "$1 is $version here, and not $wanted"
    (cd "$directory.debs" && apt apt-get download "$@")
    apt apt-get install --yes --no-install-recommends --download-only \
      -o "Dir::Cache::archives=$directory.debs" "$@" # what they depend on and this machine lacks
    for package in "$directory.debs"/*.deb; do dpkg --extract "$package" "$directory"; done
    if [ -d "$directory/lib" ]; then # a link to usr/lib on every Debian 12
      cp --archive "$directory/lib" "$directory/usr"
      rm -r "${directory:?}/lib"
    fi
    rm -rf "$directory.debs"
    echo "$version" >"$directory.version"
    echo "$state" >"$directory.state"
  fi
  cat "$directory.version"
}

tools() {
  [ "$(id -u)" = 0 ] || refuse 'needs root, for network and mounts of its own'
  command -v apt-get >/dev/null || refuse 'no apt-get here'
  missing=
  command -v ip >/dev/null || missing="$missing iproute2"
  command -v openssl >/dev/null || missing="$missing openssl"
  command -v pkill >/dev/null || missing="$missing procps"
  [ -n "$missing" ] || return 0
  apt apt-get update
  # shellcheck disable=SC2086 # several words
  apt apt-get install --yes --no-install-recommends $missing
}

kubernetes() { # release
  command -v go >/dev/null || refuse 'no Go here'
  cd "$here/kubernetes/$1"
  version=$(sed -n 's/.*k8s.io\/kubernetes v/v/p' go.mod)
  directory=$cache/kubernetes-$1
  state=$(cat go.mod go.sum "$here/setup.sh" | sha256sum)
  if [ "$state" != "$(cat "$directory.state" 2>/dev/null)" ]; then
    mkdir -p "$directory"
    variables=k8s.io/component-base/version
    stamp="-X $variables.gitVersion=$version -X $variables.gitMajor=1 -X $variables.gitMinor=${1#1.}"
    CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w $stamp" -o "$directory/" tool
    echo "$state" >"$directory.state"
  fi
  echo "$version"
}

refuse() {
  echo "$1"
  exit 1
}

# Of apt's many words only those that say what failed.
apt() { # command argument...
  timeout 200 "$@" >"$cache/apt.log" 2>&1 || refuse "$1 $2: $(grep -E '^(E|W|Err)' "$cache/apt.log" | tail -n 1)"
}

case ${1-} in
  '') main ;;
  traffic-server) traffic_server ;;
  nginx) nginx ;;
  kubernetes-*) kubernetes "${1#kubernetes-}" ;;
  *) refuse "no engine $1" ;;
esac
