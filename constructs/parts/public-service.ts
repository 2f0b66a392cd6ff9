import type { Service, ServicePort, ServiceSpec } from 'kubernetes-types/core/v1';
import type { PublicService } from '../../lib/kubernetes/public-services';

/**
 * A Service that others reach in the way that is declared.
 *
 * @param reached how, in what belongs to no other Service
 * @param spec what is the same in every way
 */
export function publicSpec(
  { service, loadBalancerIP, sourceRanges }: ReachedService,
  { ports, ...rest }: ServiceSpec & { readonly ports: readonly ServicePort[] },
): ServiceSpec {
  const spec = { ...(service.externalTrafficPolicy === 'Local' && { externalTrafficPolicy: 'Local' }), ...rest };
  return service.type === 'NodePort'
    ? { type: 'NodePort', ...spec, ports: ports.map((it) => ({ ...it, nodePort: service.nodePorts[`${it.name}`] })) }
    : {
        type: 'LoadBalancer',
        loadBalancerClass: service.loadBalancerClass,
        loadBalancerIP,
        loadBalancerSourceRanges: sourceRanges && [...sourceRanges],
        ...spec,
        ports: [...ports],
      };
}

export interface ReachedService {
  readonly service: PublicService;
  /** Address to ask the load balancer for. @default the platform chooses one */
  readonly loadBalancerIP?: string;
  /** CIDR ranges outside of which nobody may call. @default anybody may */
  readonly sourceRanges?: readonly string[];
}

export const publicMetadata = (name: string, { annotations }: PublicService) =>
  ({
    name,
    annotations: Object.keys(annotations).length === 0 ? undefined : annotations,
  }) satisfies Service['metadata'];
