import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { inspect } from '../../../commands/pki/inspect';
import { secretValues } from '../../../commands/pki/secret-manifest';
import { readSource } from '../../../commands/pki/sources';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import { type CertManagerProps, exchangePlan, partyPlan, secrets } from '../../../lib';
import { crafted, handshake, keys, type Pair, pemOf } from '../../support/certificates';
import { exchangeDescriptorOf } from '../../support/declarations';
import { type AnyObject, find, objectsOf } from '../../support/objects';
import { startNginx } from '../nginx/pod';
import { cache, noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import type { Pod } from '../support/pod';
import { type ApiServer, startApiServer } from './api-server';
import { certManagerDefinitions } from './definitions';
import { apply, createAll, itemsOf, read } from './live-objects';
import { type Programs, programs } from './programs';

const domain = 'example.com';
const drawParty = (certManager: CertManagerProps, id = 30000) => {
  const plan = partyPlan({ domain, id, certManager, exchange: exchangeDescriptorOf() });
  return objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
};
const drawExchange = (certManager: CertManagerProps) => {
  const plan = exchangePlan({ domain, certManager });
  return objectsOf((app) => new Exchange(app, plan.namespace, plan));
};
const { name } = secrets.issuedCertificate;
const certificateIn = (objects: readonly AnyObject[]) => find(objects, 'Certificate', name);
const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

/** Kinds of cert-manager, by its own definitions. */
async function define(server: ApiServer): Promise<void> {
  const definitions = certManagerDefinitions();
  await createAll(server, definitions);
  await vi.waitFor(async () => {
    const { body } = await server.call('GET', '/apis/cert-manager.io/v1');
    expect(body.resources?.map(({ kind }: AnyObject) => kind)).toEqual(
      expect.arrayContaining(definitions.map(({ spec }) => spec.names.kind)),
    );
  }, soon);
}

const soon = { timeout: 180_000, interval: 200 };

const noServer = refusal('kubernetes-1.37') ?? refusal('cert-manager-definitions');

describe.skipIf(noServer !== undefined)(titled("An API server with cert-manager's definitions", noServer), () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer('1.37');
    await createAll(server, [namespace('fate-30000'), namespace('fate-exchange')]);
    await define(server);
  });
  afterAll(() => server?.stop());

  test.each<[string, AnyObject[]]>([
    ['of a party', drawParty({ issuer: 'federation-ca' })],
    ['of an exchange', drawExchange({ issuer: 'federation-ca', kind: 'ClusterIssuer', days: 7 })],
    ['by another program', drawParty({ issuer: 'ca', kind: 'AWSPCAIssuer', group: 'awspca.cert-manager.io' })],
  ])('takes the Certificate %s as it is drawn, and applied again without a change', async (_, objects) => {
    const certificate = certificateIn(objects);
    const first = await apply(server, certificate);
    expect(first).toMatchObject(certificate);
    const { body } = await read(server, certificate);
    expect(body).toMatchObject(certificate);
    expect(await apply(server, certificate)).toEqual(first);
  });

  test.each<[string, object, string]>([
    ['a field that is misspelt', { secretname: name }, 'unknown field "spec.secretname"'],
    ['a usage that there is not', { usages: ['server'] }, 'Unsupported value: "server"'],
    ['a key of another form', { privateKey: { encoding: 'PKCS7' } }, 'Unsupported value: "PKCS7"'],
    ['a duration of another type', { duration: 90 }, 'must be of type string'],
    ['no issuer', { issuerRef: undefined }, 'spec.issuerRef: Required value'],
  ])('refuses %s', async (_, change, message) => {
    const { spec, ...certificate } = certificateIn(drawParty({ issuer: 'federation-ca' }));
    const collection = `${await server.collectionOf(certificate)}?fieldValidation=Strict&dryRun=All`;
    const changed = {
      ...certificate,
      metadata: { ...certificate.metadata, name: 'other' },
      spec: { ...spec, ...change },
    };
    const { status, body } = await server.call('POST', collection, changed);
    expect({ status, message: body.message }).toEqual({
      status: expect.toBeOneOf([400, 422]),
      message: expect.stringContaining(message),
    });
  });
});

const noController = noServer ?? refusal('cert-manager');

