#!/bin/sh
# usage: setup.sh definitions | controllers
. "$(dirname "$0")/../../support/setup.sh"
module=$(cd "$(dirname "$0")" && pwd)

copy_definitions() {
  (cd "$module" && go mod download github.com/cert-manager/cert-manager)
  source=$(cd "$module" && go list -m -f '{{.Dir}}' github.com/cert-manager/cert-manager)
  mkdir -p "$cache/cert-manager-definitions"
  install -m 644 "$source"/deploy/crds/cert-manager.io_*.yaml "$cache/cert-manager-definitions"
}

build_controllers() {
  mkdir -p "$cache/cert-manager"
  (cd "$module" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$cache/cert-manager/" .)
}

command -v go >/dev/null || refuse 'no Go here'
case $1 in
definitions) once cert-manager-definitions "$module/go.mod" "$module/go.sum" -- copy_definitions ;;
controllers) once cert-manager "$module/go.mod" "$module/go.sum" "$module/main.go" -- build_controllers ;;
esac
sed -n 's/.*cert-manager\/cert-manager v/v/p' "$module/go.mod"
