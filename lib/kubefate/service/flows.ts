import { dns, type FlowEnd, host, type PlannedFlow, tcp, toSolver, workload } from '../../federation/flows';
import { kubeFate, mariaDb } from './names';
import type { KubeFatePlan } from './service';

/** Every connection from and to the pods of a KubeFATE service, as `flowsOf` has those of a party. */
export function flowsOfService(plan: KubeFatePlan): readonly PlannedFlow[] {
  const { namespace, ingress, chartRepository } = plan;
  const { hostname, port, protocol } = new URL(chartRepository);
  const encrypted = protocol === 'https:' ? 'tls' : 'no';
  const controller: FlowEnd = { kind: 'ingress-controller', namespace: ingress.controllerNamespace };
  const charts = host("repository of KubeFATE's charts", hostname);
  const service = workload(namespace, kubeFate.name);
  const database = workload(namespace, mariaDb.name);
  return [
    tcp(controller, service, kubeFate.ports.http, 'the CLI', 'no'),
    tcp(service, database, mariaDb.ports.mysql, 'clusters, jobs, users and charts', 'no'),
    tcp(service, { kind: 'api-server' }, apiServerPort, 'what it makes', 'tls'),
    tcp(service, charts, Number(port || defaultPorts[encrypted]), 'charts that nobody has uploaded', encrypted),
    ...toSolver(plan),
    ...dns(namespace, 'names'),
  ];
}

const defaultPorts = { tls: 443, no: 80 } as const;

/** Of the control plane's own nodes, which is what policies see of a call to the Service `kubernetes`. @see kubeadm, Tanzu */
const apiServerPort = 6443;
