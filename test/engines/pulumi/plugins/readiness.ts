import type { AnyObject } from '../../../support/objects';

/** Objects in the namespace of the one at hand. */
export type List = (apiVersion: string, plural: string, labelSelector: string) => Promise<readonly AnyObject[]>;

/**
 * What an object still waits for; `undefined` when it is ready.
 *
 * @see pulumi-kubernetes v4, "Understanding Await"
 */
export async function missing(object: AnyObject, list: List): Promise<string | undefined> {
  const { 'pulumi.com/skipAwait': skipAwait, 'pulumi.com/waitFor': waitFor } = object.metadata.annotations ?? {};
  if (skipAwait === 'true') return undefined;
  return waitFor === undefined ? missingOf[object.kind]?.(object, list) : missingCondition(object, waitFor);
}

/** @param waitFor `condition=<type>`, the one form that is known here */
function missingCondition({ status }: AnyObject, waitFor: string): string | undefined {
  const [, wanted] = /^condition=(\w+)$/.exec(waitFor) ?? [];
  const met = status?.conditions?.some(({ type, status }: AnyObject) => type === wanted && status === 'True');
  return met ? undefined : `it waits for ${waitFor}`;
}

const missingOf: Readonly<Record<string, (object: AnyObject, list: List) => Promise<string | undefined>>> = {
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
  Service: async ({ metadata, spec, status }, list) => {
    if (spec.type === 'LoadBalancer' && status.loadBalancer.ingress === undefined) return 'it has no address';
    if (spec.type === 'ExternalName' || spec.clusterIP === 'None' || spec.selector === undefined) return undefined;
    const slices = await list('discovery.k8s.io/v1', 'endpointslices', `kubernetes.io/service-name=${metadata.name}`);
    const ready = slices.some(({ endpoints }) => endpoints?.some(({ conditions }: AnyObject) => conditions.ready));
    return ready ? undefined : 'it targets no ready pod';
  },
  Ingress: async ({ status }) => (status.loadBalancer.ingress === undefined ? 'it has no address' : undefined),
};
