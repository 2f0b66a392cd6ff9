import type { ContainerPort, EnvVar, ServicePort } from 'kubernetes-types/core/v1';

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
