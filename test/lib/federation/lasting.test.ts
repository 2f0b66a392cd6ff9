import { describe, expect, test } from 'vitest';
import { App, FederatedLearningCluster } from '../../../constructs';
import { type ExchangeProps, exchangePlan, type PartyProps, partyPlan } from '../../../lib';
import {
  lastingExchangeChanges,
  lastingExchangeValues,
  lastingPartyChanges,
  lastingPartyValues,
} from '../../../lib/federation/lasting';
import { exchangeDescriptorOf } from '../../support/declarations';

const exchange = exchangeDescriptorOf();
const plan = (more: Partial<PartyProps & { domain: string; exchange: typeof exchange | undefined }> = {}) =>
  partyPlan({ domain: 'example.com', id: 30000, datanodes: 2, exchange, ...more });
const before = lastingPartyValues(plan({ volumesGiB: { datanode: 40 } }));

const moved = { ...exchange, trafficServer: { address: '192.0.2.99', port: 443 } };
const other = { ...exchange, domain: 'example.org' };
const datanode = { volumesGiB: { datanode: 40 } };

describe('an update that cannot change what a party has', () => {
  test.each<[string, Parameters<typeof plan>[0], readonly RegExp[]]>([
    ['id', { ...datanode, id: 30001 }, [/^id of party 30001 was 30000 and is 30001 now: .*Put it back/, /^namespace/]],
    [
      'namespace',
      { ...datanode, namespace: 'fate' },
      [/^namespace .* was fate-30000 and is fate now: the data stay in the old one/],
    ],
    [
      'storageClass',
      { ...datanode, storageClass: 'other' },
      [/^storage class of mysql, fateflow, client, namenode, datanode, pulsar .* another now: .*Put it back/],
    ],
    [
      'domain',
      { ...datanode, domain: 'example.org', exchange: other },
      [/^domain .* is example.org now: .*\n.*pulsar-admin clusters list/],
    ],
    [
      'exchange',
      { ...datanode, exchange: moved },
      [/was 192.0.2.68:443 and is 192.0.2.99:443 now.*\n.*clusters list\n.*clusters delete <id>/],
    ],
    ['exchange', { ...datanode, exchange: undefined }, [/is nowhere now/]],
    [
      'a volume that shrinks',
      { volumesGiB: { datanode: 30 } },
      [/^volumesGiB.datanode .* was 40 and is 30 now: a claim never becomes smaller/],
    ],
    [
      'fewer datanodes',
      { ...datanode, datanodes: 1 },
      [/^datanodes .* was 2 and is 1 now: .* loses what only they hold.*\n {2}kubectl .* hdfs dfs -setrep -w 2 \/$/],
    ],
    ['more datanodes', { ...datanode, datanodes: 3 }, []],
    ['two volumes', { volumesGiB: { datanode: 80, mysql: 6 } }, [/^volumesGiB.mysql/, /^volumesGiB.datanode/]],
    ['nothing', datanode, []],
    ['what is no lasting value', { ...datanode, sparkWorkers: 2, imagePullSecrets: ['a'] }, []],
  ])('says so of %s', (_, now, texts) => {
    const changes = lastingPartyChanges(before, plan(now));
    expect(changes).toEqual(texts.map((text) => expect.stringMatching(text)));
  });

  test('names every claim of a volume that grows, and the StatefulSet whose pods go on', () => {
    expect(
      lastingPartyChanges(before, plan({ volumesGiB: { datanode: 80 } }))[0]
        ?.split('\n')
        .slice(1),
    ).toEqual([
      `  kubectl -n fate-30000 patch pvc data-datanode-0 -p '{"spec":{"resources":{"requests":{"storage":"80Gi"}}}}'`,
      `  kubectl -n fate-30000 patch pvc data-datanode-1 -p '{"spec":{"resources":{"requests":{"storage":"80Gi"}}}}'`,
      '  kubectl -n fate-30000 delete statefulset datanode --cascade=orphan',
    ]);
  });

  test('says nothing of the first update, and of values that nobody kept', () => {
    expect(lastingPartyChanges({}, plan())).toEqual([]);
    expect(lastingPartyChanges(lastingPartyValues(plan({ exchange: undefined, ...datanode })), plan(datanode))).toEqual(
      [],
    );
  });

  test('of more datanodes only those have claims to grow that there are', () => {
    const [text = ''] = lastingPartyChanges(before, plan({ volumesGiB: { datanode: 80 }, datanodes: 3 }));
    expect([...text.matchAll(/patch pvc (\S+)/g)].map(([, claim]) => claim)).toEqual([
      'data-datanode-0',
      'data-datanode-1',
    ]);
  });

  const addresses = { trafficServer: '192.0.2.1', nginx: '192.0.2.2' };

  test.each<[string, Partial<ExchangeProps & { domain: string }>, readonly RegExp[]]>([
    ['namespace', { namespace: 'b' }, [/^namespace .* was a and is b now: .* made anew/]],
    ['domain', { domain: 'example.org' }, [/^domain .* was example.com and is example.org now/]],
    [
      'the address of Traffic Server',
      { addresses: { ...addresses, trafficServer: 'exchange.example.com' } },
      [/^trafficServer .* was 192.0.2.1:443 and is exchange.example.com:443 now: every party's Pulsar/],
    ],
    ['its port', { ports: { trafficServer: 8443 } }, [/is 192.0.2.1:8443 now/]],
    ['what is no lasting value', { replicas: 3, addresses: { ...addresses, nginx: '192.0.2.3' } }, []],
    ['an address that a LoadBalancer is to say', { addresses: undefined }, []],
  ])('says so of an exchange and %s', (_, now, texts) => {
    const exchange = (more: Partial<ExchangeProps & { domain: string }>) =>
      exchangePlan({ domain: 'example.com', namespace: 'a', addresses, ...more });
    const changes = lastingExchangeChanges(lastingExchangeValues(exchange({})), exchange(now));
    expect(changes).toEqual(texts.map((text) => expect.stringMatching(text)));
  });
});

test('claims and StatefulSets are named as they are drawn', () => {
  const grown = plan({ sizing: 'production' });
  const sets = new FederatedLearningCluster(new App(), grown.namespace, grown)
    .toJson()
    .filter(({ kind, spec }) => kind === 'StatefulSet' && spec.volumeClaimTemplates);
  const texts = lastingPartyChanges(before, grown).join('\n');
  expect(sets.length).toBe(6);
  for (const { metadata, spec } of sets) {
    expect(texts).toContain(`delete statefulset ${metadata.name} `);
    const { name } = spec.volumeClaimTemplates[0].metadata;
    for (let i = 0; i < spec.replicas; i++) expect(texts).toContain(`patch pvc ${name}-${metadata.name}-${i} `);
  }
});
