import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ExchangeProps,
  exchangeDescriptor,
  exchangePlan,
  federation,
  type PartyProps,
  partyDescriptor,
  partyPlan,
} from '../../../lib';
import { problemsOf } from '../../support/declarations';
import { partyDescriptorOf } from '../../support/parties';

const domain = 'example.com';
const portsOf = {
  exchange: { trafficServer: 443, nginx: 9300 },
  party: { nginx: 9300, pulsar: 6651 },
};

/** A few addresses, so that many choices have one twice. */
const address = fc.integer({ min: 1, max: 8 }).map((host) => `192.0.2.${host}`);
const exchange = fc.record({ trafficServer: address, nginx: address });
const party = fc.record({ nginx: address, pulsar: address });

const isRefused = (declare: () => unknown): boolean => {
  try {
    declare();
    return false;
  } catch {
    return problemsOf(declare).every(({ what }) => /^"192\.0\.2\.\d(:\d+)?" is already /.test(what));
  }
};

test('in a federation every LoadBalancer has an address of its own', () => {
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(exchange, party, party, (exchange, first, second) => {
      const all = [exchange, first, second].flatMap((addresses) => Object.values<string>(addresses));
      const parties = [
        { id: 1, addresses: first },
        { id: 2, addresses: second },
      ];
      const refused = isRefused(() => federation({ domain, exchange: { addresses: exchange }, parties }));
      expect(refused).toBe(new Set(all).size < all.length);
      seen[refused ? 'refused' : 'taken'] += 1;
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(10);
});

/** What others have in between is not known: only the whole endpoint tells one from another. */
const endpoints = (addresses: Readonly<Record<string, string>>, ports: Readonly<Record<string, number>>) =>
  Object.entries(addresses).map(([service, address]) => `${address}:${ports[service]}`);

const areDistinct = (texts: readonly string[]): boolean => new Set(texts).size === texts.length;

test('an exchange routes to no party that is at its own addresses, or at those of another', () => {
  fc.assert(
    fc.property(exchange, party, party, (own, first, second) => {
      const ports = portsOf.exchange; // a gateway: parties may be behind it, too
      const parties = [
        partyDescriptorOf(1, first.nginx, first.pulsar),
        partyDescriptorOf(2, second.nginx, second.pulsar),
      ];
      const all = [...endpoints(own, ports), ...endpoints(first, portsOf.party), ...endpoints(second, portsOf.party)];
      expect(isRefused(() => exchangePlan({ domain, addresses: own, ports, parties }))).toBe(!areDistinct(all));
      const plan = exchangePlan({ domain });
      const given = () => exchangeDescriptor({ ...plan, parties }, own);
      const isApart = endpoints(own, ports).every((endpoint) => !all.slice(2).includes(endpoint));
      if (areDistinct(all.slice(2))) expect(isRefused(given)).toBe(!isApart);
    }),
    { numRuns: 1000 },
  );
});

test('a party is not at the addresses of its exchange', () => {
  fc.assert(
    fc.property(exchange, party, (theirs, own) => {
      const descriptor = exchangeDescriptor(exchangePlan({ domain }), theirs);
      const all = [...endpoints(theirs, portsOf.exchange), ...endpoints(own, portsOf.party)];
      const ports = portsOf.party;
      expect(isRefused(() => partyPlan({ domain, id: 1, addresses: own, ports, exchange: descriptor }))).toBe(
        !areDistinct(all),
      );
      const plan = partyPlan({ domain, id: 1, exchange: descriptor });
      expect(isRefused(() => partyDescriptor(plan, own))).toBe(!areDistinct(all));
    }),
    { numRuns: 1000 },
  );
});

test('behind a gateway that maps ports services share an address', () => {
  const shared: { exchange: ExchangeProps; parties: PartyProps[] } = {
    exchange: { addresses: { trafficServer: '192.0.2.1', nginx: '192.0.2.1' }, ports: portsOf.exchange },
    parties: [{ id: 1, addresses: { nginx: '192.0.2.1', pulsar: '192.0.2.1' }, ports: { nginx: 30930 } }],
  };
  expect(federation({ domain, ...shared }).exchange.parties).toHaveLength(1);
});

test.each<[what: string, address: string]>([
  ["a cloud's metadata service", '169.254.169.254'],
  ['any link-local address', '169.254.0.1'],
  ["Alibaba's metadata service", '100.100.100.200'],
  ["Azure's agent", '168.63.129.16'],
  ["Oracle's metadata service", '192.0.0.192'],
  ['what is reserved for later', '240.0.0.1'],
  ['the own machine', '127.8.8.8'],
  ['the own machine as one number', '2130706433'],
  ['the own machine in hex', '0x7f000001'],
  ['the own machine in hex and in parts', '0x7f.0.0.1'],
  ['the own machine in octal', '0177.0.0.1'],
  ['the own machine in short', '127.1'],
  ['the own machine by IPv6', '::1'],
  ['the own machine by name', 'localhost'],
  ['the own machine by a longer name', 'pulsar.localhost'],
  ['the own machine by its old name', 'localhost.localdomain'],
  ['a name without a dot', 'pulsar'],
  ['a Service', 'kubernetes.default.svc'],
  ['a Service by its whole name', 'kubernetes.default.svc.cluster.local'],
  ['a Service in a cluster domain of another name', 'mysql.fate-1.svc.k8s.example'],
  ['a Service by what search domains make of it', 'kubernetes.default'],
  ['a Service of the system', 'kube-dns.kube-system'],
  ['a pod', '10-0-0-1.default.pod'],
  ['a pod by its whole name', '10-0-0-1.fate-1.pod.k8s.example'],
  ['a Service in a namespace of this library', 'mysql.fate-30000'],
  ['a Service in a namespace of another', 'api.vmware-system-tkg'],
  ['the own machine as Red Hat calls it', 'localhost4.localdomain4'],
  ["IBM's metadata service", 'api.metadata.cloud.ibm.com'],
  ["Google's metadata service", 'metadata.google.internal'],
  ["Amazon's metadata service", 'instance-data.ec2.internal'],
])('nobody publishes %s', (_, address) => {
  const { trafficServer, nginx } = { trafficServer: '192.0.2.1', nginx: '192.0.2.2' };
  const refused = [
    () =>
      exchangePlan({
        domain,
        parties: [{ ...partyDescriptorOf(1, nginx, trafficServer), pulsar: { address, port: 6651 } }],
      }),
    () =>
      exchangePlan({
        domain,
        parties: [{ ...partyDescriptorOf(1, nginx, trafficServer), nginx: { address, port: 9300 } }],
      }),
    () =>
      partyPlan({
        domain,
        id: 1,
        exchange: {
          ...exchangeDescriptor(exchangePlan({ domain }), { trafficServer, nginx }),
          trafficServer: { address, port: 443 },
        },
      }),
    () => partyPlan({ domain, id: 1, addresses: { nginx, pulsar: address } }),
    () => partyDescriptor(partyPlan({ domain, id: 1 }), { nginx, pulsar: address }),
  ];
  for (const declare of refused) expect(problemsOf(declare)).toHaveLength(1);
});

test.each([
  '10.0.0.1',
  '172.31.0.1',
  '192.168.1.1',
  '100.64.0.1',
  'pulsar.corp.local',
  'pulsar.corp.internal',
  'a.b',
  'pulsar.xn--p1ai',
])('an organisation may publish %s', (address) => {
  const pulsar = { address, port: 6651 };
  const descriptor = { ...partyDescriptorOf(1, '192.0.2.2', '192.0.2.3'), pulsar };
  expect(exchangePlan({ domain, parties: [descriptor] }).parties).toEqual([descriptor]);
});