describe.skipIf(noController !== undefined)(titled('cert-manager', noController), () => {
  const root = { subject: 'CN=ca.example.com', names: [], ca: true, key: keys.otherRsa };
  const below = { subject: 'CN=org1.example.com', names: [], ca: true, key: keys.rsa };
  const directory = mkdtempSync(join(tmpdir(), 'cert-manager-'));
  let server: ApiServer;
  let controllers: Programs;

  /** An issuer of kind CA in every namespace of these, whose Secret has a chain and the key of its first certificate. */
  const issuer = (name: string, chain: string, key: string, ...namespaces: readonly string[]): AnyObject[] =>
    namespaces.flatMap((namespace) => [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace },
        type: 'kubernetes.io/tls',
        stringData: { 'tls.crt': chain, 'tls.key': key },
      },
      {
        apiVersion: 'cert-manager.io/v1',
        kind: 'Issuer',
        metadata: { name, namespace },
        spec: { ca: { secretName: name } },
      },
    ]);

  /** What it makes of a Certificate. */
  async function issued(certificate: AnyObject): Promise<AnyObject> {
    const { namespace, name } = certificate.metadata;
    const found = await vi.waitFor(async () => {
      const { body } = await read(server, certificate);
      const conditions = JSON.stringify(body.status?.conditions ?? []);
      expect(body.status?.conditions, conditions).toContainEqual(
        expect.objectContaining({ type: 'Ready', status: 'True' }),
      );
      return read(server, { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name } });
    }, soon);
    return found.body;
  }

  const pairOf = (secret: AnyObject): Pair => {
    const values = secretValues(secret);
    const [certificate = '', key = '', ca = ''] = ['tls.crt', 'tls.key', 'ca.crt'].map((field) => values[field]);
    return { certificate, key, ca };
  };

  /** What `certificates check` says of a Secret. */
  async function checked(secret: AnyObject) {
    const file = join(directory, `${secret.metadata.namespace}.json`);
    writeFileSync(file, JSON.stringify(secret));
    const [material] = await readSource(file, {});
    return material && inspect(material, { now: new Date(), soonDays: 30 });
  }

  beforeAll(async () => {
    server = await startApiServer('1.37');
    const namespaces = ['fate-exchange', 'fate-30000', 'fate-40000', 'fate-50000'];
    await createAll(server, namespaces.map(namespace));
    await define(server);
    const [authority, between] = [
      await crafted(root),
      await crafted({ ...below, issuer: { name: root.subject, key: root.key } }),
    ];
    await createAll(server, [
      ...issuer('federation-ca', authority, pemOf(root.key), 'fate-exchange', 'fate-30000'),
      ...issuer('org1-ca', between + authority, pemOf(below.key), 'fate-40000'),
      ...issuer('half-ca', between, pemOf(below.key), 'fate-50000'),
    ]);
    controllers = programs('cert-manager', 600);
    const kubeconfig = join(controllers.directory, 'kubeconfig');
    writeFileSync(kubeconfig, server.kubeconfig, { mode: 0o600 });
    controllers.start(join(cache, 'cert-manager/cert-manager'), { kubeconfig });
    await Promise.all([
      apply(server, certificateIn(drawExchange({ issuer: 'federation-ca' }))),
      apply(server, certificateIn(drawParty({ issuer: 'federation-ca' }))),
      apply(server, certificateIn(drawParty({ issuer: 'org1-ca', days: 90 }, 40000))),
      apply(server, certificateIn(drawParty({ issuer: 'half-ca' }, 50000))),
    ]);
  });
  afterAll(async () => {
    await controllers?.stop();
    await server?.stop();
    rmSync(directory, { recursive: true });
  });

  const exchange = () => issued(certificateIn(drawExchange({ issuer: 'federation-ca' })));
  const party = (id: number) => issued(certificateIn(drawParty({ issuer: 'x' }, id)));

  test('makes certificates of which `certificates check` finds nothing wrong', async () => {
    expect(await checked(await exchange())).toMatchObject({
      name: 'proxy.example.com',
      issuer: 'ca.example.com',
      faults: [],
    });
    expect(await checked(await party(30000))).toMatchObject({ name: '30000.example.com', daysLeft: 395, faults: [] });
    expect(await checked(await party(40000))).toMatchObject({ issuer: 'org1.example.com', daysLeft: 89, faults: [] });
  });

  test('makes no chain up to its end where it does not know that, and the check says so', async () => {
    const { faults = [] } = (await checked(await party(50000))) ?? {};
    expect(faults.map(({ what }) => what)).toEqual([
      expect.stringContaining('its authority org1.example.com is itself certified by one that is not trusted'),
    ]);
  });

  test('makes members who know each other, by an authority in between too', async () => {
    const [proxy, first, second] = [pairOf(await exchange()), pairOf(await party(30000)), pairOf(await party(40000))];
    expect(await handshake(proxy, first, 'proxy.example.com')).toEqual(['proxy.example.com', '30000.example.com']);
    expect(await handshake(second, proxy, '40000.example.com')).toEqual(['40000.example.com', 'proxy.example.com']);
    await expect(handshake(proxy, pairOf(await party(50000)), 'proxy.example.com')).rejects.toThrow();
  });

  test('makes another key with another certificate, in the same Secret', async () => {
    const before = pairOf(await party(40000));
    const certificate = certificateIn(drawParty({ issuer: 'org1-ca', days: 60 }, 40000));
    await apply(server, certificate);
    await vi.waitFor(async () => {
      const after = pairOf(await party(40000));
      expect(after.certificate).not.toBe(before.certificate);
      expect(after.key).not.toBe(before.key);
      expect(after.ca).toBe(before.ca);
    }, soon);
    expect(await itemsOf(server, '/api/v1/namespaces/fate-40000/secrets')).toHaveLength(2);
    expect(await checked(await party(40000))).toMatchObject({ daysLeft: 59, faults: [] });
  });

  const noNginx = refusal('nginx') ?? noPods();
  test.skipIf(noNginx !== undefined)(
    titled('makes what nginx of the exchange reads, as it is mounted', noNginx),
    async () => {
      const files = secretValues(await exchange());
      const drawn = drawExchange({ issuer: 'federation-ca' });
      const pod: Pod = await startNginx(address(31), drawn, { secrets: { [name]: files as Record<string, string> } });
      try {
        const { certificate: cert, key, ca } = pairOf(await party(30000));
        const call = request({
          host: pod.address,
          port: 9300,
          servername: 'proxy.example.com',
          cert,
          key,
          ca,
          agent: false,
        });
        const [response] = await once(call.end(), 'response');
        expect((response.socket as TLSSocket).getPeerCertificate().subject.CN).toBe('proxy.example.com');
        let text = '';
        for await (const chunk of response) text += chunk;
        expect(text).toContain(
          'the certificate of \\"30000.example.com\\" is of no party that this exchange has a route to',
        );
      } finally {
        await pod.stop();
      }
    },
  );
});
