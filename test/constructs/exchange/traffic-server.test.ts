import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Exchange } from '../../../constructs';
import { type ExchangeProps, exchangePlan, type PartyDescriptor, secrets } from '../../../lib';
import { containerOf, environmentOf, fileOf, find, objectsOf, podOf } from '../../support/objects';
import { partyDescriptorOf } from '../../support/parties';

const exchange = (parties: readonly PartyDescriptor[] = [], props: Partial<ExchangeProps> = {}) =>
  objectsOf((app) => new Exchange(app, 'exchange', exchangePlan({ domain: 'example.com', parties, ...props })));

const sniOf = (objects: ReturnType<typeof exchange>, version: '1.1' | '1.2') =>
  parse(fileOf(objects, 'traffic-server-sni', 'sni.yaml'), { version });

const records = (props?: Partial<ExchangeProps>): Record<string, string | number> =>
  Object.fromEntries(
    fileOf(exchange([], props), 'traffic-server-config', 'records.config')
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [, name = '', type, value = ''] = /^CONFIG proxy\.config\.(\S+) (INT|STRING) (.+)$/.exec(line) ?? [];
        return [name, type === 'INT' ? Number(value) : value];
      }),
  );

const container = () => containerOf(exchange(), 'traffic-server');
const mountOf = (path: string) => container().volumeMounts?.find(({ mountPath }) => mountPath === path);

describe.each(['1.1', '1.2'] as const)('read as YAML %s', (version) => {
  test("TLS for a party's FQDN goes to its Pulsar", () => {
    const parties = [
      partyDescriptorOf(40000, '192.0.2.165', '192.0.2.164'),
      partyDescriptorOf(30000, '192.0.2.72', '192.0.2.73'),
    ];
    expect(sniOf(exchange(parties), version)).toEqual({
      sni: [
        { fqdn: '30000.example.com', tunnel_route: '192.0.2.73:6651' },
        { fqdn: '40000.example.com', tunnel_route: '192.0.2.164:6651' },
      ],
    });
  });

  test('without parties the list is empty and not missing', () => {
    expect(sniOf(exchange(), version)).toEqual({ sni: [] });
  });

  test('any set of parties has one route each', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 1, max: 999_999_999 }), { maxLength: 60 });
    fc.assert(
      fc.property(ids, (all) => {
        const parties = all.map((id, i) => partyDescriptorOf(id, `192.0.2.${i + 1}`, `198.51.100.${i + 1}`));
        const { sni } = sniOf(exchange(parties), version);
        const byId = [...parties].sort((a, b) => a.id - b.id);
        expect(sni).toEqual(byId.map(({ fqdn, pulsar }) => ({ fqdn, tunnel_route: `${pulsar.address}:6651` })));
      }),
      { numRuns: 30 },
    );
  });
});

test('what names no party is proxied nowhere', () => {
  expect(records()).toMatchObject({ 'url_remap.remap_required': 1, 'reverse_proxy.enabled': 0, 'http.cache.http': 0 });
});

test('tunnels live as long as both ends like, and an hour in silence', () => {
  expect(records()).toMatchObject({
    'http.transaction_no_activity_timeout_in': 3600,
    'http.transaction_no_activity_timeout_out': 3600,
    'http.transaction_active_timeout_in': 0,
  });
});

test.each([
  [undefined, 4],
  [0.5, 1],
  [2.5, 3],
])('it has a thread for each CPU that it may take, and not for each of the node: %j is %i', (cpu, threads) => {
  const quantity = cpu === undefined ? undefined : { cpu, memoryGiB: 1 };
  const resources = quantity && { trafficServer: { requests: quantity, limits: quantity } };
  expect(records({ resources })).toMatchObject({ 'exec_thread.autoconfig': 0, 'exec_thread.limit': threads });
});

test.each([
  [undefined, '6651 30000-32767'],
  [[443, [6650, 6700], 31000] as const, '443 6650-6700 31000'],
])('tunnels lead to the connect ports of the exchange: %j is %s', (connectPorts, expected) => {
  expect(records(connectPorts && { connectPorts })['http.connect_ports']).toBe(expected);
});

test('443 is open to others, and plain HTTP to the own pod alone', () => {
  expect(records()['http.server_ports']).toBe('443:ssl 8080:ip-in=127.0.0.1');
  expect(container().ports?.map(({ containerPort }) => containerPort)).toEqual([443]);
});

