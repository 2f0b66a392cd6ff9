import type { Container } from 'kubernetes-types/core/v1';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Exchange, FederatedLearningCluster } from '../../../../constructs';
import {
  type ClusterFile,
  clusterFile,
  exchangeFile,
  exchangePlan,
  type FateRelease,
  partyPlan,
} from '../../../../lib';
import { hdfsClientSettings } from '../../../../lib/fate/hdfs';
import { exchangeDescriptorOf } from '../../../support/declarations';
import { type Parsed, parseNginxConf } from '../../../support/nginx-conf';
import { type AnyObject, objectsOf } from '../../../support/objects';
import { partyDescriptorOf } from '../../../support/parties';
import * as chart161 from './chart-1.6.1';
import * as chart1112 from './chart-1.11.2';

const registry = 'harbor.example.com/fate';
const open = (fate: FateRelease) => ({ domain: 'example.com', transport: 'open', fate, driver: 'kubefate' }) as const;
const partyOf = (fate: FateRelease) =>
  partyPlan({
    ...open(fate),
    id: 30000,
    registry,
    // KubeFATE's chart joins no party of 2.0.0 with others.
    exchange: fate === '2.0.0' ? undefined : exchangeDescriptorOf({ transport: 'open', fate }),
  });
const exchangeOf = (fate: FateRelease) =>
  exchangePlan({
    ...open(fate),
    parties: [partyDescriptorOf(30000, '192.0.2.72', '192.0.2.73', { transport: 'open', fate })],
  });
/** The same, drawn here. */
const drawnParty = (fate: FateRelease) =>
  objectsOf((app) => new FederatedLearningCluster(app, 'party', { ...partyOf(fate), driver: 'native' }));
const drawnExchange = (fate: FateRelease) =>
  objectsOf((app) => new Exchange(app, 'exchange', { ...exchangeOf(fate), driver: 'native' }));

const guarded = 'probes, disruption budgets, spreading, security contexts';
const copies = 'sizing.replication';

/** Limits that name what the charts have not, or otherwise, of pods and of FATE's nginx. */
const ofPods: Readonly<Record<string, string>> = {
  'pod automountServiceAccountToken': 'service account tokens, service links',
  'pod enableServiceLinks': 'service account tokens, service links',
  'pod terminationGracePeriodSeconds': 'preStop, terminationGracePeriodSeconds',
  'pod checksum': 'checksums of configuration',
  '* lifecycle': 'preStop, terminationGracePeriodSeconds',
  'nginx.conf access_log': 'access_log',
  'nginx.conf client_max_body_size': 'client_max_body_size',
  'nginx.conf if': 'X-Forwarded-For',
  'nginx.conf keepalive': 'keepalive',
  'nginx.conf proxy_http_version': 'keepalive',
};

/** Written otherwise, and no less said: to the command line, at the default, or as what the image has. */
const ofOtherWords = ['nginx.conf daemon', 'nginx.conf return'];

/** Of pods without anything that guards them. */
const unguarded = 'probes, StatefulSets, security contexts';
const unspread = 'podManagementPolicy, spreading, security contexts';
const append = 'dfs.client.block.write.replace-datanode-on-failure';
const hdfsKeys = Object.keys(hdfsClientSettings(1, 1));
const limitOfHdfs = (key: string): string => (key === 'dfs.replication' ? copies : append);

