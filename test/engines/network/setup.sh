#!/bin/sh
# kube-router, which has NetworkPolicies enforced by the kernel, and the programs of Debian that it tells the kernel by.
. "$(dirname "$0")/../support/setup.sh"
module=$(cd "$(dirname "$0")" && pwd)

unpack netfilter '^1\.8\.' iptables ipset
for name in iptables ip6tables; do # what an installation makes alternatives of
  for suffix in '' -save -restore; do ln -sf xtables-nft-multi "$cache/netfilter/usr/sbin/$name$suffix"; done
done
build_tools kube-router "$module"
sed -n 's/.*cloudnativelabs\/kube-router\/v2 \(v[^ ]*\).*/\1/p' "$module/go.mod"
