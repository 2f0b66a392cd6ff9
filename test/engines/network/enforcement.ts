import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CronJob, Job } from 'kubernetes-types/batch/v1';
import { vi } from 'vitest';
import { type AnyObject, type Workload, workloadsOf } from '../../support/objects';
import { type ApiServer, startApiServer } from '../kubernetes/api-server';
import type { Client } from '../kubernetes/client';
import { createAll } from '../kubernetes/live-objects';
import { programs } from '../kubernetes/programs';
import { cache, noPods, refusal } from '../support/engines';
import { done, nodeObject, showPod } from '../support/pod-object';

/**
 * A cluster whose NetworkPolicies hold for the pods of the tests that are shown to it, by kube-router: it watches the API
 * server, and tells the kernel what it has to forward. Others, and the tests themselves, are not concerned.
 */
export interface Enforcement extends Client {
  /** Shows pods, also before they run; from here on policies hold for their addresses. */
  show(pods: readonly AddressedPod[]): Promise<void>;
  stop(): Promise<void>;
}

/** A pod by the workload that it is of. */
export interface AddressedPod {
  readonly workload: Workload | Job | CronJob;
  readonly address: string;
  /** @default 0 */
  readonly ordinal?: number;
}

/** Why there is none here; `undefined` when there can be one. */
export const noEnforcement = (): string | undefined => refusal('kubernetes-1.37') ?? refusal('kube-router') ?? noPods();

/** @param seconds after which it ends by itself */
export async function startEnforcement(seconds = 600): Promise<Enforcement> {
  const claim = join(tmpdir(), 'enforcement'); // ends with the world that the suite runs in
  mkdirSync(claim); // two of them would each take the other's rules for stale ones
  const flags = { 'disable-admission-plugins': 'ServiceAccount' }; // no controller makes the accounts of namespaces
  const server = await startApiServer('1.37', { flags, seconds });
  await done(server.call('POST', '/api/v1/nodes', nodeObject()));
  const engine = startKubeRouter(server, seconds);
  const shown: string[] = [];
  return {
    ...server,
    show: async (pods) => {
      for (const { workload, ordinal = 0, address } of pods) {
        await showPod(server, workload, `${workload.metadata?.name}-${ordinal}`, address);
        shown.push(address);
      }
      await vi.waitFor(async () => checkRules(shown), { timeout: 180_000, interval: 250 });
    },
    stop: async () => {
      await engine.stop();
      await server.stop();
      rmdirSync(claim);
    },
  };
}

/** Has the policies of what is drawn hold for pods of its workloads, each given by its name and the address that it will have. */
export async function enforce(
  cluster: Enforcement,
  objects: readonly AnyObject[],
  addresses: Readonly<Record<string, string>>,
): Promise<void> {
  const concerned = ['Namespace', 'NetworkPolicy'];
  await createAll(
    cluster,
    objects.filter(({ kind }) => concerned.includes(kind)),
  );
  await cluster.show(
    workloadsOf(objects).flatMap((workload) => {
      const address = addresses[`${workload.metadata?.name}`];
      return address === undefined ? [] : [{ workload, address }];
    }),
  );
}

function startKubeRouter({ kubeconfig }: ApiServer, seconds: number) {
  const started = programs('kube-router', seconds);
  const file = join(started.directory, 'kubeconfig');
  writeFileSync(file, kubeconfig, { mode: 0o600 });
  const flags = {
    kubeconfig: file,
    'hostname-override': 'node',
    'run-firewall': 'true',
    'run-router': 'false',
    'run-service-proxy': 'false',
    'run-loadbalancer': 'false',
    'enable-ipv6': 'false',
    'health-port': '0',
    'metrics-port': '0',
  };
  started.start(join(cache, 'kube-router/kube-router'), flags, environment());
  return started;
}

/** Has what is for an address come to a pod's, as by a load balancer that keeps the addresses of callers. */
export const lead = (address: string, pod: string) =>
  run('iptables', ['--table', 'nat', '--append', 'PREROUTING', '--dst', address, '--jump', 'DNAT', '--to', pod], {
    env: environment(),
  });

/** Where kube-router finds iptables and ipset, and these their libraries. */
function environment(): NodeJS.ProcessEnv {
  const files = join(cache, 'netfilter/usr');
  const libraries = readdirSync(join(files, 'lib'))
    .filter((it) => it.endsWith('-linux-gnu'))
    .map((it) => join(files, 'lib', it));
  return {
    ...process.env,
    PATH: `${join(files, 'sbin')}:${process.env['PATH']}`,
    LD_LIBRARY_PATH: libraries.join(':'),
    XTABLES_LIBDIR: libraries.map((it) => join(it, 'xtables')).join(':'),
  };
}

/** @throws {Error} when the kernel has no rule of one of the pods yet */
async function checkRules(addresses: readonly string[]): Promise<void> {
  const { stdout } = await run('iptables-save', ['--table', 'filter'], { env: environment() });
  const missing = addresses.filter((it) => !stdout.includes(`-A KUBE-ROUTER-FORWARD -s ${it}/32 `));
  if (missing.length > 0) throw new Error(`no rules of ${missing}`);
}

const run = promisify(execFile);