/** Of both charts `fate`. */
const ofAnyParty: Readonly<Record<string, string>> = {
  ...ofPods,
  'mysql args': 'mysql',
  '* resources': 'sizing.containers',
  'secret mysql': 'Secret mysql',
  'secret fateboard': 'Secret fateboard',
  'secret notebook': 'Secret notebook',
  'mysql env MYSQL_ROOT_PASSWORD': 'Secret mysql',
  'fateboard env': 'Secret fateboard',
  'fateboard env FATEBOARD_PASSWORD': 'Secret fateboard',
  'fateboard env TEMPLATES': 'Secret fateboard',
  'fateboard env CONFIGURATION': 'Secret fateboard',
  'fateboard command': 'Secret fateboard',
  'client env JUPYTER_TOKEN': 'Secret notebook',
  'spark-defaults.conf spark.executor.memory': 'sizing.containers.sparkWorker',
  'spark-master env': 'sizing.containers',
  'spark-master env SPARK_DAEMON_MEMORY': 'sizing.containers',
  'spark-worker env': 'sizing.containers.sparkWorker',
  'spark-worker env SPARK_WORKER_CORES': 'sizing.containers.sparkWorker',
  'spark-worker env SPARK_WORKER_MEMORY': 'sizing.containers.sparkWorker',
  'spark-worker env SPARK_WORKER_OPTS': 'SPARK_WORKER_OPTS',
  'namenode env HADOOP_HEAPSIZE': 'sizing.containers',
  'datanode env HADOOP_HEAPSIZE': 'sizing.containers',
  'standalone.conf replicatorPrefix': 'replicatorPrefix',
  ...Object.fromEntries(
    [
      'bookkeeperClientRegionawarePolicyEnabled diskCheckInterval isForceGCAllowWhenNoSpace journalMaxBackups journalMaxSizeMB logSizeLimit',
      'zkRetryBackoffMaxMs zkRetryBackoffStartMs zkTimeout',
    ].flatMap((keys) => keys.split(' ').map((key) => [`standalone.conf ${key}`, 'pulsar'])),
  ),
};

/** FATE Flow's container has the name of its release. */
const ofFateFlow = (container: string): Readonly<Record<string, string>> => ({
  [`${container} env MYSQL_PASSWORD`]: 'Secret mysql',
  [`${container} env SPARK_WORKERS`]: 'spark',
  [`${container} env SPARK_WORKER_CORES`]: 'spark',
  [`${container} env SPARK_WORKER_MEMORY`]: 'spark',
});

const ofHdfs = (limitOf: (key: string) => string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    hdfsKeys.flatMap((key) => {
      const variable = `HDFS_CONF_${key.replaceAll('-', '___').replaceAll('.', '_')}`;
      const where = ['namenode env', 'datanode env'].map((it) => `${it} ${variable}`);
      return [`spark-defaults.conf spark.hadoop.${key}`, ...where].map((it) => [it, limitOf(key)]);
    }),
  );

const ofParty161: Readonly<Record<string, string>> = {
  ...ofAnyParty,
  ...ofFateFlow('python'),
  ...ofHdfs(() => copies),
  'fateboard env MYSQL_PASSWORD': 'Secret mysql',
  'workload strategy': unguarded,
  'workload podManagementPolicy': unguarded,
  'workload serviceName': unguarded,
  'workload volumeClaimTemplates': 'volumeClaimTemplates',
  'pod topologySpreadConstraints': unguarded,
  '* livenessProbe': unguarded,
  '* readinessProbe': unguarded,
  '* startupProbe': unguarded,
  '* securityContext': unguarded,
  'spark-master volumeMounts': unguarded, // in the place of what it writes into its image
  'pulsar env PULSAR_MEM': 'sizing.containers',
  'standalone.conf zookeeperSessionExpiredPolicy': 'pulsar',
};

const ofParty1112: Readonly<Record<string, string>> = {
  ...ofAnyParty,
  ...ofFateFlow('fateflow'),
  ...ofHdfs(limitOfHdfs),
  'kind PodDisruptionBudget': 'disruption budgets',
  'workload podManagementPolicy': unspread,
  'pod topologySpreadConstraints': unspread,
  'pod securityContext': 'fsGroup',
  'standalone.conf metadataStoreSessionTimeoutMillis': 'pulsar',
  '* securityContext': unspread,
  'spark-master volumeMounts': unspread,
};

/** By itself, without the replication of 1.11.2. */
const { 'standalone.conf replicatorPrefix': _, ...alone } = ofParty1112;
const ofParty200: Readonly<Record<string, string>> = {
  ...alone,
  'fateflow env PULSAR_ROUTES': 'pulsar_route_table.yaml',
  'fateflow env PULSAR_ROUTES_LINK': 'pulsar_route_table.yaml',
};

