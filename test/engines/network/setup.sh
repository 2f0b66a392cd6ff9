#!/bin/sh
# kube-router, which has NetworkPolicies enforced by the kernel, the programs of Debian that it tells the kernel by, and what cyclonus
# knows of policies.
. "$(dirname "$0")/../support/setup.sh"
module=$(cd "$(dirname "$0")" && pwd)

build_cyclonus() {
  mkdir -p "$cache/cyclonus"
  (cd "$module" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$cache/cyclonus/" ./cyclonus)
}

unpack netfilter '^1\.8\.' iptables ipset
for name in iptables ip6tables; do # what an installation makes alternatives of
  for suffix in '' -save -restore; do ln -sf xtables-nft-multi "$cache/netfilter/usr/sbin/$name$suffix"; done
done
build_tools kube-router "$module"
once cyclonus "$module/go.mod" "$module/go.sum" "$module/cyclonus/main.go" -- build_cyclonus
sed -n 's/.*cloudnativelabs\/kube-router\/v2 \(v[^ ]*\).*/\1/p' "$module/go.mod"
