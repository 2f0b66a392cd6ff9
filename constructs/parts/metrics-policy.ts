import { Construct } from 'constructs';
import type { NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer } from 'kubernetes-types/networking/v1';
import { Manifest } from '../app/manifest';

export interface MetricsPolicyProps {
  /** Whose pods tell metrics. */
  readonly workload: string;
  /** Ports that tell them, and to whom. */
  readonly metrics: readonly number[];
  readonly to: NetworkPolicyPeer;
  /** What has nothing to do with metrics, and stays as it is without this. */
  readonly others?: readonly NetworkPolicyIngressRule[];
}

/** Lets nobody reach the metrics of a workload but who scrapes them. Kubelets, which ask probes, pass any policy. */
export class MetricsPolicy extends Construct {
  constructor(scope: Construct, id: string, { workload, metrics, to, others = [] }: MetricsPolicyProps) {
    super(scope, id);
    new Manifest<NetworkPolicy>(this, 'network-policy', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `${workload}-metrics` },
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': workload } },
        policyTypes: ['Ingress'],
        ingress: [...others, { from: [to], ports: policyPorts(metrics) }],
      },
    });
  }
}

/** From everywhere. */
export const openPorts = (...ports: readonly number[]): NetworkPolicyIngressRule => ({ ports: policyPorts(ports) });

const policyPorts = (ports: readonly number[]) => ports.map((port) => ({ port, protocol: 'TCP' }));
