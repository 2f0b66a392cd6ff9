import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FederationProps, federation, InvalidInput, partyDescriptor, partyPlan } from '../../../lib';
import { exchangeDescriptor } from '../../../lib/federation/descriptor';
import { exchangeKeys } from '../../../lib/federation/exchange';
import { partyKeys } from '../../../lib/federation/party';
import { problemsOf, twoParties } from '../../support/declarations';

test('a party is named by its id and the domain of the federation, in every name that others use', () => {
  const { parties } = federation(twoParties);
  expect(parties.map(({ namespace, fqdn, ingress }) => ({ namespace, fqdn, hosts: ingress.hosts }))).toEqual([
    {
      namespace: 'fate-30000',
      fqdn: '30000.example.com',
      hosts: { notebook: '30000.notebook.example.com', fateboard: '30000.fateboard.example.com' },
    },
    {
      namespace: 'fate-40000',
      fqdn: '40000.example.com',
      hosts: { notebook: '40000.notebook.example.com', fateboard: '40000.fateboard.example.com' },
    },
  ]);
});

test('the exchange routes to the parties that have addresses, and every party to the exchange', () => {
  const { exchange, parties } = federation({ ...twoParties, parties: [...twoParties.parties, { id: 50000 }] });
  expect(exchange.parties.map(({ id }) => id)).toEqual([30000, 40000]);
  for (const party of parties) expect(party.exchange).toEqual(exchangeDescriptor(exchange));
});

test('a reserved address is requested from the platform; an assigned one is only remembered', () => {
  const { parties } = federation({
    ...twoParties,
    parties: [{ id: 30000, addresses: { nginx: { reserved: '192.0.2.72' }, pulsar: '192.0.2.73' } }],
  });
  expect(parties[0]?.addresses).toEqual({ nginx: '192.0.2.72', pulsar: '192.0.2.73' });
  expect(parties[0]?.reserved).toEqual({ nginx: '192.0.2.72' });
});

test('a plan without addresses has no descriptor, and with addresses it has one that holds no private detail', () => {
  const plan = partyPlan({ domain: 'example.com', id: 30000, storageClass: 'gold' });
  expect(partyDescriptor(plan)).toBeUndefined();
  expect(partyDescriptor(plan, { nginx: '192.0.2.72', pulsar: '192.0.2.73' })).toEqual({
    apiVersion: 'kubefate-tanzu/v1',
    kind: 'Party',
    id: 30000,
    fqdn: '30000.example.com',
    domain: 'example.com',
    fate: '1.6.1',
    transport: 'mutual-tls',
    nginx: { address: '192.0.2.72', port: 9300 },
    pulsar: { address: '192.0.2.73', port: 6651 },
  });
});

test('an organisation that knows only itself and the exchange gets the plan that the whole federation has for it', () => {
  const { exchange, parties } = federation(twoParties);
  const alone = partyPlan({
    domain: twoParties.domain,
    ...twoParties.parties[0],
    id: 30000,
    exchange: exchangeDescriptor(exchange),
  });
  expect(alone).toEqual(parties[0]);
});

const anyFederation = fc
  .uniqueArray(fc.integer({ min: 1, max: 999_999_999 }), { maxLength: 60 })
  .chain((ids) => fc.tuple(fc.constant(ids), fc.array(fc.boolean(), { minLength: ids.length, maxLength: ids.length })))
  .map(
    ([ids, known]): FederationProps => ({
      domain: 'example.com',
      exchange: { addresses: { trafficServer: '192.0.2.1', nginx: '192.0.2.2' } },
      parties: ids.map((id, i) =>
        known[i] ? { id, addresses: { nginx: `198.51.100.${2 * i}`, pulsar: `198.51.100.${2 * i + 1}` } } : { id },
      ),
    }),
  );

