#!/bin/sh
# usage: setup.sh release
. "$(dirname "$0")/../support/setup.sh"
module=$(dirname "$0")/$1
version=$(sed -n 's/.*k8s.io\/kubernetes v/v/p' "$module/go.mod")
variables=k8s.io/component-base/version
build_tools "kubernetes-$1" "$module" \
  "-X $variables.gitVersion=$version -X $variables.gitMajor=1 -X $variables.gitMinor=${1#1.}"
echo "$version"