const ofExchange: Readonly<Record<string, string>> = {
  ...ofPods,
  'workload strategy': guarded,
  'pod topologySpreadConstraints': guarded,
  '* livenessProbe': guarded,
  '* readinessProbe': guarded,
  '* startupProbe': guarded,
  '* securityContext': guarded,
  '* resources': 'resources',
  '* env': 'hot routes',
  'traffic-server env CERTIFICATES': 'renewed certificates',
  'kind PodDisruptionBudget': guarded,
  'records.config proxy.config.url_remap.remap_required': 'remap_required',
  'records.config proxy.config.http.transaction_no_activity_timeout_in': 'timeouts',
  'records.config proxy.config.http.transaction_no_activity_timeout_out': 'timeouts',
  'records.config proxy.config.http.transaction_active_timeout_in': 'timeouts',
  'records.config proxy.config.exec_thread.autoconfig': 'resources',
  'records.config proxy.config.exec_thread.limit': 'resources',
  'records.config proxy.config.log.logging_enabled': 'access_log',
  ...Object.fromEntries(
    ['status', 'note', 'warning', 'error', 'fatal', 'alert', 'emergency'].map((level) => [
      `records.config proxy.config.diags.output.${level}`,
      'access_log',
    ]),
  ),
};

/** In the chart the key lies where Traffic Server looks for it by itself; ports that are the image's; paths of start scripts. */
const ofOtherFiles = [
  'records.config proxy.config.ssl.server.private_key.path',
  'standalone.conf brokerServicePort',
  'standalone.conf webServicePort',
  'standalone.conf backlogQuotaDefaultLimitBytes', // the same in GiB
  ...['CONFIGURATION', 'SPARK_HOME', 'TEMPLATES'].flatMap((it) => [`python env ${it}`, `fateflow env ${it}`]),
  ...['FATE_FLOW_HOST', 'NOTEBOOK_DIRECTORY', 'NOTEBOOK_PORT'].map((it) => `client env ${it}`),
];

/** FATE's Lua reads a table again by itself, and a party's has nobody who could leave it. */
const ofHotRoutes = ['nginx env', ...['INTERVAL', 'LINK', 'RELOAD', 'SEEN', 'TABLE'].map((it) => `nginx env ${it}`)];

/** What native objects have, each as `<where> <key>`. */
function drawn(objects: readonly AnyObject[]): readonly string[] {
  const things = objects.flatMap(({ kind, spec, data = {} }): string[] => {
    if (kind === 'PodDisruptionBudget') return [`kind ${kind}`];
    if (kind === 'ConfigMap') return Object.entries<string>(data).flatMap(([file, text]) => keysOf(file, text));
    if (spec?.template === undefined) return [];
    const { metadata, spec: pod } = spec.template;
    const containers: Container[] = [...pod.containers, ...(pod.initContainers ?? [])];
    return [
      ...Object.keys(spec).map((key) => `workload ${key}`),
      ...Object.keys(metadata.annotations ?? {}).map((key) => `pod ${key.replace(/\/.*/, '')}`),
      ...Object.keys(pod).map((key) => `pod ${key}`),
      ...containers.flatMap(({ name, env = [], ...each }) => [
        ...Object.keys(each).map((key) => `${name} ${key}`),
        ...(env.length > 0 ? [`${name} env`] : []),
        ...env.map((it) => `${name} env ${it.name}`),
      ]),
      ...secretsOf(JSON.stringify(pod)).map((name) => `secret ${name}`),
    ];
  });
  return [...new Set(things)].sort();
}

function keysOf(file: string, text: string): readonly string[] {
  if (file === 'nginx.conf') return directives(parseNginxConf(text)).map((key) => `${file} ${key}`);
  const key = { 'standalone.conf': /^[^=]+/, 'spark-defaults.conf': /^\S+/, 'records.config': /(?<=^CONFIG )\S+/ }[
    file
  ];
  return key === undefined
    ? []
    : text.split('\n').flatMap((line) => key.exec(line)?.map((it) => `${file} ${it}`) ?? []);
}

const directives = (parsed: readonly Parsed[]): readonly string[] =>
  parsed.flatMap(({ words: [name = ''], body = [] }) => [name, ...directives(body)]);

