import { createPrivateKey } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { memberFiles } from '../../../commands/pki/folder';
import { inspect } from '../../../commands/pki/inspect';
import { certificateManifests } from '../../../commands/pki/member-material';
import { request } from '../../../commands/pki/requests';
import { manifestsText } from '../../../commands/pki/secret-manifest';
import { readSource, type SourceOptions } from '../../../commands/pki/sources';
import {
  crafted,
  domain,
  folderWithAuthority,
  issueIn,
  keys,
  newFolder,
  now,
  type Pair,
  pairOf,
  serving,
} from '../../support/certificates';

let folder: string;
beforeAll(async () => {
  folder = await folderWithAuthority();
  await issueIn(folder, ['exchange', 30000]);
});

const found = async (source: string, options: SourceOptions = {}) =>
  (await readSource(source, options)).map((material) => inspect(material, { now: new Date(), soonDays: 30 }));
const shown = async (source: string, options?: SourceOptions) =>
  (await found(source, options)).map(({ source, name, faults }) => [source, name, faults.map(({ what }) => what)]);

const file = (content: string): string => {
  const path = join(newFolder(), 'file');
  writeFileSync(path, content);
  return path;
};

test('a folder is all of its members, and a folder of a member is that one', async () => {
  const [party, exchange] = [memberFiles(folder, 30000, domain).folder, memberFiles(folder, 'exchange', domain).folder];
  expect(await shown(folder)).toEqual([
    [party, '30000.example.com', []],
    [exchange, 'proxy.example.com', []],
  ]);
  expect(await shown(party)).toEqual([[party, '30000.example.com', []]]);
});

test('a folder is of the member that it is called after', async () => {
  const other = join(newFolder(), '40000.example.com');
  mkdirSync(other);
  for (const [name, content] of Object.entries(namedFiles(pairOf(folder, 30000))))
    writeFileSync(join(other, name), content, { mode: 0o600 });
  const [{ faults } = { faults: [] }] = await found(other);
  expect(faults.map(({ what }) => what)).toContain('is of 30000.example.com and not of 40000.example.com');
});

const namedFiles = ({ certificate, key, ca }: Pair) => ({
  'broker.cert.pem': certificate,
  'broker.key-pk8.pem': key,
  'ca.cert.pem': ca,
});

test('a key that others can read is found', async () => {
  const own = await folderWithAuthority();
  await issueIn(own, [30000]);
  const { key, folder: member } = memberFiles(own, 30000, domain);
  chmodSync(key, 0o640);
  expect(await shown(own)).toEqual([[member, '30000.example.com', [`its key can be read by others: ${key}`]]]);
});

test('a certificate without authorities to trust is found', async () => {
  const other = await folderWithAuthority();
  await issueIn(other, [30000]);
  const { folder: own, ca } = memberFiles(other, 30000, domain);
  rmSync(ca);
  expect(await shown(own)).toEqual([[own, '30000.example.com', ['has no ca.cert.pem']]]);
});

test('a key without its certificate is one that waits for it', async () => {
  const { files } = await request(newFolder(), 30000, domain, 2048);
  expect(await shown(dirname(files.folder))).toEqual([[files.folder, undefined, ['has a key and no certificate yet']]]);
});

test('a PEM file is looked at with the key and the name that are given', async () => {
  const path = file(pairOf(folder, 30000).certificate);
  const { key } = memberFiles(folder, 30000, domain);
  expect(await shown(path, { key, name: '30000.example.com' })).toEqual([[path, '30000.example.com', []]]);
  expect(await shown(path, { key: memberFiles(folder, 'exchange', domain).key, name: '40000.example.com' })).toEqual([
    [
      path,
      '30000.example.com',
      [
        'is of 30000.example.com and not of 40000.example.com',
        'has no alternative name DNS:40000.example.com',
        'can be taken for 30000.example.com too',
        'does not belong to its key',
      ],
    ],
  ]);
});

