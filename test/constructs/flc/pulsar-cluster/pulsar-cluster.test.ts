import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { describe, expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../../constructs';
import { type FateRelease, type PartyProps, partyPlan, releases } from '../../../../lib';
import { exchangeDescriptorOf } from '../../../support/declarations';
import { type AnyObject, containersOf, fileOf, find, objectsOf, podOf, workloadsOf } from '../../../support/objects';

const fates = Object.keys(releases) as FateRelease[];

function drawn(fate: FateRelease, props: Partial<PartyProps> & { readonly transport?: 'open' } = {}, joined = true) {
  const exchange = joined ? exchangeDescriptorOf({ fate, transport: props.transport }) : undefined;
  const plan = partyPlan({ domain: 'example.com', id: 30000, fate, exchange, pulsar: { cluster: true }, ...props });
  return objectsOf((app) => new FederatedLearningCluster(app, 'flc', plan));
}

const settings = (objects: readonly AnyObject[], configMap: string, file: string): Record<string, string> =>
  Object.fromEntries(
    fileOf(objects, configMap, file)
      .trimEnd()
      .split('\n')
      .map((line): [string, string] => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  );

const programs = ['pulsar', 'pulsar-bookie', 'pulsar-zookeeper', 'pulsar-proxy'];
const parts = (objects: readonly AnyObject[]) =>
  workloadsOf(objects).filter(({ metadata }) => programs.includes(metadata?.name ?? ''));

describe.each(fates)('A highly available Pulsar of FATE %s', (fate) => {
  test('is three ZooKeepers, three bookies, three brokers and two proxies, of the one image', () => {
    const found = parts(drawn(fate));
    expect(Object.fromEntries(found.map(({ metadata, spec }) => [metadata?.name, spec?.replicas]))).toEqual({
      pulsar: 3,
      'pulsar-bookie': 3,
      'pulsar-zookeeper': 3,
      'pulsar-proxy': 2,
    });
    const images = found.flatMap((it) => containersOf(podOf(it)).map(({ image }) => image));
    expect(new Set(images).size).toBe(1);
  });

  test('has what it keeps on claims, of which each pod has its own', () => {
    const sizes = parts(drawn(fate, { volumesGiB: { pulsar: 40 } })).flatMap(({ metadata, spec }) =>
      ((spec as StatefulSet['spec'])?.volumeClaimTemplates ?? []).map((claim) => [
        metadata?.name,
        claim.spec?.resources?.requests?.storage,
      ]),
    );
    expect(Object.fromEntries(sizes)).toEqual({ 'pulsar-bookie': '40Gi', 'pulsar-zookeeper': '5Gi' });
    for (const it of parts(drawn(fate))) expect(podOf(it).volumes?.filter(({ emptyDir }) => emptyDir)).toEqual([]);
  });

  test('may lose one pod of a kind at a time to whoever drains nodes, and prefers a node and a zone for each', () => {
    const objects = drawn(fate);
    for (const workload of parts(objects)) {
      const name = workload.metadata?.name ?? '';
      const { spec } = find<PodDisruptionBudget>(objects, 'PodDisruptionBudget', name);
      const labels = workload.spec?.template.metadata?.labels;
      expect(spec?.maxUnavailable).toBe(1);
      expect(labels).toMatchObject(spec?.selector?.matchLabels ?? { none: '' });
      const preferred =
        podOf(workload).affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
      const terms = preferred.map(({ podAffinityTerm }) => podAffinityTerm);
      expect(terms.map(({ topologyKey }) => topologyKey)).toEqual([
        'kubernetes.io/hostname',
        'topology.kubernetes.io/zone',
      ]);
      for (const { labelSelector } of terms) expect(labels).toMatchObject(labelSelector?.matchLabels ?? { none: '' });
    }
  });

  test('a message is on two disks before it is acknowledged, and with one bookie away there are enough for a topic', () => {
    for (const bookies of [3, 4, 5]) {
      const its = settings(drawn(fate, { pulsar: { cluster: { bookies } } }), 'pulsar-config', 'broker.conf');
      const [ensemble, write, ack] = ['EnsembleSize', 'WriteQuorum', 'AckQuorum'].map((key) =>
        Number(its[`managedLedgerDefault${key}`]),
      );
      expect(ensemble).toBeLessThan(bookies);
      expect([write, ack]).toEqual([ensemble, 2]);
      expect(ensemble).toBe(bookies === 3 ? 2 : 3);
    }
  });

  test('what a bookie acknowledges is on its disk', () => {
    expect(settings(drawn(fate), 'pulsar-bookie-config', 'bookkeeper.conf')['journalSyncData'] ?? 'true').toBe('true');
  });

  test('what copies lost messages is beside a bookie, and does not end one with a ZooKeeper', () => {
    const objects = drawn(fate);
    const { containers } = podOf(find<StatefulSet>(objects, 'StatefulSet', 'pulsar-bookie'));
    expect(containers.map(({ name, command }) => [name, command?.join(' ')])).toEqual([
      ['pulsar-bookie', 'bin/pulsar bookie'],
      ['recovery', 'bin/bookkeeper autorecovery'],
    ]);
    expect(settings(objects, 'pulsar-bookie-config', 'bookkeeper.conf')['autoRecoveryDaemonEnabled']).toBe('false');
  });

  test('other parties reach the proxies by TLS alone, and FATE the brokers', () => {
    const objects = drawn(fate);
    const selected = (name: string) => find(objects, 'Service', name).spec.selector['app.kubernetes.io/name'];
    expect([selected('pulsar-public-tls'), selected('pulsar')]).toEqual(['pulsar-proxy', 'pulsar']);
    const its = settings(objects, 'pulsar-proxy-config', 'proxy.conf');
    const servicePort = fate === '1.6.1' ? '6650' : ''; // without which a proxy of 2.7 takes nobody in
    expect(its).toMatchObject({ servicePort, servicePortTls: '6651', tlsEnabledWithBroker: 'true' });
    const { ports } = find(objects, 'Service', 'pulsar-public-tls').spec;
    expect(ports.map(({ port }: { port: number }) => port)).toEqual([6651]);
    const { ingress } = find(objects, 'NetworkPolicy', 'pulsar-proxy').spec;
    expect(JSON.stringify(ingress)).not.toContain('6650');
  });

  test("proxies take members of the federation only, and show the brokers the party's certificate", () => {
    const objects = drawn(fate);
    const [proxy, broker] = [
      settings(objects, 'pulsar-proxy-config', 'proxy.conf'),
      settings(objects, 'pulsar-config', 'broker.conf'),
    ];
    const proven = Object.keys(proxy).filter((key) => /^tls|^brokerClient/.test(key) && key !== 'tlsEnabledWithBroker');
    expect(proven).toContain('tlsRequireTrustedClientCertOnConnect');
    for (const key of proven) expect([key, broker[key]]).toEqual([key, proxy[key]]);
  });

  test('in an open federation proxies take any certificate, as brokers do', () => {
    const its = settings(drawn(fate, { transport: 'open' }), 'pulsar-proxy-config', 'proxy.conf');
    expect(its['tlsAllowInsecureConnection']).toBe('true');
    expect(Object.keys(its).filter((key) => /authentication|require/i.test(key))).toEqual([]);
  });

  test('without an exchange nobody comes from outside: no proxy, no TLS and no certificate', () => {
    const objects = drawn(fate, {}, false);
    expect(parts(objects).map(({ metadata }) => metadata?.name)).not.toContain('pulsar-proxy');
    expect(objects.filter(({ kind, metadata }) => kind === 'Service' && /public/.test(metadata.name))).toEqual([]);
    expect(JSON.stringify(parts(objects))).not.toContain('pulsar-cert');
    expect(settings(objects, 'pulsar-config', 'broker.conf')).not.toHaveProperty('tlsEnabled');
  });

  test('brokers and bookies find each ZooKeeper by the name that its pod has', () => {
    const objects = drawn(fate);
    const { spec } = find<StatefulSet>(objects, 'StatefulSet', 'pulsar-zookeeper');
    const names = [0, 1, 2].map((i) => `pulsar-zookeeper-${i}.${spec?.serviceName}`);
    const broker = settings(objects, 'pulsar-config', 'broker.conf');
    const bookie = settings(objects, 'pulsar-bookie-config', 'bookkeeper.conf');
    for (const servers of [broker['zookeeperServers'], broker['configurationStoreServers'], bookie['zkServers']])
      expect(servers?.split(',')).toEqual(names.map((name) => `${name}:2181`));
    const quorum = settings(objects, 'pulsar-zookeeper-config', 'zookeeper.conf');
    expect([1, 2, 3].map((i) => quorum[`server.${i}`])).toEqual(names.map((name) => `${name}:2888:3888`));
    for (const headless of ['pulsar-zookeeper', 'pulsar-bookie', 'pulsar-brokers'])
      expect(find(objects, 'Service', headless).spec).toMatchObject({
        clusterIP: 'None',
        publishNotReadyAddresses: true,
      });
  });

  test('its cluster has the name that FATE takes it for', () => {
    expect(settings(drawn(fate), 'pulsar-config', 'broker.conf')['clusterName']).toBe(releases[fate].pulsar.cluster);
  });

  test('no pod is started again for want of a majority of ZooKeepers', () => {
    for (const workload of parts(drawn(fate)))
      for (const { livenessProbe } of podOf(workload).containers) {
        expect(livenessProbe?.httpGet?.path ?? '/status.html').toBe('/status.html');
        expect(livenessProbe?.exec).toBeUndefined();
      }
  });
});

test('the proxy of a release that asks whom it may call may call brokers, and nobody else', () => {
  const allowed = settings(drawn('1.11.2'), 'pulsar-proxy-config', 'proxy.conf')['brokerProxyAllowedHostNames'] ?? '';
  const pattern = new RegExp(`^${allowed.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
  expect('pulsar-2.pulsar-brokers.fate-30000.svc.cluster.local').toMatch(pattern);
  for (const host of ['mysql', 'pulsar-zookeeper-0.pulsar-zookeeper', '192.0.2.1', 'kubernetes.default.svc'])
    expect(host).not.toMatch(pattern);
});

test('what is declared of parts is drawn of them', () => {
  const resources = { requests: { cpu: 1, memoryGiB: 3 }, limits: { cpu: 2, memoryGiB: 3 } };
  const objects = drawn('1.11.2', { pulsar: { cluster: { bookies: 4, resources: { bookie: resources } } } });
  const bookies = find<StatefulSet>(objects, 'StatefulSet', 'pulsar-bookie');
  expect(bookies.spec?.replicas).toBe(4);
  expect(podOf(bookies).containers[0]?.resources?.limits).toEqual({ cpu: '2', memory: '3Gi' });
});

describe('The scripts', () => {
  const objects = drawn('1.11.2');

  /** Runs one where `bin/pulsar` tells how it was called, and the pod has this name. */
  function run(configMap: string, script: string, pod: string, prepare: (directory: string) => void = () => {}) {
    const directory = mkdtempSync(join(tmpdir(), 'pulsar-'));
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
      chmodSync(join(directory, path), 0o755);
    };
    try {
      write('bin/pulsar', '#!/bin/sh\necho "$@"\n');
      write('path/uname', `#!/bin/sh\necho ${pod}\n`);
      write('path/sleep', '#!/bin/sh\nkill $PPID\n');
      write(script, fileOf(objects, configMap, script));
      prepare(directory);
      const { stdout, status } = spawnSync('bash', [join(directory, script)], {
        cwd: directory,
        encoding: 'utf8',
        env: {
          PATH: `${join(directory, 'path')}:${process.env['PATH']}`,
          CLUSTER: 'standalone',
          ZOOKEEPERS: 'a:1,b:2',
          BOOKIE: '127.0.0.1/1',
          WEB_SERVICE_URL: 'http://pulsar:8080',
          BROKER_SERVICE_URL: 'pulsar://pulsar:6650',
        },
      });
      const id = spawnSync('cat', [join(directory, 'data/zookeeper/myid')], { encoding: 'utf8' }).stdout;
      return { stdout: stdout.trim(), status, id: id.trim() };
    } finally {
      rmSync(directory, { recursive: true });
    }
  }

  test.each([0, 1, 2])('ZooKeeper %i is the server of that line of its file', (ordinal) => {
    const { stdout, id } = run('pulsar-zookeeper-config', 'zookeeper.sh', `pulsar-zookeeper-${ordinal}`);
    expect([stdout, id]).toEqual(['zookeeper', `${ordinal + 1}`]);
    const line = settings(objects, 'pulsar-zookeeper-config', 'zookeeper.conf')[`server.${id}`];
    expect(line).toMatch(new RegExp(`^pulsar-zookeeper-${ordinal}\\.`));
  });

  const metadata = (pod: string, prepare?: (directory: string) => void) =>
    run('pulsar-bookie-config', 'bookie-metadata.sh', pod, prepare);

  test('the first bookie, and no other, makes what ZooKeeper knows of an empty cluster', () => {
    expect(metadata('pulsar-bookie-0').stdout).toMatch(
      /^initialize-cluster-metadata --cluster standalone --zookeeper a:1,b:2 --configuration-store a:1,b:2 /,
    );
    for (const pod of ['pulsar-bookie-1', 'pulsar-bookie-10']) {
      const { stdout, status } = metadata(pod); // it waits
      expect([stdout, status]).not.toEqual(['', 0]);
      expect(stdout).toBe('');
    }
  });

  test('a bookie that has begun before starts without a word', () => {
    const begun = (directory: string) => {
      mkdirSync(join(directory, 'data/bookkeeper/ledgers/current'), { recursive: true });
      writeFileSync(join(directory, 'data/bookkeeper/ledgers/current/VERSION'), '4');
    };
    for (const pod of ['pulsar-bookie-0', 'pulsar-bookie-1'])
      expect(metadata(pod, begun)).toMatchObject({ stdout: '', status: 0 });
    const { ledgerDirectories } = settings(objects, 'pulsar-bookie-config', 'bookkeeper.conf');
    expect(readFileSync('constructs/flc/pulsar-cluster/bookie-metadata.sh', 'utf8')).toContain(
      `${ledgerDirectories?.replace('/pulsar/', '')}/current/VERSION`,
    );
  });
});