test('certificate, key and CA are files of the Secret, in the one directory where it is mounted', () => {
  const { keys, name } = secrets.trafficServerCertificate;
  const multicert = fileOf(exchange(), 'traffic-server-config', 'ssl_multicert.config');
  expect(multicert).toBe(`dest_ip=* ssl_cert_name=${keys.certificate} ssl_key_name=${keys.key}\n`);
  const directory = '/opt/proxy';
  expect(records()).toMatchObject({
    'ssl.server.cert.path': directory,
    'ssl.server.private_key.path': directory,
    'ssl.CA.cert.path': directory,
    'ssl.CA.cert.filename': keys.ca,
  });
  const mount = mountOf(directory);
  expect(mount).toMatchObject({ readOnly: true });
  expect(mount).not.toHaveProperty('subPath'); // such a file would stay old when the Secret changes
  const pod = podOf(find(exchange(), 'Deployment', 'traffic-server'));
  expect(pod.volumes?.find((volume) => volume.name === mount?.name)?.secret).toEqual({
    secretName: name,
    defaultMode: 0o444, // for `nobody`
  });
});

test('the watched table is the one that Traffic Server reads, from a mount that follows changes', () => {
  const configDirectory = '/opt/trafficserver/etc/trafficserver';
  const { TABLE = '', CERTIFICATES, RELOAD } = environmentOf(container());
  expect(CERTIFICATES?.split(' ')).toEqual(
    ['proxy.cert.pem', 'proxy.key.pem', 'ca.cert.pem'].map((file) => `/opt/proxy/${file}`),
  );
  expect(TABLE).toBe(posix.join(configDirectory, String(records()['ssl.servername.filename'])));
  const mount = mountOf(posix.dirname(TABLE));
  expect(mount).toMatchObject({ name: 'traffic-server-sni' });
  expect(mount).not.toHaveProperty('subPath');
  expect(RELOAD).toBe('/opt/trafficserver/bin/traffic_ctl config reload');
});

test('Traffic Server runs in the place of the script, as the manager that can reload', () => {
  const { command = [] } = container();
  expect(command).toEqual(['sh', '/opt/watched-server.sh', '/opt/trafficserver/bin/traffic_manager']);
  expect(mountOf('/opt/watched-server.sh')?.subPath).toBe('watched-server.sh');
  expect(fileOf(exchange(), 'traffic-server-config', 'watched-server.sh')).toContain('exec "$@"');
});

test('messages go to the log of the pod, and no file grows in the container', () => {
  const settings = records();
  expect(settings['log.logging_enabled']).toBe(0);
  for (const level of ['warning', 'error', 'fatal', 'alert', 'emergency']) {
    expect(settings[`diags.output.${level}`]).toBe('E');
  }
});

test('new tunnels stop coming before a pod stops, and it stops in time', () => {
  const { terminationGracePeriodSeconds = 0 } = podOf(find(exchange(), 'Deployment', 'traffic-server'));
  const [command, seconds] = container().lifecycle?.preStop?.exec?.command ?? [];
  expect(command).toBe('sleep');
  expect(Number(seconds)).toBeGreaterThan(0);
  expect(Number(seconds)).toBeLessThan(terminationGracePeriodSeconds);
});

describe('the probe', () => {
  /** Exit code of the probe against a server that does this with a connection. The probe leaves without a farewell. */
  const probe = async (serve: (socket: Socket) => void) => {
    const server = createServer((socket) => serve(socket.on('error', () => {}))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const [command = '', ...args] = container().livenessProbe?.exec?.command ?? [];
    const child = spawn(
      command,
      args.map((arg) => arg.replace('/8080', `/${port}`).replace('-t 4', '-t 0.2')),
    );
    const [code] = await once(child, 'exit');
    server.close();
    return code;
  };

  test('is content with any answer', async () => {
    expect(await probe((socket) => socket.once('data', () => socket.end('HTTP/1.0 404 Not Found\r\n\r\n')))).toBe(0);
  });

  test('is not content with a connection that nobody answers, as a dead traffic_server leaves it', async () => {
    expect(await probe((socket) => socket.on('error', () => {}))).not.toBe(0);
  });

  test('is not content with a connection that is closed', async () => {
    expect(await probe((socket) => socket.end())).not.toBe(0);
  });

  test('gives up before Kubernetes does', () => {
    const { exec, timeoutSeconds } = container().livenessProbe ?? {};
    expect(Number(/-t (\d+)/.exec(exec?.command?.[2] ?? '')?.[1])).toBeLessThan(timeoutSeconds ?? 1);
  });
});
