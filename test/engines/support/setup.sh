# What the set-ups of engines share; sourced by `<engine>/setup.sh`. The last line that one of them prints is the version that
# it got, or what went wrong.
set -eu
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kubefate-tanzu-engines
mkdir -p "$cache"

refuse() {
  echo "$1"
  exit 1
}

# Runs the rest unless what it made is there already, made the same way.
once() { # name-in-the-cache file-that-says-how... -- command [argument...]
  made=$cache/$1
  shift
  hows=
  while [ "$1" != -- ]; do
    hows="$hows $1"
    shift
  done
  shift
  # shellcheck disable=SC2086 # several files
  state=$(cat $hows "$0" | sha256sum)
  [ "$state" = "$(cat "$made.state" 2>/dev/null)" ] && return
  rm -f "$made.state"
  "$@"
  echo "$state" >"$made.state"
}

# Builds the tools of a Go module. Its go.sum names the content of everything that goes into them.
build_tools() { # name-in-the-cache directory-of-the-module [linker-flags]
  command -v go >/dev/null || refuse 'no Go here'
  once "$1" "$2/go.mod" "$2/go.sum" -- go_build "$@"
}

go_build() {
  mkdir -p "$cache/$1"
  (cd "$2" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w ${3-}" -o "$cache/$1/" tool)
}

# Fetches what a pom.xml names, and what that needs.
maven_jars() { # name-in-the-cache pom.xml
  java_17
  command -v mvn >/dev/null || refuse 'no mvn here'
  debian_tools
  once "$1" "$2" -- copy_jars "$@"
}

java_17() {
  javac=$(javac -version 2>&1) || refuse 'no JDK here'
  case $javac in 'javac 17.'*) ;; *) refuse "needs a JDK 17, here is $javac" ;; esac
}

copy_jars() {
  rm -rf "${cache:?}/$1"
  maven copy-dependencies "$2" -DoutputDirectory="$cache/$1/lib"
}

maven() { # goal-of-the-dependency-plugin pom.xml [argument...]
  goal=$1 pom=$2
  shift 2
  mvn --batch-mode --quiet --file "$pom" "dependency:$goal" "$@" >"$cache/mvn.log" 2>&1 ||
    refuse "mvn: $(grep -m 1 '^\[ERROR' "$cache/mvn.log")"
}

# Unpacks packages of Debian. Installed, their services would start and listen: here, pods find the files below their own.
unpack() { # name-in-the-cache version-of-the-first package...
  debian_tools
  once "$1" -- download_and_extract "$@"
  cat "$cache/$1.version"
}

download_and_extract() {
  directory=$cache/$1 wanted=$2
  shift 2
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
}

debian_tools() {
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

# Of apt's many words only those that say what failed.
apt() { # command [argument...]
  timeout 200 "$@" >"$cache/apt.log" 2>&1 || refuse "$1 $2: $(grep -E '^(E|W|Err)' "$cache/apt.log" | tail -n 1)"
}
