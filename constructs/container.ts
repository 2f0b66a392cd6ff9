import type { ContainerPort, EnvVar, ResourceRequirements, ServicePort } from 'kubernetes-types/core/v1';
import type { Quantity, Resources } from '../lib/sizing';

type Ports = Readonly<Record<string, number>>;

/** Ports of a Service, each to the container's port of the same number. */
export const servicePorts = (ports: Ports): ServicePort[] =>
  Object.entries(ports).map(([name, port]) => ({ name, port, targetPort: port }));

export const containerPorts = (ports: Ports): ContainerPort[] =>
  Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort }));

/** Environment literals. Nothing secret goes here: see {@link secretVariable}. */
export const variables = (values: Readonly<Record<string, string>>): EnvVar[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

/** An environment variable whose value the kubelet takes from a Secret. */
export const secretVariable = (name: string, secret: { readonly name: string }, key: string): EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secret.name, key } },
});

export const resourceRequirements = ({ requests, limits }: Resources): ResourceRequirements => ({
  requests: quantities(requests),
  limits: quantities(limits),
});

const quantities = ({ cpu, memoryGiB }: Quantity) => ({
  cpu: Number.isInteger(cpu) ? String(cpu) : `${Math.round(cpu * 1000)}m`,
  memory: Number.isInteger(memoryGiB) ? `${memoryGiB}Gi` : `${Math.round(memoryGiB * 1024)}Mi`,
});