test('any set of parties gives one route to each that has addresses, under distinct names and on ports that Traffic Server may use', () => {
  fc.assert(
    fc.property(anyFederation, (props) => {
      const { exchange } = federation(props);
      const known = props.parties.filter(({ addresses }) => addresses).map(({ id }) => id);
      expect(exchange.parties.map(({ id }) => id)).toEqual(known.sort((a, b) => a - b));
      expect(new Set(exchange.parties.map(({ fqdn }) => fqdn)).size).toBe(known.length);
      for (const { pulsar } of exchange.parties) {
        expect(
          exchange.connectPorts.some((range) =>
            typeof range === 'number' ? range === pulsar.port : range[0] <= pulsar.port && pulsar.port <= range[1],
          ),
        ).toBe(true);
      }
    }),
  );
});

test('planning changes nothing in the declaration and gives the same plan each time', () => {
  const frozen = structuredClone(twoParties);
  expect(federation(twoParties)).toEqual(federation(frozen));
  expect(twoParties).toEqual(frozen);
});

test('one error names every problem of a declaration: where, what and what would work', () => {
  const declare = () =>
    federation({
      domain: 'example.com',
      exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
      parties: [{ id: 30000 }, { id: 30000 }, { id: 40000, sparkWorkers: 0 }],
    });
  expect(declare).toThrow(
    new InvalidInput('federation "example.com"', [
      { path: 'parties[1].id', what: '30000 is already parties[0].id', remedy: 'every party needs its own id' },
      { path: 'parties[2].sparkWorkers', what: '0 leaves no worker', remedy: 'use 1 or more' },
    ]),
  );
  expect(declare).toThrow(
    [
      'federation "example.com" cannot be deployed:',
      '  parties[1].id: 30000 is already parties[0].id; every party needs its own id',
      '  parties[2].sparkWorkers: 0 leaves no worker; use 1 or more',
    ].join('\n'),
  );
});

const addressed = { nginx: '192.0.2.72', pulsar: '192.0.2.73' };

