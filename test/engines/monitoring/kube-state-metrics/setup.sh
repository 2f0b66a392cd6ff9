#!/bin/sh
. "$(dirname "$0")/../../support/setup.sh"
module=$(cd "$(dirname "$0")" && pwd)
build_tools kube-state-metrics "$module"
sed -n 's/.*kube-state-metrics\/v2 v/v/p' "$module/go.mod"
