#!/bin/sh
. "$(dirname "$0")/../../support/setup.sh"
module=$(dirname "$0")
once kubelet "$module/go.mod" "$module/go.sum" "$module/main.go" -- go_build kubelet "$module"
sed -n 's/.*k8s.io\/cri-streaming v/v/p' "$module/go.mod"