test.each<[string, Record<string, unknown>, string[]]>([
  ['a party id that is no integer', { parties: [{ id: 3.5 }] }, ['parties[0].id']],
  ['a party id that is a text', { parties: [{ id: '30000' }] }, ['parties[0].id']],
  ['a missing party id', { parties: [{}] }, ['parties[0].id']],
  ['a party id of zero', { parties: [{ id: 0 }] }, ['parties[0].id']],
  ['a party id of ten digits', { parties: [{ id: 1_000_000_000 }] }, ['parties[0].id']],
  ['a domain with a scheme', { domain: 'https://example.com' }, ['domain']],
  ['a domain in capitals', { domain: 'Example.com' }, ['domain']],
  ['an empty domain', { domain: '' }, ['domain']],
  ['no domain at all', { domain: undefined }, ['domain']],
  ['an address for a domain', { domain: '192.0.2.1' }, ['domain']],
  ['a domain too long for a common name', { domain: `${'a'.repeat(51)}.org` }, ['domain']],
  ['a release that is not known', { fate: '1.5.0' }, ['fate']],
  [
    'a host name where nginx needs an address',
    { parties: [{ id: 1, addresses: { ...addressed, nginx: 'nginx.example.com' } }] },
    ['parties[0].addresses.nginx'],
  ],
  [
    'an address with a port',
    { parties: [{ id: 1, addresses: { ...addressed, nginx: '192.0.2.72:9300' } }] },
    ['parties[0].addresses.nginx'],
  ],
  [
    'an address of the own host',
    { parties: [{ id: 1, addresses: { ...addressed, nginx: '127.0.0.1' } }] },
    ['parties[0].addresses.nginx'],
  ],
  [
    'an octal look-alike of an address',
    { parties: [{ id: 1, addresses: { ...addressed, nginx: '192.0.2.072' } }] },
    ['parties[0].addresses.nginx'],
  ],
  [
    'a reserved host name',
    { parties: [{ id: 1, addresses: { ...addressed, pulsar: { reserved: 'pulsar.example.com' } } }] },
    ['parties[0].addresses.pulsar.reserved'],
  ],
  ['one address of two', { parties: [{ id: 1, addresses: { nginx: '192.0.2.72' } }] }, ['parties[0].addresses.pulsar']],
  [
    'one address for two services',
    { parties: [{ id: 1, addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.72' } }] },
    ['parties[0].addresses.pulsar'],
  ],
  [
    'one address for two parties',
    {
      parties: [
        { id: 1, addresses: addressed },
        { id: 2, addresses: { ...addressed, nginx: '192.0.2.99' } },
      ],
    },
    ['parties[1].addresses.pulsar'],
  ],
  [
    'one host name for two parties',
    {
      parties: [
        { id: 1, addresses: addressed, ingress: { hosts: { notebook: 'notebook.example.org' } } },
        { id: 2, ingress: { hosts: { fateboard: 'notebook.example.org' } } },
      ],
    },
    ['parties[1].ingress.hosts.fateboard'],
  ],
  [
    'a Pulsar port that Traffic Server may not connect to',
    { parties: [{ id: 1, addresses: addressed, ports: { pulsar: 20001 } }] },
    ['parties[0].ports.pulsar'],
  ],
  [
    'an nginx port that the exchange sends nothing to',
    { parties: [{ id: 1, addresses: addressed, ports: { nginx: 22 } }] },
    ['parties[0].ports.nginx'],
  ],
  [
    'an exchange that connects to no port',
    { exchange: { ...twoParties.exchange, connectPorts: [], nginxConnectPorts: [] } },
    ['exchange.connectPorts', 'exchange.nginxConnectPorts'],
  ],
  ['a dataset larger than any volume', { parties: [{ id: 1, datasetGiB: 1e21 }] }, ['parties[0].datasetGiB']],
  [
    'a volume larger than any disk',
    { parties: [{ id: 1, volumesGiB: { mysql: Number.MAX_VALUE } }] },
    ['parties[0].volumesGiB.mysql'],
  ],
  ['a port that is null', { parties: [{ id: 1, ports: { nginx: null as never } }] }, ['parties[0].ports.nginx']],
  ['a port out of range', { parties: [{ id: 1, ports: { nginx: 70000 } }] }, ['parties[0].ports.nginx']],
  [
    'two parties in one namespace',
    {
      parties: [
        { id: 1, namespace: 'fate' },
        { id: 2, namespace: 'fate' },
      ],
    },
    ['parties[1].namespace'],
  ],
  [
    'a party in the namespace of the exchange',
    { parties: [{ id: 1, namespace: 'fate-exchange' }] },
    ['parties[0].namespace'],
  ],
  ['a namespace that is no label', { parties: [{ id: 1, namespace: 'fate.one' }] }, ['parties[0].namespace']],
  ['true for a storage class', { parties: [{ id: 1, storageClass: true }] }, ['parties[0].storageClass']],
  [
    'classes of volumes that are not there',
    { parties: [{ id: 1, storageClasses: { spark: 'gold', mysql: 'A B' } }] },
    ['parties[0].storageClasses.spark', 'parties[0].storageClasses.mysql'],
  ],
  ['an empty storage class', { parties: [{ id: 1, storageClass: '' }] }, ['parties[0].storageClass']],
  ['a volume without a size', { parties: [{ id: 1, volumesGiB: { mysql: 0 } }] }, ['parties[0].volumesGiB.mysql']],
  ['more copies than datanodes', { parties: [{ id: 1, datanodes: 2, replication: 3 }] }, ['parties[0].replication']],
  [
    'a volume below the guideline',
    { parties: [{ id: 1, volumesGiB: { pulsar: 4 } }] },
    ['parties[0].volumesGiB.pulsar'],
  ],
  [
    'a volume below twice the dataset',
    { parties: [{ id: 1, datasetGiB: 40, volumesGiB: { datanode: 79 } }] },
    ['parties[0].volumesGiB.datanode'],
  ],
  [
    'a pod below the guideline',
    {
      parties: [
        { id: 1, resources: { nginx: { requests: { cpu: 1, memoryGiB: 1 }, limits: { cpu: 2, memoryGiB: 8 } } } },
      ],
    },
    ['parties[0].resources.nginx.limits.cpu'],
  ],
  [
    'a promise above the limit',
    {
      parties: [
        { id: 1, resources: { nginx: { requests: { cpu: 8, memoryGiB: 1 }, limits: { cpu: 4, memoryGiB: 8 } } } },
      ],
    },
    ['parties[0].resources.nginx.requests.cpu'],
  ],
  [
    'half of a resource',
    { parties: [{ id: 1, resources: { nginx: { limits: { cpu: 4, memoryGiB: 8 } } } }] },
    ['parties[0].resources.nginx.requests'],
  ],
  ['a sizing that is not known', { parties: [{ id: 1, sizing: 'huge' }] }, ['parties[0].sizing']],
  ['a dataset of no size', { parties: [{ id: 1, datasetGiB: -1 }] }, ['parties[0].datasetGiB']],
  [
    'a Kubernetes release without the Ingress API',
    { parties: [{ id: 1, kubernetes: '1.18' }] },
    ['parties[0].kubernetes'],
  ],
  ['a text that is no Kubernetes release', { parties: [{ id: 1, kubernetes: 'latest' }] }, ['parties[0].kubernetes']],
  ['a number for a Kubernetes release', { parties: [{ id: 1, kubernetes: 1.27 }] }, ['parties[0].kubernetes']],
  [
    'a registry with a scheme',
    { parties: [{ id: 1, registry: 'https://harbor.example.com' }] },
    ['parties[0].registry'],
  ],
  [
    'an image of a component that is not there',
    { parties: [{ id: 1, images: { rollsite: 'a:1' } }] },
    ['parties[0].images.rollsite'],
  ],
  [
    'a user interface that is not there',
    { parties: [{ id: 1, ingress: { uis: ['grafana'] } }] },
    ['parties[0].ingress.uis[0]'],
  ],
  ['an egress range that is no CIDR', { parties: [{ id: 1, egress: ['192.0.2.1'] }] }, ['parties[0].egress[0]']],
  ['a typing error in a key', { parties: [{ id: 1, storageclass: 'gold' }] }, ['parties[0].storageclass']],
  ['a key that the federation has not', { partys: [] }, ['partys']],
  ['parties that are no list', { parties: { id: 1 } }, ['parties']],
  ['a party that is no map', { parties: [{ id: 1 }, null] }, ['parties[1]']],
  ['no exchange', { exchange: undefined }, ['exchange']],
  ['an exchange that is no map', { exchange: 'none' }, ['exchange']],
  ['no parties', { parties: undefined }, ['parties']],
  ['an exchange without addresses that parties need', { exchange: {} }, ['exchange.addresses']],
  ['no replica of the exchange', { exchange: { ...twoParties.exchange, replicas: 0 } }, ['exchange.replicas']],
  [
    'a range of ports that ends before it begins',
    { exchange: { ...twoParties.exchange, connectPorts: [6651, [40000, 30000]] } },
    ['exchange.connectPorts[1]'],
  ],
  [
    'resources of a container that the exchange has not',
    { exchange: { ...twoParties.exchange, resources: { mysql: {} } } },
    ['exchange.resources.mysql'],
  ],
])('%s is refused', (_, change, paths) => {
  expect(problemsOf(() => federation({ ...twoParties, ...change } as FederationProps)).map(({ path }) => path)).toEqual(
    paths,
  );
});

test('whatever stands in the place of a value, the answer is a plan or the list of problems', () => {
  const { exchange, parties } = twoParties;
  const garbage = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined));
  const key = fc.constantFrom(...Object.keys({ ...partyKeys, ...exchangeKeys }));
  fc.assert(
    fc.property(fc.dictionary(key, garbage), fc.dictionary(key, garbage), garbage, (party, other, whole) => {
      for (const props of [
        { ...twoParties, exchange: { ...exchange, ...other }, parties: [...parties, { id: 1, ...party }] },
        { ...twoParties, parties: whole },
        { ...twoParties, exchange: whole },
      ]) {
        try {
          federation(props as FederationProps);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInput);
        }
      }
    }),
    { numRuns: 1000 },
  );
});
