import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { FederatedLearningCluster } from '../../../constructs';
import {
  type FateRelease,
  federation,
  firewallRules,
  type PartyPlan,
  partyDescriptor,
  partyPlan,
  releases,
} from '../../../lib';
import { partySecretNeeds } from '../../../lib/federation/secret-needs';
import { externalPulsarText, foreignSettings, hasExternalPulsar } from '../../../lib/reports/external-pulsar';
import { openPoints } from '../../../lib/reports/open-points';
import { exchangeDescriptorOf, problemsOf } from '../../support/declarations';
import { fileOf, objectsOf } from '../../support/objects';

const fates = Object.keys(releases) as FateRelease[];
const external = { host: 'pulsar.example.com', port: 6660, public: { address: '192.0.2.80', port: 30099 } };

const planned = (fate: FateRelease, props: object = {}): PartyPlan =>
  partyPlan({
    domain: 'example.com',
    id: 30000,
    fate,
    exchange: exchangeDescriptorOf({ fate }),
    pulsar: { external, readMinutes: 20 },
    ...props,
  });

test.each(fates)('FATE %s is told where it is', (fate) => {
  const objects = objectsOf((app) => new FederatedLearningCluster(app, 'party', planned(fate)));
  const conf = parse(fileOf(objects, 'fateflow-config', 'service_conf.yaml'));
  expect((conf.fate_on_spark ?? conf.federation).pulsar).toMatchObject({
    host: 'pulsar.example.com',
    port: 6660,
    mng_port: 8080,
    topic_ttl: 20,
  });
});

test('others know it by the address that is declared, beside that of a LoadBalancer', () => {
  const plan = planned('1.11.2', { addresses: { nginx: '192.0.2.72' } });
  expect(partyDescriptor(plan)).toMatchObject({
    nginx: { address: '192.0.2.72', port: 9300 },
    pulsar: { address: '192.0.2.80', port: 30099 },
  });
});

test('the firewall of its party lets it out to the exchange, and the exchange in', () => {
  const rules = firewallRules([planned('1.11.2', { egress: ['198.51.100.0/28'] })]);
  const { trafficServer } = exchangeDescriptorOf();
  expect(rules).toContainEqual(
    expect.objectContaining({
      direction: 'in',
      port: 30099,
      destination: expect.objectContaining({ at: ['192.0.2.80'] }),
    }),
  );
  expect(rules).toContainEqual(
    expect.objectContaining({
      direction: 'out',
      port: trafficServer.port,
      purpose: 'messages to other parties',
      source: { who: 'party 30000', at: ['198.51.100.0/28'] },
    }),
  );
});

test.each(fates)('is told what the own one of a party of FATE %s is told, but for its volume', (fate) => {
  const { pulsar, ...own } = planned(fate, { pulsar: undefined });
  if (pulsar.isExternal) throw new Error('it has its own');
  const elsewhere = planned(fate);
  const ownConf = releases[fate].pulsar.standaloneConf({ ...own, pulsar });
  const told = releases[fate].pulsar.foreignFiles(elsewhere)['broker.conf'];
  const written = Object.entries(told).filter(([key]) => key in ownConf);
  expect(Object.fromEntries(written)).toEqual(
    Object.fromEntries(written.map(([key]) => [key, ownConf[key as keyof typeof ownConf]])),
  );
  expect(written.map(([key]) => key)).toEqual(
    expect.arrayContaining(['clusterName', 'maxMessageSize', 'replicatorPrefix', 'brokerClientTlsEnabled']),
  );
  expect(foreignSettings(elsewhere)).toMatchObject({
    replicatorPrefix: 'pulsar.repl.30000',
    clusterName: 'standalone',
  });
  if (hasExternalPulsar(elsewhere))
    expect(externalPulsarText(elsewhere)).toContain('\nreplicatorPrefix=pulsar.repl.30000\n');
});

test('its party has a certificate where nginx proves by it who calls', () => {
  expect(partySecretNeeds(planned('1.11.2')).names).toContain('pulsarCertificate');
  const exchange = exchangeDescriptorOf({ fate: '1.11.2', transport: 'open' });
  expect(partySecretNeeds(planned('1.11.2', { transport: 'open', exchange })).names).not.toContain('pulsarCertificate');
});

test.each<[string, object, readonly string[]]>([
  ['a word', { external: 'pulsar.example.com' }, ['pulsar']],
  ['a token', { external: { ...external, token: 'secret' } }, ['pulsar.external.token']],
  ["a Service of the party's own", { external: { ...external, host: 'pulsar' } }, ['pulsar.external.host']],
  ['where others do not reach it', { external: { host: 'pulsar.example.com' } }, ['pulsar.external.public']],
  ['named as another party', { external: { ...external, clusterName: '40000' } }, ['pulsar.external.clusterName']],
  [
    'inside of a cluster for others',
    { external: { ...external, public: { address: 'pulsar.fate.svc' } } },
    ['pulsar.external.public.address'],
  ],
])('is not %s', (_, pulsar, paths) => {
  expect(problemsOf(() => planned('1.11.2', { pulsar })).map(({ path }) => path)).toEqual(paths);
});

test('FATE 1.6.1 knows no other name of it', () => {
  const pulsar = { external: { ...external, clusterName: 'messages' } };
  expect(problemsOf(() => planned('1.6.1', { pulsar })).map(({ path }) => path)).toEqual([
    'pulsar.external.clusterName',
  ]);
  expect(planned('1.11.2', { pulsar }).pulsar.clusterName).toBe('messages');
});

test('where it is, is nobody else, and what would work is not said of LoadBalancers', () => {
  const parties = [1, 2].map((id) => ({ id, pulsar: { external }, addresses: { nginx: `192.0.2.7${id}` } }));
  const exchange = { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } };
  const [problem, ...more] = problemsOf(() => federation({ domain: 'example.com', exchange, parties }));
  expect(problem).toMatchObject({
    path: 'parties[1].pulsar.external.public',
    remedy: expect.stringContaining('a Pulsar for itself'),
  });
  expect(more).toEqual([]);
});

test('workers of others are told to reach it, and an HDFS of others, by the names that jobs have for them', () => {
  const spark = {
    external: {
      masters: [{ host: 'spark.example.com' }],
      workers: { count: 2, cores: 4, memoryGiB: 8 },
      network: { ranges: ['192.0.2.128/25'], driver: 'pod' },
    },
  };
  const hdfs = {
    external: { namenode: { host: 'names.example.com' }, datanodes: { ranges: ['192.0.2.128/25'] } },
  };
  const named = (props: object) =>
    openPoints({ exchange: undefined, parties: [planned('1.11.2', { spark, ...props })] }).flatMap(
      ({ remedy }) => /have workers reach these and (.*) by these names/.exec(remedy)?.[1] ?? [],
    );
  expect(named({ hdfs })).toEqual(['pulsar.example.com and names.example.com']);
  expect(named({ pulsar: undefined })).toEqual(['pulsar.fate-30000.svc and namenode.fate-30000.svc']);
});
