module kubefate-tanzu/engines/monitoring

go 1.26.0

require (
	github.com/grafana/grafana-foundation-sdk/go v0.0.22
	gopkg.in/yaml.v3 v3.0.1
	k8s.io/client-go v0.36.2
)
