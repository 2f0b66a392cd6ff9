import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { type AgreementProps, type FateRelease, type PartyProps, partyPlan, releases } from '../../../lib';
import { exchangeDescriptorOf } from '../../support/declarations';
import { containerOf, environmentOf, fileOf, find, objectsOf, podOf } from '../../support/objects';

const flc = (
  id: number,
  exchange?: ReturnType<typeof exchangeDescriptorOf>,
  props: Partial<AgreementProps & PartyProps> = {},
) =>
  objectsOf(
    (app) => new FederatedLearningCluster(app, 'flc', partyPlan({ domain: 'example.com', id, exchange, ...props })),
  );

const settings = (objects: ReturnType<typeof flc>) =>
  Object.fromEntries(
    fileOf(objects, 'pulsar-config', 'standalone.conf')
      .trimEnd()
      .split('\n')
      .map((line) => line.split('=')),
  );

describe.each(Object.keys(releases) as FateRelease[])('Pulsar of FATE %s', (fate) => {
  test('with an exchange all four ports are open, and the broker speaks TLS to others', () => {
    expect(settings(flc(30000, exchangeDescriptorOf({ fate }), { fate }))).toMatchObject({
      brokerServicePort: '6650',
      brokerServicePortTls: '6651',
      webServicePort: '8080',
      webServicePortTls: '8081',
      tlsEnabled: 'true',
      brokerClientTlsEnabled: 'true',
      tlsCertificateFilePath: '/opt/pulsar/certs/broker.cert.pem',
      tlsKeyFilePath: '/opt/pulsar/certs/broker.key-pk8.pem',
      tlsTrustCertsFilePath: '/opt/pulsar/certs/ca.cert.pem',
    });
  });

  test("with mutual TLS the broker wants certificates of the federation's authority, verifies others, and shows its own", () => {
    const its = settings(flc(30000, exchangeDescriptorOf({ fate }), { fate }));
    expect(its).not.toHaveProperty('tlsAllowInsecureConnection');
    expect(its).toMatchObject({
      tlsRequireTrustedClientCertOnConnect: 'true',
      brokerClientTrustCertsFilePath: its.tlsTrustCertsFilePath,
      brokerClientAuthenticationParameters: `tlsCertFile:${its.tlsCertificateFilePath},tlsKeyFile:${its.tlsKeyFilePath}`,
      authenticationEnabled: 'true',
    });
  });

  test('FATE Flow, which has no certificate, is served by mutual TLS too', () => {
    expect(settings(flc(30000, exchangeDescriptorOf({ fate }), { fate }))['anonymousUserRole']).toMatch(/./);
  });

  test('in an open federation the broker takes any certificate, and asks nobody who they are', () => {
    const its = settings(flc(30000, exchangeDescriptorOf({ fate, transport: 'open' }), { fate, transport: 'open' }));
    expect(its['tlsAllowInsecureConnection']).toBe('true');
    expect(Object.keys(its).filter((key) => /authentication|anonymous|require/i.test(key))).toEqual([]);
  });

  test('its TLS is of the versions that nobody has broken, on both of its ports', () => {
    const its = settings(flc(30000, exchangeDescriptorOf({ fate }), { fate }));
    const versions = Object.entries(its).filter(([key]) => /tlsProtocols$/i.test(key));
    expect(versions.length).toBeGreaterThan(0);
    for (const [key, value] of versions) expect(value, key).toMatch(/^TLSv1\.2(,TLSv1\.3)?$/);
  });

  test('sessions last as long as its ZooKeeper allows, and end no process', () => {
    const its = settings(flc(30000, undefined, { fate }));
    const session = its['metadataStoreSessionTimeoutMillis'] ?? its['zooKeeperSessionTimeoutMillis'];
    expect([session, its['zkTimeout']]).toEqual(['60000', '60000']);
    expect(its['zookeeperSessionExpiredPolicy'] ?? 'reconnect').toBe('reconnect'); // by default since Pulsar 2.8
  });

  test('unread messages of a topic take no more than declared', () => {
    const its = settings(flc(30000, undefined, { fate, pulsar: { backlogGiB: 2 } }));
    const bytes = its['backlogQuotaDefaultLimitBytes'] ?? Number(its['backlogQuotaDefaultLimitGB']) * 1024 ** 3;
    expect(Number(bytes)).toBe(2 * 1024 ** 3);
  });

  test('may write to its volume, whoever its image starts as', () => {
    const { securityContext } = podOf(find(flc(30000, undefined, { fate }), 'StatefulSet', 'pulsar'));
    expect(securityContext?.fsGroup).toBe(releases[fate].pulsar.group);
  });
});

