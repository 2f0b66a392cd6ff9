import { once } from 'node:events';
import { request, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchangeDescriptor, exchangePlan, type FateRelease, releases, secrets, services } from '../../../lib';
import type { Call } from '../../../lib/fate/releases/release';
import { certificateAuthority } from '../support/certified-key';
import { noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import type { Pod } from '../support/pod';
import { drawn, type Received, startNginx, telling } from './pod';

const refused = refusal('nginx') ?? noPods();
const { nginx: outside, nginxInternal: inside, fateflow } = services;
const [from, to, third] = [10000, 20000, 30000] as const;
const addresses = { exchange: address(31), [from]: address(32), [to]: address(33) } as const;
const flows = { [from]: address(42), [to]: address(43) } as const;

describe
  .skipIf(refused !== undefined)
  .each(
    (Object.keys(releases) as FateRelease[]).map((fate) => [titled(`calls of FATE ${fate}`, refused), fate] as const),
  )('%s', (_, fate) => {
  const { coordination } = releases[fate];
  const { caller, headers, calls, probes } = coordination;
  const { agreement, party, exchange, cluster } = drawn('mutual-tls', fate);
  const pods: Pod[] = [];
  const servers: Server[] = [];

  beforeAll(async () => {
    const ca = certificateAuthority();
    const secretOf = (name: 'pulsarCertificate' | 'trafficServerCertificate', member: string) => {
      const { keys, name: secret } = secrets[name];
      const { cert, key, ca: trusted } = ca(`${member}.example.com`);
      return { secrets: { [secret]: { [keys.certificate]: cert, [keys.key]: key, [keys.ca]: trusted } } };
    };
    const routed = ([from, to] as const).map((id) => party(id, addresses[id]));
    pods.push(await startNginx(addresses.exchange, exchange(routed), secretOf('trafficServerCertificate', 'proxy')));
    const known = { trafficServer: '192.0.2.68', nginx: addresses.exchange };
    const descriptor = exchangeDescriptor(exchangePlan(agreement), known);
    for (const id of [from, to] as const) {
      servers.push(await telling(`FATE Flow of ${id}`, flows[id], fateflow.ports.http));
      const hosts = `${flows[id]} ${fateflow.name}\n`;
      const certificate = secretOf('pulsarCertificate', `${id}`);
      pods.push(await startNginx(addresses[id], cluster(id, descriptor), { hosts, ...certificate }));
    }
  });

  afterAll(async () => {
    await Promise.all(pods.map((pod) => pod.stop()));
    for (const server of servers) server.closeAllConnections();
    for (const server of servers) server.close();
  });

  /** As FATE Flow of the first party calls that of the second one, saying that it is of the one named. */
  async function calling(call: Call, said: { readonly header?: number; readonly field?: number } = {}) {
    const [method, path = ''] = call
      .replace(/<(\w+)>/g, (_, name) => `${{ from, to }[name as 'from'] ?? 'x1'}`)
      .split(' ');
    const values: Readonly<Record<string, string>> = {
      'dest-party-id': `${to}`,
      service: 'fateflow',
      ...(caller && { [caller.header]: `${said.header ?? from}` }),
    };
    const sent = Object.fromEntries(headers.map((name) => [name.toUpperCase(), values[name] ?? 'said']));
    const body = caller?.field === undefined ? {} : { [caller.field]: said.field ?? from };
    const options = { host: addresses[from], port: inside.ports.http, agent: false, method, path, headers: sent };
    const [response] = await once(request(options).end(JSON.stringify(body)), 'response');
    let text = '';
    for await (const chunk of response) text += chunk;
    return { status: response.statusCode, answer: JSON.parse(text) as Partial<Received>, path };
  }

  test.each([...calls, ...probes])('%s comes through', async (call) => {
    const { status, answer, path } = await calling(call);
    expect([status, answer.by, answer.path]).toEqual([200, `FATE Flow of ${to}`, path]);
    for (const name of headers) expect(answer.headers, name).toHaveProperty(name);
    if (caller) expect(answer.headers?.[caller.header]).toBe(`${from}`);
  });

  test.each(['POST /v1/job/submit', 'POST /v2/job/submit', 'POST /v1/party/x1/host/30000/create'] as const)(
    'nobody calls %s',
    async (call) => {
      const { answer } = await calling(call);
      expect(answer).not.toHaveProperty('by');
      expect(JSON.stringify(answer)).toContain('this is no call of one FATE Flow to another');
    },
  );

  test(`others come to port ${outside.ports.http} of the party that is called by TLS alone`, async () => {
    const options = {
      host: addresses[to],
      port: outside.ports.http,
      agent: false,
      method: 'POST',
      path: '/v1/version/get',
    };
    const [response] = await once(request(options).end('{}'), 'response');
    let text = '';
    for await (const chunk of response) text += chunk;
    expect(text).toContain('plain HTTP is not taken here');
  });

  const [call] = calls;
  if (caller !== undefined && call !== undefined)
    test("what says that it is another's is refused, as FATE Flow reads it", async () => {
      const { status, body } = coordination.refusal('');
      const found = await calling(call, { header: third });
      expect(found).toMatchObject({
        status,
        answer: Object.fromEntries(Object.keys(body).map((it) => [it, expect.anything()])),
      });
      expect(JSON.stringify(found.answer)).toContain("this call says that it is another's");
      if (caller.field !== undefined) expect((await calling(call, { field: third })).answer).not.toHaveProperty('by');
    });
});
