/** `npm run bench:exchange`: what mutual TLS costs the calls of one FATE Flow to another. */
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchangeDescriptor, exchangePlan, secrets, services, type Transport } from '../../lib';
import { drawn, startNginx, telling } from '../../test/engines/nginx/pod';
import { type Authority, certificateAuthority } from '../../test/engines/support/certified-key';
import { noPods, refusal, titled } from '../../test/engines/support/engines';
import { address } from '../../test/engines/support/network';
import type { Files, Pod } from '../../test/engines/support/pod';

/**
 * The share of the calls of an open federation that one with mutual TLS must make, in one turn of five at least. Measured: 0.26 to
 * 0.59, and 0.04 to 0.20 where no connection is kept and each call costs two handshakes.
 */
const bar = 0.35;
const turns = 5;
const atOnce = 16;
const calls = 1000;

const { fateflow, nginx, nginxInternal } = services;
const from = 10000;
const to = 20000;

const refused = refusal('nginx') ?? noPods();
const pods: Pod[] = [];
const servers: { close(): void; closeAllConnections(): void }[] = [];
/** Where the FATE Flow of the calling party calls, by transport. */
const entrances = new Map<Transport, { readonly host: string; readonly port: number }>();

describe.skipIf(refused !== undefined)(titled('The coordination path', refused), () => {
  beforeAll(async () => {
    const authority = certificateAuthority();
    for (const [i, transport] of (['open', 'mutual-tls'] as const).entries())
      entrances.set(transport, await startFederation(transport, 10 + 10 * i, authority));
  });
  afterAll(async () => {
    await Promise.all(pods.map((pod) => pod.stop()));
    for (const server of servers) server.closeAllConnections();
    for (const server of servers) server.close();
  });

  test('by mutual TLS it carries as large a share of the calls that it carries without as the bar says', async () => {
    const rates: Record<Transport, number>[] = [];
    for (let i = 0; i < turns; i++) rates.push({ open: await rate('open'), 'mutual-tls': await rate('mutual-tls') });
    const shares = rates.map((it) => it['mutual-tls'] / it.open);
    console.log(`calls a second, ${atOnce} at once:`, rates, shares);
    expect(Math.max(...shares)).toBeGreaterThan(bar);
  });
});

async function startFederation(transport: Transport, base: number, authority: Authority) {
  const { agreement, party, exchange, cluster } = drawn(transport);
  const gate = address(base);
  const members = [from, to].map((id, i) => ({ id, address: address(base + 1 + i), flow: address(base + 3 + i) }));
  const secretOf = (name: 'pulsarCertificate' | 'trafficServerCertificate', owner: string): Record<string, Files> => {
    const { name: object, keys } = secrets[name];
    const { cert, key, ca } = authority(`${owner}.example.com`);
    return { [object]: { [keys.certificate]: cert, [keys.key]: key, [keys.ca]: ca } };
  };
  const routed = exchange(members.map(({ id, address }) => party(id, address)));
  pods.push(await startNginx(gate, routed, { secrets: secretOf('trafficServerCertificate', 'proxy') }));
  const descriptor = exchangeDescriptor(exchangePlan(agreement), { trafficServer: '192.0.2.68', nginx: gate });
  for (const { id, address, flow } of members) {
    servers.push(await telling(`${id}`, flow, fateflow.ports.http));
    const hosts = `${flow} ${fateflow.name}\n`;
    pods.push(
      await startNginx(address, cluster(id, descriptor), { hosts, secrets: secretOf('pulsarCertificate', `${id}`) }),
    );
  }
  const { ports } = transport === 'open' ? nginx : nginxInternal;
  return { host: address(base + 1), port: ports.http };
}

/** Calls a second. */
async function rate(transport: Transport): Promise<number> {
  const entrance = entrances.get(transport);
  let left = calls;
  const start = performance.now();
  const caller = async () => {
    while (left-- > 0) await call(entrance);
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return (calls * 1000) / (performance.now() - start);
}

/** As FATE Flow makes it: over a connection of its own. */
async function call(entrance: object | undefined): Promise<void> {
  const path = `/v1/party/1/guest/${to}/update`;
  const headers = {
    'Content-Type': 'application/json',
    service: 'fateflow',
    'src-role': 'guest',
    'dest-party-id': `${to}`,
    'src-party-id': `${from}`,
  };
  const req = request({ ...entrance, path, method: 'POST', headers, agent: false });
  req.end(JSON.stringify({ src_role: 'guest', src_party_id: `${from}` }));
  const [response] = await once(req, 'response');
  response.resume();
  await once(response, 'end');
  expect(response.statusCode).toBe(200);
}
