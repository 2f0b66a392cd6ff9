import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { apply, createAll } from '../kubernetes/live-objects';
import { titled } from '../support/engines';
import type { Pod } from '../support/pod';
import { type Enforcement, noEnforcement, startEnforcement } from './enforcement';
import { reachedFrom, startListener, type Target } from './listener';
import { type Connection, isPlanned, namespaces, outside, type Peer, pods, policies, ports } from './peers';

const refused = noEnforcement();
const peers = [outside, ...pods];

describe.skipIf(refused !== undefined)(titled('Policies of a federation, enforced by kube-router', refused), () => {
  let cluster: Enforcement;
  let running: ReadonlyMap<Peer, Pod>;

  beforeAll(async () => {
    // Else a pod that is refused too often is told so by silence.
    writeFileSync('/proc/sys/net/ipv4/icmp_ratemask', '0');
    cluster = await startEnforcement();
    const started = await Promise.all(peers.map(({ address }) => startListener(address, ports)));
    running = new Map(peers.map((peer, i) => [peer, started[i] as Pod]));
    for (const namespace of namespaces) await apply(cluster, namespace);
    await cluster.show(pods);
  }, 900_000);
  afterAll(async () => {
    await Promise.all([...(running?.values() ?? [])].map((pod) => pod.stop()));
    await cluster?.stop();
  });

  const targets = peers.flatMap((to) => [
    ...ports.map((port) => ({ to, protocol: 'TCP' as const, port })),
    { to, protocol: 'UDP' as const, port: 53 },
  ]);
  const connections = peers.flatMap((from) =>
    targets.filter(({ to }) => to !== from).map((target): Connection => ({ from, ...target })),
  );
  const fromOutside = connections.filter(({ from }) => from === outside);
  const told = ({ from, to, protocol, port }: Connection) => `${from.name} calls ${to.name}, ${protocol} ${port}`;

  /** Who is called without being let, and who is let and reaches nobody. */
  async function surprises(lets: (connection: Connection) => boolean, tried = connections) {
    const spelled = ({ to, protocol, port }: Connection): Target => `${protocol}:${to.address}:${port}`;
    const surprising: Connection[] = [];
    for (const caller of new Set(tried.map(({ from }) => from))) {
      const own = tried.filter(({ from }) => from === caller);
      const opened = new Set(await reachedFrom(running.get(caller) as Pod, own.map(spelled)));
      surprising.push(...own.filter((it) => opened.has(spelled(it)) !== lets(it)));
    }
    return {
      closed: surprising.filter(lets).map(told),
      open: surprising.filter((it) => !lets(it)).map(told),
    };
  }
  const none = { closed: [], open: [] };
  /** kube-router follows what it watches. */
  const soon = { timeout: 180_000, interval: 500 };

  test('everybody can be called by everybody where there are none', async () => {
    expect(await surprises(() => true)).toEqual(none);
  });

  test('what is planned is open, and nothing else', async () => {
    await createAll(cluster, policies);
    await vi.waitFor(async () => expect(await surprises(isPlanned, fromOutside)).toEqual(none), soon);
    expect(await surprises(isPlanned)).toEqual(none);
    expect(connections.filter(isPlanned).length).toBeLessThan(connections.length / 10);
  });

  test('once the policies of a party are gone, all of it is reached from outside, and no more of the others', async () => {
    const open = 'fate-40000';
    const path = `/apis/networking.k8s.io/v1/namespaces/${open}/networkpolicies`;
    expect(await cluster.call('DELETE', path)).toMatchObject({ status: 200 });
    const lets = (it: Connection) => it.to.name.startsWith(`${open}/`) || isPlanned(it);
    await vi.waitFor(async () => expect(await surprises(lets, fromOutside)).toEqual(none), soon);
  });
});
