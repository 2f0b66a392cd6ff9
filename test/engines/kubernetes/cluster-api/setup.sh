#!/bin/sh
. "$(dirname "$0")/../../support/setup.sh"
module=$(dirname "$0")

copy_definition() {
  (cd "$module" && go mod download sigs.k8s.io/cluster-api)
  source=$(cd "$module" && go list -m -f '{{.Dir}}' sigs.k8s.io/cluster-api)
  mkdir -p "$cache/cluster-api"
  install -m 644 "$source/config/crd/bases/cluster.x-k8s.io_clusters.yaml" "$cache/cluster-api/clusters.yaml"
}

command -v go >/dev/null || refuse 'no Go here'
once cluster-api "$module/go.mod" "$module/go.sum" -- copy_definition
sed -n 's/.*sigs.k8s.io\/cluster-api v/v/p' "$module/go.mod"
