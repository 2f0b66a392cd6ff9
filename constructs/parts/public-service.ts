import type { Service, ServicePort, ServiceSpec } from 'kubernetes-types/core/v1';
import type { PublicService } from '../../lib/kubernetes/public-services';

/**
 * A Service that others reach in the way that is declared.
 *
 * @param loadBalancerIP address to ask a load balancer for
 * @param spec what is the same in every way
 */
export const publicSpec = (
  service: PublicService,
  loadBalancerIP: string | undefined,
  { ports, ...spec }: ServiceSpec & { readonly ports: readonly ServicePort[] },
): ServiceSpec =>
  service.type === 'NodePort'
    ? { type: 'NodePort', ...spec, ports: ports.map((it) => ({ ...it, nodePort: service.nodePorts[`${it.name}`] })) }
    : {
        type: 'LoadBalancer',
        loadBalancerClass: service.loadBalancerClass,
        loadBalancerIP,
        ...spec,
        ports: [...ports],
      };

export const publicMetadata = (name: string, { annotations }: PublicService) =>
  ({
    name,
    annotations: Object.keys(annotations).length === 0 ? undefined : annotations,
  }) satisfies Service['metadata'];
