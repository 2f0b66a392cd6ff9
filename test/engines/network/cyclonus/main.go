// Tells of connections, as JSON, whether NetworkPolicies let them through by what cyclonus knows of policies.
package main

import (
	"encoding/json"
	"os"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
)

// A pod, or an address outside of the cluster, which has no namespace.
type end struct {
	Address         string
	Namespace       string
	NamespaceLabels map[string]string
	Labels          map[string]string
	Ports           map[int]string
}

type question struct {
	Policies    []*networking.NetworkPolicy
	Ends        []end
	Connections []struct {
		From, To, Port int
		Protocol       core.Protocol
	}
}

func main() {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		panic(err)
	}
	policy := matcher.BuildNetworkPolicies(true, asked.Policies)
	answers := make([]bool, len(asked.Connections))
	for i, connection := range asked.Connections {
		from, to := asked.Ends[connection.From], asked.Ends[connection.To]
		answers[i] = policy.IsTrafficAllowed(&matcher.Traffic{
			Source:           peer(from),
			Destination:      peer(to),
			ResolvedPort:     connection.Port,
			ResolvedPortName: to.Ports[connection.Port],
			Protocol:         connection.Protocol,
		}).IsAllowed()
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}

func peer(of end) *matcher.TrafficPeer {
	if of.Namespace == "" {
		return &matcher.TrafficPeer{IP: of.Address}
	}
	return &matcher.TrafficPeer{IP: of.Address, Internal: &matcher.InternalPeer{
		PodLabels:       of.Labels,
		NamespaceLabels: of.NamespaceLabels,
		Namespace:       of.Namespace,
	}}
}