describe('Secrets', () => {
  const members = [
    { member: 30000, namespace: 'fate-30000' },
    { member: 'exchange' as const, namespace: 'fate-exchange' },
  ];

  test('are read as they are printed here', async () => {
    expect(await shown(file(manifestsText(certificateManifests(folder, domain, members, now))))).toEqual([
      ['Secret fate-30000/pulsar-cert', '30000.example.com', []],
      ['Secret fate-exchange/traffic-server-cert', 'proxy.example.com', []],
    ]);
  });

  const secret = (name: string, values: object, type = 'Opaque') => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'fate-30000' },
    type,
    stringData: values,
  });

  test("are read as kubectl prints them, among others, with cert-manager's keys too", async () => {
    const { certificate, key, ca } = pairOf(folder, 30000);
    const items = [
      secret('mysql', { password: 'x' }),
      secret('pulsar-cert', namedFiles({ certificate, key, ca })),
      secret('pulsar-tls', { 'tls.crt': certificate, 'tls.key': key, 'ca.crt': ca }, 'kubernetes.io/tls'),
    ];
    const expected = [
      ['Secret fate-30000/pulsar-cert', '30000.example.com', []],
      ['Secret fate-30000/pulsar-tls', '30000.example.com', []],
    ];
    expect(await shown(file(JSON.stringify({ kind: 'List', items })))).toEqual(expected);
    expect(await shown(file(stringify({ kind: 'List', items })))).toEqual(expected);
  });

  test("of cert-manager's making need what Pulsar needs of a key", async () => {
    const { certificate, key, ca } = pairOf(folder, 30000);
    const pkcs1 = `${createPrivateKey(key).export({ type: 'pkcs1', format: 'pem' })}`;
    const issued = (key: string) =>
      secret('issued-certificate', { 'tls.crt': certificate, 'tls.key': key, 'ca.crt': ca }, 'kubernetes.io/tls');
    const source = 'Secret fate-30000/issued-certificate';
    expect(await shown(file(JSON.stringify(issued(key))))).toEqual([[source, '30000.example.com', []]]);
    expect(await shown(file(JSON.stringify(issued(pkcs1))))).toEqual([
      [source, '30000.example.com', ['its key is PKCS#1']],
    ]);
    const acme = secret('issued-certificate', { 'tls.crt': certificate, 'tls.key': key }, 'kubernetes.io/tls');
    expect(await shown(file(JSON.stringify(acme)))).toEqual([[source, '30000.example.com', ['has no ca.crt']]]);
  });

  test('without a key that they need are found', async () => {
    const { certificate, ca } = pairOf(folder, 30000);
    const path = file(JSON.stringify(secret('pulsar-cert', { 'broker.cert.pem': certificate, 'ca.cert.pem': ca })));
    expect(await shown(path)).toEqual([
      ['Secret fate-30000/pulsar-cert', '30000.example.com', ['has no broker.key-pk8.pem']],
    ]);
  });

  test.each(['{}', 'a: b', '[', 'kind: Secret\nkind: Secret', ''])('are not in %j', async (text) => {
    await expect(found(file(text))).rejects.toThrow();
  });
});

describe('an endpoint', () => {
  const options = ({ certificate, key, ca }: Pair) => ({ cert: certificate, key, ca });
  const at = (port: number) => `127.0.0.1:${port}`;
  const name = '30000.example.com';

  test('is asked by the name that its certificate must have', async () => {
    const { certificate, key, ca } = pairOf(folder, 30000);
    const asked: string[] = [];
    const server = {
      ...options({ certificate: `${certificate}${ca}`, key, ca }),
      SNICallback: (name: string, done: (error: null) => void) => {
        asked.push(name);
        done(null);
      },
    };
    await serving(server, async (port) => {
      const [{ faults, name: of } = { faults: [] }] = await found(at(port), { name });
      expect([of, faults]).toEqual([name, []]);
    });
    expect(asked).toEqual([name]);
  });

  test('that shows another certificate is found, as Traffic Server does for a name without route', async () => {
    await serving(options(pairOf(folder, 'exchange')), async (port) => {
      expect((await shown(at(port), { name }))[0]?.[2]).toEqual([
        'is of proxy.example.com and not of 30000.example.com',
        'has no alternative name DNS:30000.example.com',
        'can be taken for proxy.example.com too',
      ]);
    });
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('that wants a member is asked as one, in %s', async (version) => {
    const server = {
      ...options(pairOf(folder, 30000)),
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: version,
      maxVersion: version,
    };
    await serving(server, async (port) => {
      expect((await shown(at(port), { name }))[0]?.[2]).toEqual([expect.stringContaining('does not let in who asks')]);
      const stranger = {
        certificate: await crafted({ key: keys.otherRsa }),
        key: `${keys.otherRsa.export({ type: 'pkcs8', format: 'pem' })}`,
      };
      expect((await shown(at(port), { name, client: stranger }))[0]?.[2]).toEqual([
        expect.stringContaining('does not let in who asks'),
      ]);
      expect((await shown(at(port), { name, client: pairOf(folder, 'exchange') }))[0]?.[2]).toEqual([]);
    });
  });

  test('that speaks no TLS, or is not there, is found', async () => {
    expect((await shown('127.0.0.1:1'))[0]?.[2]).toEqual([
      expect.stringContaining('cannot be asked: connect ECONNREFUSED'),
    ]);
  });
});

test('what is neither is said', async () => {
  await expect(found('localhost:0')).rejects.toThrow('an endpoint is host:port');
  await expect(found('localhost:65536')).rejects.toThrow('an endpoint is host:port');
  await expect(found('nowhere')).rejects.toThrow('there is no such file or folder');
  await expect(found(newFolder())).rejects.toThrow('holds no certificate');
});
