import { acmeSolver, type FlowEnd, type PlannedFlow, type WorkloadEnd } from '../../federation/flows';
import { asksCertManager } from '../../kubernetes/ingresses';
import { kubeFate, mariaDb } from './names';
import type { KubeFatePlan } from './service';

/** Every connection from and to the pods of a KubeFATE service, as `flowsOf` has those of a party. */
export function flowsOfService({ namespace, ingress, chartRepository }: KubeFatePlan): readonly PlannedFlow[] {
  const { hostname, port, protocol } = new URL(chartRepository);
  const encrypted = protocol === 'https:' ? 'tls' : 'no';
  const at = (workload: string): WorkloadEnd => ({ kind: 'workload', namespace, workload });
  const controller: FlowEnd = { kind: 'ingress-controller', namespace: ingress.controllerNamespace };
  const service = at(kubeFate.name);
  const tcp = { protocol: 'TCP', encrypted: 'no' } as const;
  const dns = { from: { kind: 'every-pod', namespace }, to: { kind: 'dns' }, port: 53, encrypted: 'no' } as const;
  return [
    { ...tcp, from: controller, to: service, port: kubeFate.ports.http, why: 'the CLI' },
    { ...tcp, from: service, to: at(mariaDb.name), port: mariaDb.ports.mysql, why: 'clusters, jobs, users and charts' },
    { ...tcp, from: service, to: { kind: 'api-server' }, port: apiServerPort, why: 'what it makes', encrypted: 'tls' },
    {
      ...tcp,
      from: service,
      to: { kind: 'host', host: hostname },
      port: Number(port || defaultPorts[encrypted]),
      why: 'charts that nobody has uploaded',
      encrypted,
    },
    ...(asksCertManager(ingress)
      ? [{ ...tcp, from: controller, to: at(acmeSolver.workload), port: acmeSolver.port, why: acmeSolver.why }]
      : []),
    { ...dns, protocol: 'UDP', why: 'names' },
    { ...dns, protocol: 'TCP', why: 'names' },
  ];
}

const defaultPorts = { tls: 443, no: 80 } as const;

/** Of the control plane's own nodes, which is what policies see of a call to the Service `kubernetes`. @see kubeadm, Tanzu */
const apiServerPort = 6443;