const secretsOf = (pod: string): string[] =>
  [...pod.matchAll(/"(?:secretKeyRef":\{"name|secretName)":"([^"]+)"/g)].map(([, name]) => `${name}`);

/** The limit that names it, for the one container or for any. */
const named = (table: Readonly<Record<string, string>>, thing: string): string | undefined =>
  table[thing] ?? table[thing.replace(/^\S+/, '*')];

/** Whether the chart has it: `<where> <keys…>`. */
const isHad = (chart: Readonly<Record<string, string>>, thing: string): boolean =>
  Object.entries(chart).some(([where, keys]) => keys.split(' ').some((key) => `${where} ${key}` === thing));

const ofRoutes = Object.fromEntries(ofHotRoutes.map((it) => [it.replace('nginx', '*'), 'hot routes']));

describe.each([
  {
    what: 'a party of 1.6.1',
    objects: drawnParty('1.6.1'),
    file: clusterFile(partyOf('1.6.1')),
    chart: chart161.partyChart,
    table: ofParty161,
    otherwise: [...ofOtherWords, ...ofOtherFiles, ...ofHotRoutes],
  },
  {
    what: 'a party of 1.11.2',
    objects: drawnParty('1.11.2'),
    file: clusterFile(partyOf('1.11.2')),
    chart: chart1112.partyChart,
    table: ofParty1112,
    otherwise: [...ofOtherWords, ...ofOtherFiles, ...ofHotRoutes],
  },
  {
    what: 'a party of 2.0.0',
    objects: drawnParty('2.0.0'),
    file: clusterFile(partyOf('2.0.0')),
    chart: chart1112.partyChart, // rendered, they differ in images, in commands and in paths
    table: ofParty200,
    otherwise: [...ofOtherWords, ...ofOtherFiles, ...ofHotRoutes, 'standalone.conf replicatorPrefix'],
  },
  {
    what: 'an exchange of 1.6.1',
    objects: drawnExchange('1.6.1'),
    file: exchangeFile(exchangeOf('1.6.1')),
    chart: chart161.exchangeChart,
    table: { ...ofExchange, ...ofRoutes },
    otherwise: [...ofOtherWords, ...ofOtherFiles],
  },
  {
    what: 'an exchange of 1.11.2',
    objects: drawnExchange('1.11.2'),
    file: exchangeFile(exchangeOf('1.11.2')),
    chart: chart161.exchangeChart, // rendered, they differ in the tag of one image
    table: { ...ofExchange, ...ofRoutes },
    otherwise: [...ofOtherWords, ...ofOtherFiles],
  },
])('whatever is drawn natively of $what', ({ objects, file, chart, table, otherwise }) => {
  test('is in the chart too, or a limit names it', () => {
    const nowhere = drawn(objects).filter(
      (thing) => !isHad(chart, thing) && named(table, thing) === undefined && !otherwise.includes(thing),
    );
    expect(nowhere).toEqual([]);
    const limits = new Set(file.limits.map(({ path }) => path));
    expect(Object.entries(table).filter(([, limit]) => !limits.has(limit))).toEqual([]);
  });

  test('is all that is compared with the chart', () => {
    const things = drawn(objects);
    const anywhere = (thing: string) =>
      things.some((it) => it === thing || it.replace(/^\S+/, '*') === thing) ? [] : [thing];
    expect(Object.keys(table).flatMap(anywhere)).toEqual([]);
  });
});

/** What KubeFATE does beside the chart. */
test.each(['1.6.1', '1.11.2'] as const)('what happens to a release of %s in its life is named', (fate) => {
  const text = (file: ClusterFile) =>
    parse(JSON.stringify(file.limits.map((each) => Object.values(each).join(' ')))).join('\n');
  const party = text(clusterFile(partyOf(fate)));
  for (const file of [party, text(exchangeFile(exchangeOf(fate)))]) expect(file).toMatch(/rolled back too far/);
  // Claims of a StatefulSet outlive it; those of Helm's own objects do not.
  if (fate === '1.6.1') expect(party).toMatch(/deleting the cluster.*delete all data/);
  else expect(party).not.toMatch(/delete all data/);
  expect(party).toMatch(fate === '1.6.1' ? /ledger.*the Deployment python/ : /ledger.*the StatefulSet python/);
});

test.each(['1.6.1', '1.11.2', '2.0.0'] as const)(
  "the namenode's busybox is named where images of %s come from another registry, and only there",
  (fate) => {
    const paths = (props: object) =>
      clusterFile(partyPlan({ ...open(fate), id: 30000, ...props })).limits.map(({ path }) => path);
    expect(paths({ registry })).toContain('registry');
    expect(paths({})).not.toContain('registry');
  },
);
