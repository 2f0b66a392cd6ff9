#!/bin/sh
# Prometheus' tools and the exporter of certificates of Debian, Grafana's types of a dashboard, the definitions of the Prometheus
# operator, and a stand-in for json_exporter.
. "$(dirname "$0")/../support/setup.sh"
module=$(cd "$(dirname "$0")" && pwd)
operator=$module/operator

build() {
  mkdir -p "$cache/monitoring/bin"
  (cd "$module" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$cache/monitoring/bin/" ./...)
}

copy_definitions() {
  (cd "$operator" && go mod download github.com/prometheus-operator/prometheus-operator)
  source=$(cd "$operator" && go list -m -f '{{.Dir}}' github.com/prometheus-operator/prometheus-operator)
  mkdir -p "$cache/monitoring/definitions"
  for kind in podmonitors prometheusrules; do
    install -m 644 "$source/example/prometheus-operator-crd/monitoring.coreos.com_$kind.yaml" "$cache/monitoring/definitions"
  done
}

command -v go >/dev/null || refuse 'no Go here'
once monitoring-tools "$module/go.mod" "$module/go.sum" "$module/json-exporter/main.go" "$module/dashboards/main.go" -- build
once monitoring-definitions "$operator/go.mod" "$operator/go.sum" -- copy_definitions
unpack prometheus '^2\.' prometheus prometheus-blackbox-exporter
