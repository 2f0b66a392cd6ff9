import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { metrics } from '../../../lib/monitoring/metrics';
import { type AnyObject, find, podOf, workloadsOf } from '../../support/objects';
import { cache } from '../support/engines';

/** What was scraped at one moment: series with all of their labels → value, as a Prometheus keeps it. */
export type Recording = ReadonlyMap<string, number>;

/** Where the pods are that a monitor finds. */
export interface Places {
  readonly pod: string;
  /** Of the exporter that is asked in the place of the pod. @default the pod is asked itself */
  readonly exporter?: string;
}

/**
 * Scrapes a pod as a PodMonitor says: its ports, paths and parameters, its relabelling, its labels. A label that the program gives as
 * well is `exported_…`.
 *
 * @param targets values of the label `target` of what is scraped. @default all
 */
export async function scrape(
  objects: readonly AnyObject[],
  workload: string,
  places: Places,
  targets?: readonly string[],
): Promise<Recording> {
  const { metadata, spec } = find(objects, 'PodMonitor', workload);
  const recordings = spec.podMetricsEndpoints.map(async (endpoint: AnyObject) => {
    const { target, url } = asked(objects, workload, endpoint, places);
    if (targets && !targets.includes(target)) return new Map();
    const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    const labels = { namespace: metadata.namespace, pod: `${workload}-0`, target };
    return kept(await answer.text(), labels, endpoint);
  });
  return together(...(await Promise.all(recordings)));
}

/** What kube-state-metrics tells, of which the labels are kept as they are. */
export async function scrapeCluster(url: string): Promise<Recording> {
  const endpoint = { metricRelabelings: [{ regex: metrics.cluster.join('|') }] };
  return kept(await (await fetch(url)).text(), {}, endpoint);
}

function asked(objects: readonly AnyObject[], workload: string, endpoint: AnyObject, { pod, exporter }: Places) {
  const labels = Object.fromEntries(endpoint.relabelings.map((it: AnyObject) => [it.targetLabel, it.replacement]));
  const pods = workloadsOf(objects)
    .filter(({ metadata }) => metadata?.name === workload)
    .map(podOf);
  const ports = pods.flatMap(({ containers }) => containers.flatMap((it) => it.ports ?? []));
  const port = ports.find(({ name }) => name === endpoint.port)?.containerPort;
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries<string[]>(endpoint.params ?? {})) parameters.set(name, `${values[0]}`);
  const target = labels['__param_target'];
  if (target !== undefined) parameters.set('target', target.replace('$1', pod));
  const address =
    labels['__address__'] === undefined ? `${pod}:${port}` : `${exporter}:${labels['__address__'].split(':')[1]}`;
  return { target: labels['target'], url: `http://${address}${endpoint.path ?? '/metrics'}?${parameters}` };
}

function kept(text: string, target: Readonly<Record<string, string>>, { metricRelabelings }: AnyObject): Recording {
  const wanted = new RegExp(`^(${metricRelabelings[0].regex})$`);
  const samples = [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)/gm)].filter(([, name]) => wanted.test(`${name}`));
  return new Map(
    samples.map(([, name = '', own = '', value]) => {
      const labels = Object.fromEntries(
        [...own.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text]) => [
          label in target ? `exported_${label}` : label,
          text,
        ]),
      );
      const all = Object.entries({ ...labels, ...target }).map(([label, text]) => `${label}="${text}"`);
      return [`${name}{${all.join(',')}}`, sinceNow(name, Number(value))];
    }),
  );
}

/** The clock of `promtool` begins at 0: that is now. */
function sinceNow(name: string, value: number): number {
  if (name === 'fate_job_created_milliseconds') return value - Date.now();
  return name === 'probe_ssl_earliest_cert_expiry' ? value - Date.now() / 1000 : value;
}

export const together = (...recordings: readonly Recording[]): Recording =>
  new Map(recordings.flatMap((it) => [...it]));

/** What was recorded, and nothing else happens for so many minutes. */
export const lasting = (recording: Recording, minutes: number): readonly Recording[] => Array(minutes).fill(recording);

/** Names of all metrics of a recording. */
export const namesOf = (recording: Recording): readonly string[] =>
  [...new Set([...recording.keys()].map((series) => `${series.split('{')[0]}`))].sort();

/**
 * Asks `promtool test rules` whether these alerts fire at the end, and no others.
 *
 * @param history recordings, a minute apart
 */
export async function expectAlerts(
  objects: readonly AnyObject[],
  history: readonly Recording[],
  alerts: readonly string[],
): Promise<void> {
  const test = {
    rule_files: ['rules.yml'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: inputOf(history),
        promql_expr_test: [
          {
            expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
            eval_time: `${history.length - 1}m`,
            exp_samples: alerts.map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 })),
          },
        ],
      },
    ],
  };
  const files = { 'rules.yml': rulesOf(objects), 'test.yml': stringify(test) };
  const { code, text } = await promtool(files, 'test', 'rules', 'test.yml');
  expect(code, text).toBe(0);
}

/** What the operator gives to a Prometheus. */
export const rulesOf = (objects: readonly AnyObject[]): string =>
  stringify(find(objects, 'PrometheusRule', 'fate').spec);

const inputOf = (history: readonly Recording[]) =>
  [...new Set(history.flatMap((it) => [...it.keys()]))].map((series) => ({
    series,
    values: history.map((it, i) => it.get(series) ?? (history[i - 1]?.has(series) ? 'stale' : '_')).join(' '),
  }));

/** What `promtool` says, run in a directory with these files. */
export async function promtool(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'promtool-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    const { stdout, stderr } = await promisify(execFile)(join(cache, 'prometheus/usr/bin/promtool'), args, {
      cwd: directory,
    });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw error;
    return { code, text: stdout + stderr };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
