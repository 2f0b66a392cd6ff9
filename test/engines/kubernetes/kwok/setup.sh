#!/bin/sh
. "$(dirname "$0")/../../support/setup.sh"
module=$(cd "$(dirname "$0")" && pwd)

# Stages say what becomes of nodes and pods, and when. These are kwok's own that are done at once.
copy_stages() {
  source=$(cd "$module" && go list -m -f '{{.Dir}}' sigs.k8s.io/kwok)
  for stage in node/fast/node-initialize pod/fast/pod-ready pod/fast/pod-delete; do
    echo ---
    cat "$source/kustomize/stage/$stage.yaml"
  done >"$cache/kwok/stages.yaml"
}

build_tools kwok "$module"
once kwok/stages.yaml "$module/go.mod" -- copy_stages
sed -n 's/.*sigs.k8s.io\/kwok v/v/p' "$module/go.mod"