test('the certificate is mounted where the configuration names its files', () => {
  const mounts = containerOf(flc(30000, exchangeDescriptorOf()), 'pulsar').volumeMounts ?? [];
  expect(mounts.find(({ name }) => name === 'pulsar-cert')?.mountPath).toBe('/opt/pulsar/certs');
});

test('without an exchange there is no TLS', () => {
  expect(Object.keys(settings(flc(30000))).filter((key) => /tls/i.test(key))).toEqual([]);
});

test('three parties replicate under three names', () => {
  const prefixes = [1, 2, 3].map((id) => settings(flc(id, exchangeDescriptorOf())).replicatorPrefix);
  expect(prefixes).toEqual(['pulsar.repl.1', 'pulsar.repl.2', 'pulsar.repl.3']);
});

test('all parties call their cluster standalone, since FATE 1.6 knows no other name', () => {
  expect(settings(flc(30000)).clusterName).toBe('standalone');
});

test('messages of FATE pass the broker and the bookie', () => {
  const { maxMessageSize, nettyMaxFrameSizeBytes } = settings(flc(30000));
  expect([maxMessageSize, nettyMaxFrameSizeBytes]).toEqual(['134217728', '134217728']);
});

test("what is kept is the party's choice", () => {
  const kept = settings(flc(30000, undefined, { pulsar: { backlogGiB: 2, unreadMinutes: 60 } }));
  expect(kept).toMatchObject({ backlogQuotaDefaultLimitGB: '2', ttlDurationDefaultInSeconds: '3600' });
  expect(settings(flc(30000))).not.toHaveProperty('ttlDurationDefaultInSeconds');
});

test('whatever the size of its volume, Pulsar refuses messages before it is full, and has many files to take away', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), (pulsar) => {
      const its = settings(flc(30000, undefined, { volumesGiB: { pulsar }, belowGuideline: true }));
      const number = (key: string) => Number(its[key]);
      expect(number('backlogQuotaDefaultLimitGB')).toBeLessThanOrEqual(pulsar);
      for (const threshold of ['diskUsageThreshold', 'diskUsageWarnThreshold']) {
        const leftMiB = (1 - number(threshold)) * pulsar * 1024;
        expect(leftMiB).toBeGreaterThan(3 * 128); // a message, in journal and entry log, and one on its way
        expect(leftMiB).toBeLessThan(700);
      }
      for (const bytes of [
        number('logSizeLimit'),
        number('journalMaxSizeMB') * 1024 ** 2,
        number('managedLedgerMaxSizePerLedgerMbytes') * 1024 ** 2,
      ]) {
        expect(bytes).toBeGreaterThanOrEqual(64 * 1024 ** 2);
        expect(bytes).toBeLessThanOrEqual(Math.min((pulsar * 1024 ** 3) / 16, 1024 ** 3)); // the bookie takes no more
      }
    }),
    { numRuns: 50 },
  );
});

test('a Pulsar that answers nothing is restarted, but not one that stands still for a minute and needs another to come back', () => {
  const { httpGet, periodSeconds = 0, failureThreshold = 0 } = containerOf(flc(30000), 'pulsar').livenessProbe ?? {};
  expect(httpGet?.port).toBe('admin');
  expect(periodSeconds * failureThreshold).toBeGreaterThan(150);
});

test('heap and buffers of the JVM leave room in the container', () => {
  const memory = environmentOf(containerOf(flc(30000), 'pulsar'))['PULSAR_MEM'] ?? '';
  const [heap, direct] = [/-Xmx(\d+)m/, /-XX:MaxDirectMemorySize=(\d+)m/].map((it) => Number(it.exec(memory)?.[1]));
  expect([heap, direct]).toEqual([2048, 4096]);
  expect(Number(heap) + Number(direct)).toBeLessThan(8 * 1024);
});
