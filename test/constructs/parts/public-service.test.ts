import type { Service } from 'kubernetes-types/core/v1';
import { describe, expect, test } from 'vitest';
import {
  Exchange,
  exchangePlan,
  FederatedLearningCluster,
  IngressController,
  ingressControllerPlan,
  partyPlan,
} from '../../../index';
import { exchangeDescriptorOf, problemsOf } from '../../support/declarations';
import { find, objectsOf } from '../../support/objects';

const exchange = exchangeDescriptorOf();

/** Every Service that is published: its name, and the declaration that it is drawn from. */
const published: readonly (readonly [
  name: string,
  option: string,
  draw: (service: unknown, more?: object) => Service,
])[] = [
  ...(['nginx', 'pulsar'] as const).map((key) => {
    const name = key === 'nginx' ? 'nginx' : 'pulsar-public-tls';
    const draw = (service: unknown, more = {}) => {
      const props = { domain: 'example.com', id: 30000, exchange, services: { [key]: service }, ...more };
      const plan = partyPlan(props as never);
      return find<Service>(
        objectsOf((app) => new FederatedLearningCluster(app, 'it', plan)),
        'Service',
        name,
      );
    };
    return [`${name} of a party`, `services.${key}`, draw] as const;
  }),
  ...(['trafficServer', 'nginx'] as const).map((key) => {
    const name = key === 'nginx' ? 'nginx' : 'traffic-server';
    const draw = (service: unknown, more = {}) => {
      const plan = exchangePlan({ domain: 'example.com', services: { [key]: service }, ...more } as never);
      return find<Service>(
        objectsOf((app) => new Exchange(app, 'it', plan)),
        'Service',
        name,
      );
    };
    return [`${name} of an exchange`, `services.${key}`, draw] as const;
  }),
  [
    'the ingress controller',
    'service',
    (service, more = {}) => {
      const plan = ingressControllerPlan({ service, ...more } as never);
      const objects = objectsOf((app) => new IngressController(app, 'it', plan));
      return find<Service>(objects, 'Service', 'ingress-nginx-controller');
    },
  ],
];

describe.each(published)('%s', (name, option, draw) => {
  const nodePort = name === 'the ingress controller' ? { http: 30080, https: 30443 } : 30930;

  test('is a LoadBalancer unless something else is said', () => {
    expect(draw(undefined).spec?.type).toBe('LoadBalancer');
    expect(draw({}).spec).toEqual(draw(undefined).spec);
    expect(draw({}).metadata).not.toHaveProperty('annotations');
  });

  test('is of the class and has the annotations that its load balancer is told by', () => {
    const annotations = { 'metallb.io/address-pool': 'fate' };
    const { metadata, spec } = draw({ loadBalancerClass: 'metallb.io/metallb', annotations });
    expect(spec).toMatchObject({ type: 'LoadBalancer', loadBalancerClass: 'metallb.io/metallb' });
    expect(metadata?.annotations).toEqual(annotations);
  });

  test('is a port of every node where there are no load balancers', () => {
    const { metadata, spec } = draw({ type: 'NodePort', nodePort, annotations: { a: 'b' } });
    expect(spec?.type).toBe('NodePort');
    expect(spec?.ports?.map((port) => port.nodePort)).toEqual(
      typeof nodePort === 'number' ? [nodePort] : Object.values(nodePort),
    );
    expect(spec?.ports?.map(({ port, name }) => ({ port, name }))).toEqual(
      draw({}).spec?.ports?.map(({ port, name }) => ({ port, name })),
    );
    for (const key of ['loadBalancerIP', 'loadBalancerClass']) expect(spec).not.toHaveProperty(key);
    expect(metadata?.annotations).toEqual({ a: 'b' });
  });

  const oneOf = typeof nodePort === 'number' ? '' : '.http';
  test.each([
    ['NodePort', ['']],
    [{ type: 'ClusterIP' }, ['.type']],
    [{ type: 'NodePort', nodePort, loadBalancerClass: 'a' }, ['.loadBalancerClass']],
    [{ nodePort }, ['.nodePort']],
    [
      { type: 'NodePort', nodePort: typeof nodePort === 'number' ? 8080 : { ...nodePort, http: 80 } },
      [`.nodePort${oneOf}`],
    ],
    [{ type: 'NodePort', nodePort: 'any' }, ['.nodePort']],
    [{ type: 'NodePort' }, ['.nodePort']],
    [{ loadBalancerClass: 'a b' }, ['.loadBalancerClass']],
    [{ annotations: { a: 1 } }, ['.annotations.a']],
  ])('cannot be %j', (service, paths) => {
    expect(problemsOf(() => draw(service)).map(({ path }) => path)).toEqual(paths.map((path) => `${option}${path}`));
  });

  test('has a class from Kubernetes 1.22 on', () => {
    const found = problemsOf(() => draw({ loadBalancerClass: 'a' }, { kubernetes: '1.21' }));
    expect(found.map(({ path }) => path)).toEqual([`${option}.loadBalancerClass`]);
  });
});

test('others reach a party by its node ports, unless something in between maps them', () => {
  const services = {
    nginx: { type: 'NodePort', nodePort: 30930 },
    pulsar: { type: 'NodePort', nodePort: 30665 },
  } as const;
  const party = { domain: 'example.com', id: 30000, services };
  expect(partyPlan(party).ports).toEqual({ nginx: 30930, pulsar: 30665 });
  expect(partyPlan({ ...party, ports: { nginx: 9300 } }).ports).toEqual({ nginx: 9300, pulsar: 30665 });
});

test('node ports are of one Service each, and no address can be reserved for one', () => {
  const both = { type: 'NodePort', nodePort: 30930 } as const;
  const addresses = { nginx: { reserved: '192.0.2.1' }, pulsar: '192.0.2.2' };
  const party = { domain: 'example.com', id: 30000, services: { nginx: both, pulsar: both }, addresses };
  expect(problemsOf(() => partyPlan(party)).map(({ path }) => path)).toEqual([
    'services.pulsar.nodePort',
    'addresses.nginx.reserved',
  ]);
  const service = { type: 'NodePort', nodePort: { http: 30080, https: 30080 } } as const;
  const controller = () => ingressControllerPlan({ service, loadBalancerIP: '192.0.2.1' });
  expect(problemsOf(controller).map(({ path }) => path)).toEqual(['service.nodePort', 'loadBalancerIP']);
});
