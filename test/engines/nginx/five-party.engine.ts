import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filesOfExample, objectsIn } from '../../support/examples';
import type { AnyObject } from '../../support/objects';
import { certifiedKey } from '../support/certified-key';
import { noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import type { Pod } from '../support/pod';
import { trafficServerPod } from '../traffic-server/pod';
import { type FakePulsar, fakePulsar, openTunnel } from '../traffic-server/pulsar';
import { call } from './call';
import { startNginx, telling } from './pod';

const refused = refusal('nginx') ?? refusal('traffic-server') ?? noPods();

/** Last numbers of the addresses that the example declares. */
const members = [
  { id: 10000, nginx: 72, pulsar: 73 },
  { id: 20000, nginx: 88, pulsar: 89 },
  { id: 30000, nginx: 104, pulsar: 105 },
  { id: 30001, nginx: 106, pulsar: 107 },
  { id: 40000, nginx: 120, pulsar: 121 },
];
const pairs = members.flatMap((from) => members.filter((to) => to !== from).map((to) => [from, to] as const));

/** Objects of the example, at addresses of this file's own in the place of those of documentation. */
function objectsHere(): AnyObject[] {
  const files = [...filesOfExample('five-party')].map(([name, text]): [string, string] => [
    name,
    text.replaceAll(/\b192\.0\.2\.(\d+)/g, (_, host) => address(Number(host))),
  ]);
  return objectsIn(new Map(files)).filter(({ metadata }) => metadata.namespace === 'fate-exchange');
}

describe.skipIf(refused !== undefined)(titled('The exchange of the example of five parties', refused), () => {
  let trafficServer: Pod;
  let nginx: Pod;
  const pulsars: FakePulsar[] = [];
  const flows: Server[] = [];

  beforeAll(async () => {
    for (const { id, ...at } of members) {
      const pulsar = { address: address(at.pulsar), port: 6651 };
      pulsars.push(await fakePulsar({ id, fqdn: `${id}.example.com`, pulsar }));
      flows.push(await telling(`${id}`, address(at.nginx)));
    }
    const objects = objectsHere();
    trafficServer = await trafficServerPod(objects, certifiedKey('proxy.example.com'), address(68));
    nginx = await startNginx(address(69), objects);
  });
  afterAll(async () => {
    for (const pod of [trafficServer, nginx]) await pod?.stop();
    for (const it of [...pulsars, ...flows]) it.close();
  });

  test('leads messages of each of the 20 ordered pairs to the other one', async () => {
    for (const [from, to] of pairs) {
      const tunnel = await openTunnel(address(68), `${to.id}.example.com`, { localAddress: address(from.pulsar) });
      expect([tunnel.peer, await tunnel.ask(`from ${from.id}`)]).toEqual([
        `${to.id}.example.com`,
        `${to.id} from ${from.id}`,
      ]);
      tunnel.close();
    }
  });

  test('leads calls of each of them', async () => {
    for (const [from, to] of pairs) {
      const { received } = await call(address(69), { to: to.id, path: `/v1/from/${from.id}` });
      expect(received).toMatchObject({ by: `${to.id}`, path: `/v1/from/${from.id}` });
    }
  });
});
