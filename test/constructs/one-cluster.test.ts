import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../constructs';
import { type ExchangeProps, federation, InvalidInput, type PartyProps } from '../../lib';
import { type AnyObject, objectsOf } from '../support/objects';

const context = 'shared';
/** One of few, which meet now and then. */
const few = fc.nat(19);
const published = (...names: readonly string[]) =>
  few.map((i) => Object.fromEntries(names.map((name, k) => [name, { type: 'NodePort', nodePort: 30_000 + i + k }])));
const reserved = few.map((i) => ({
  nginx: { reserved: `192.0.2.${i}` },
  pulsar: { reserved: `192.0.2.${i + 1}` },
}));

/** Departments of one organisation, some behind LoadBalancers and some at ports of nodes. */
const department = fc
  .record({
    id: few.map((i) => i + 1),
    namespace: few.map((i) => `department-${i}`),
    ingress: few.map((i) => ({ hosts: { notebook: `notebook-${i}.example.org` } })),
    reached: fc.oneof(
      reserved.map((addresses) => ({ addresses })),
      published('nginx', 'pulsar').map((services) => ({ services })),
    ),
  })
  .map(({ reached, ...party }) => ({ ...party, ...reached }) as PartyProps);

const exchanges = fc.option(
  fc.record({
    namespace: few.map((i) => `department-${i}`),
    services: published('nginx', 'trafficServer'),
  }) as fc.Arbitrary<ExchangeProps>,
  { nil: false as const },
);

/** What may be there once in a cluster. */
function claimsOf({ kind, metadata, spec }: AnyObject): readonly string[] {
  const named = [`${kind} ${metadata.namespace ?? ''}/${metadata.name}`];
  if (kind === 'Ingress') return [...named, ...spec.rules.map(({ host }: { host: string }) => `host ${host}`)];
  if (kind !== 'Service') return named;
  const ports = spec.ports.flatMap(({ nodePort: port }: { nodePort?: number }) => (port ? [`node port ${port}`] : []));
  return [...named, ...ports, ...(spec.loadBalancerIP ? [`address ${spec.loadBalancerIP}`] : [])];
}

test('members of one cluster have nothing of one another, or are refused before anything is drawn', () => {
  let [drawn, refused] = [0, 0];
  fc.assert(
    fc.property(exchanges, fc.array(department, { minLength: 2, maxLength: 3 }), (exchange, parties) => {
      try {
        const given = exchange && { ...exchange, addresses: { trafficServer: '192.0.2.100', nginx: '192.0.2.101' } };
        const plans = federation({ domain: 'example.com', access: { context }, exchange: given, parties });
        const claims = [
          ...(plans.exchange ? objectsOf((app) => new Exchange(app, 'x', plans.exchange)) : []),
          ...plans.parties.flatMap((plan) => objectsOf((app) => new FederatedLearningCluster(app, 'flc', plan))),
        ].flatMap(claimsOf);
        expect(claims.filter((claim, i) => claims.indexOf(claim) !== i)).toEqual([]);
        drawn++;
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        refused++;
      }
    }),
    { numRuns: 100 },
  );
  expect(drawn).toBeGreaterThan(5);
  expect(refused).toBeGreaterThan(5);
});

test('ports of nodes meet only in one cluster', () => {
  const party = (id: number, access: PartyProps['access']) =>
    ({ id, access, services: { nginx: { type: 'NodePort', nodePort: 30_930 } } }) as const;
  const declare =
    (...contexts: readonly [string, string]) =>
    () =>
      federation({
        domain: 'example.com',
        exchange: false,
        parties: contexts.map((name, i) => party(i + 1, { context: name })),
      });
  expect(declare('org1', 'org2')).not.toThrow();
  expect(declare('org1', 'org1')).toThrow(
    'parties[1].services.nginx.nodePort: 30930 is already parties[0].services.nginx.nodePort',
  );
});
