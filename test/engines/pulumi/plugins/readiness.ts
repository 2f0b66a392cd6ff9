import type { AnyObject } from '../../../support/objects';

/** What a Service leads to. */
export interface Endpoints {
  /** Some pod of it is not ready. */
  readonly pending: boolean;
  /** Nothing has changed for ten seconds. */
  readonly quiet: boolean;
}

type Find = () => Promise<Endpoints>;

/**
 * What an object still waits for; `undefined` when it is ready.
 *
 * @see pulumi-kubernetes v4, "Understanding Await"
 */
export async function missing(object: AnyObject, endpoints: Find): Promise<string | undefined> {
  const { 'pulumi.com/skipAwait': skipAwait, 'pulumi.com/waitFor': waitFor } = object.metadata.annotations ?? {};
  if (skipAwait === 'true') return undefined;
  return waitFor === undefined ? missingOf[object.kind]?.(object, endpoints) : missingCondition(object, waitFor);
}

/** @param waitFor `condition=<type>`, the one form that is known here */
function missingCondition({ status }: AnyObject, waitFor: string): string | undefined {
  const [, wanted] = /^condition=(\w+)$/.exec(waitFor) ?? [];
  const met = status?.conditions?.some(({ type, status }: AnyObject) => type === wanted && status === 'True');
  return met ? undefined : `it waits for ${waitFor}`;
}

const missingOf: Readonly<Record<string, (object: AnyObject, endpoints: Find) => Promise<string | undefined>>> = {
  Deployment: async ({ metadata, spec, status = {} }) =>
    status.observedGeneration !== metadata.generation ||
    status.updatedReplicas !== spec.replicas ||
    status.availableReplicas !== spec.replicas
      ? `${status.availableReplicas ?? 0} of ${spec.replicas} pods are available`
      : undefined,
  StatefulSet: async ({ metadata, spec, status = {} }) =>
    status.observedGeneration !== metadata.generation ||
    status.currentRevision !== status.updateRevision ||
    status.readyReplicas !== spec.replicas
      ? `${status.readyReplicas ?? 0} of ${spec.replicas} pods are ready`
      : undefined,
  DaemonSet: async ({ metadata, status }) =>
    status.observedGeneration !== metadata.generation ||
    (status.updatedNumberScheduled ?? 0) !== status.desiredNumberScheduled ||
    status.numberReady !== status.desiredNumberScheduled
      ? `${status.numberReady} of ${status.desiredNumberScheduled} pods are ready`
      : undefined,
  Service: async ({ spec, status }, endpoints) => {
    if (spec.type === 'LoadBalancer' && status.loadBalancer.ingress === undefined) {
      return 'Service was not allocated an IP address; does your cloud provider support this?';
    }
    if (spec.type === 'ExternalName' || spec.clusterIP === 'None' || spec.selector === undefined) return undefined;
    const { pending, quiet } = await endpoints();
    if (pending) return 'Service does not target any Pods. Selected Pods may not be ready';
    return quiet ? undefined : 'its endpoints have not settled';
  },
  Ingress: async ({ status }) => (status.loadBalancer.ingress === undefined ? 'it has no address' : undefined),
};
