import type { PublicService } from '../../kubernetes/public-services';
import { type ChartLimit, limit } from './limit';

/** What no Service of the charts can be told. */
export const serviceLimits = (services: Readonly<Record<string, PublicService>>): ChartLimit[] =>
  Object.entries(services).flatMap(([name, service]) => [
    ...(Object.keys(service.annotations).length === 0
      ? []
      : [limit(`services.${name}.annotations`, 'has none', 'the load balancer does not know what they would tell it')]),
    ...(service.externalTrafficPolicy === 'Cluster'
      ? []
      : [limit(`services.${name}.externalTrafficPolicy`, 'has Cluster', 'addresses of callers are not seen')]),
    ...(service.type === 'LoadBalancer' && service.loadBalancerClass !== undefined
      ? [
          limit(
            `services.${name}.loadBalancerClass`,
            'names none',
            `the default load balancer of the cluster serves it in the place of ${service.loadBalancerClass}`,
          ),
        ]
      : []),
  ]);
