import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { services } from '../../../lib';
import { adminApi } from './admin-api';
import { startClient } from './client';

/**
 * Stands in for FATE at one party, as far as Pulsar sees it: it asks the admin API for what FATE 1.6 asks, by the route
 * table of the party, and its messages are sent and received as FATE's are. It has none of FATE's code or payloads.
 */
export interface Fate {
  /** Makes sure that the party's Pulsar knows the others, and that it takes messages of the job to them. */
  meet(job: string, others: readonly { readonly id: number }[]): Promise<void>;
  send(job: string, to: number, message: string | Buffer): Promise<void>;
  /**
   * The next message from this party that has not come before; `undefined` when none comes in time. Pulsar may bring one again.
   * FATE tells it by its name, its tag and the number of a part; here no two messages of a topic are the same.
   */
  receive(job: string, from: number, seconds: number): Promise<Buffer | undefined>;
  /** Clears up after the job, as at its end. */
  cleanUp(job: string): Promise<void>;
  stop(): Promise<void>;
}

/** What every Pulsar calls itself. Each other one it calls by the id of its party. */
const own = 'standalone';
const tenant = 'fl-tenant';
const { ports } = services.pulsar;

/** Path of the topic of messages from one party to another. */
export const topicOf = (job: string, from: number, to: number): string => `${tenant}/${job}/${from}-${to}`;

/**
 * @param release of Pulsar's client
 * @param pulsar address of the party's Pulsar
 * @param routeTable `pulsar_route_table.yaml`
 */
export function startFate(release: string, id: number, pulsar: string, routeTable: string): Fate {
  const admin = adminApi(`http://${pulsar}:${ports.admin}`);
  const client = startClient(release, `pulsar://${pulsar}:${ports.broker}`);
  const routes: ReadonlyMap<unknown, ReadonlyMap<string, string>> = parse(routeTable, { mapAsMap: true });

  const received = new Set<string>();
  function isNew(topic: string, message: Buffer): boolean {
    const key = `${topic} ${createHash('sha256').update(message).digest('hex')}`;
    if (received.has(key)) return false;
    received.add(key);
    return true;
  }

  /** An entry that is there is never looked at again. */
  async function register(party: number): Promise<void> {
    if ((await admin.get(`clusters/${party}`)) !== undefined) return;
    const listed = routes.get(party);
    const {
      proxy,
      domain,
      host = `${party}.${domain}`,
      port = 6650,
      sslPort = 6651,
    } = Object.fromEntries(listed ?? routes.get('default') ?? []);
    await admin.put(`clusters/${party}`, {
      serviceUrl: '',
      serviceUrlTls: '',
      brokerServiceUrl: `pulsar://${host}:${port}`,
      brokerServiceUrlTls: `pulsar+ssl://${host}:${sslPort}`,
      peerClusterNames: [],
      ...(proxy && { proxyServiceUrl: `pulsar+ssl://${proxy}`, proxyProtocol: 'SNI' }),
    });
  }

  async function admit(party: number): Promise<void> {
    const path = `tenants/${tenant}`;
    if ((await admin.get(path)) === undefined) await admin.put(path, { adminRoles: [], allowedClusters: [own] });
    const { allowedClusters = [] } = (await admin.get<{ allowedClusters?: string[] }>(path)) ?? {};
    if (allowedClusters.includes(`${party}`)) return;
    await admin.post(path, { adminRoles: [], allowedClusters: [...allowedClusters, `${party}`] });
  }

  async function replicate(job: string, party: number): Promise<void> {
    const path = `namespaces/${tenant}/${job}`;
    const clusters = await admin.get<string[]>(`${path}/replication`);
    if (clusters === undefined) await admin.put(path, { replication_clusters: [own, `${party}`] });
    else if (!clusters.includes(`${party}`)) await admin.post(`${path}/replication`, [...clusters, `${party}`]);
  }

  return {
    meet: async (job, others) => {
      for (const { id: party } of others) {
        await register(party);
        await admit(party);
        await replicate(job, party);
      }
    },
    send: (job, to, message) => client.send(topicOf(job, id, to), message),
    receive: async (job, from, seconds) => {
      const topic = topicOf(job, from, id);
      for (;;) {
        const message = await patiently(() => client.receive(topic, seconds));
        if (message === undefined || isNew(topic, message)) return message;
      }
    },
    cleanUp: async (job) => {
      await admin.post(`namespaces/${tenant}/${job}/unsubscribe/unique`);
    },
    stop: client.stop,
  };
}

/** FATE tries sixty times, with three seconds in between. Each may take half a minute, but here nothing is waited for that long. */
export async function patiently<Result>(attempt: () => Promise<Result>, until = Date.now() + 300_000): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    if (Date.now() > until) throw error;
    await pause(3000);
    return patiently(attempt, until);
  }
}
