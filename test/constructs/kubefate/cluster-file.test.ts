import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { App, Exchange, FederatedLearningCluster } from '../../../constructs';
import {
  clusterFile,
  clusterYaml,
  exchangeFile,
  exchangePlan,
  type FederationProps,
  federation,
  InvalidInput,
  type PartyPlan,
  partyPlan,
} from '../../../lib';
import { problemsOf, twoParties } from '../../support/declarations';
import { type AnyObject, objectsOf } from '../../support/objects';

const driver = 'kubefate';
const driven: FederationProps = {
  ...twoParties,
  transport: 'open',
  exchange: { ...twoParties.exchange, driver },
  parties: twoParties.parties.map((party) => ({ ...party, driver })),
};

function synthesize(draw: (app: App) => void): Record<string, string> {
  const app = new App({ outdir: join(mkdtempSync(join(tmpdir(), 'kubefate-')), 'manifests') });
  draw(app);
  app.synth();
  return Object.fromEntries(
    readdirSync(app.outdir).map((file) => [file, readFileSync(join(app.outdir, file), 'utf8')]),
  );
}

test('driven by KubeFATE, a federation is its namespaces and the files from which KubeFATE makes the rest', () => {
  const { exchange, parties } = federation(driven);
  const files = synthesize((app) => {
    new Exchange(app, exchange.namespace, exchange);
    for (const party of parties) new FederatedLearningCluster(app, party.namespace, party);
  });
  expect(Object.keys(files).sort()).toEqual([
    'fate-30000.cluster.yaml',
    'fate-30000.k8s.yaml',
    'fate-40000.cluster.yaml',
    'fate-40000.k8s.yaml',
    'fate-exchange.cluster.yaml',
    'fate-exchange.k8s.yaml',
  ]);
  for (const party of parties) expect(files[`${party.namespace}.cluster.yaml`]).toBe(clusterYaml(clusterFile(party)));
  expect(files['fate-exchange.cluster.yaml']).toBe(clusterYaml(exchangeFile(exchange)));
});

test('one party may be driven by KubeFATE and another be native', () => {
  const [first, second] = twoParties.parties;
  const { parties } = federation({ ...twoParties, transport: 'open', parties: [{ ...first, driver }, second] });
  const files = synthesize((app) => {
    for (const party of parties) new FederatedLearningCluster(app, party.namespace, party);
  });
  expect(Object.keys(files).sort()).toEqual(['fate-30000.cluster.yaml', 'fate-30000.k8s.yaml', 'fate-40000.k8s.yaml']);
});

test('of the objects only the namespace is left, with what admits its pods', () => {
  const kinds = (plan: PartyPlan) =>
    new FederatedLearningCluster(new App(), 'flc', plan)
      .toJson()
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(kinds(partyPlan({ domain: 'example.com', transport: 'open', id: 30000, driver }))).toEqual([
    'Namespace fate-30000',
    'RoleBinding pod-security-policy',
  ]);
});

test('an exchange on a later Kubernetes has a namespace that says what it admits', () => {
  const plan = exchangePlan({ domain: 'example.com', transport: 'open', driver, kubernetes: '1.27' });
  const [namespace, ...rest] = new Exchange(new App(), 'exchange', plan).toJson();
  expect(namespace.metadata.labels['pod-security.kubernetes.io/enforce']).toBe('baseline');
  expect(rest).toEqual([]);
});

test('what KubeFATE could not install is refused before anything is written, all of it at once', () => {
  const plan = partyPlan({
    domain: 'example.com',
    transport: 'open',
    id: 1_000_000,
    driver,
    kubernetes: '1.25',
    namespace: '30000',
  });
  const draw = () => objectsOf((app) => new FederatedLearningCluster(app, 'flc', plan));
  expect(draw).toThrow(InvalidInput);
  expect(problemsOf(draw).map(({ path }) => path)).toEqual(['kubernetes', 'namespace', 'id']);
});

test('a driver that is not known is refused', () => {
  expect(
    problemsOf(() => partyPlan({ domain: 'example.com', id: 1, driver: 'helm' as never })).map(({ path }) => path),
  ).toEqual(['driver']);
});

describe('the file and the native objects agree', () => {
  const { parties } = federation({
    ...twoParties,
    parties: [
      {
        ...twoParties.parties[0],
        sizing: 'production',
        datasetGiB: 40,
        ingress: { uis: ['notebook', 'spark'], basicAuthSecret: 'users', tlsSecret: 'tls' },
      },
    ],
  });
  const [plan] = parties;
  if (!plan) throw new Error('no plan');
  const objects = objectsOf((app) => new FederatedLearningCluster(app, 'flc', plan));
  // biome-ignore lint/suspicious/noExplicitAny: tests read fields of every kind
  const values = clusterFile(plan).values as any;
  const object = (kind: string, name: string): AnyObject =>
    objects.find((it) => it.kind === kind && it.metadata.name === name);
  const container = (kind: string, name: string): AnyObject => object(kind, name).spec.template.spec.containers[0];

  test.each([
    ['mysql', 'mysql'],
    ['fateflow', 'python'],
    ['client', 'client'],
    ['namenode', 'hdfs.namenode'],
    ['datanode', 'hdfs.datanode'],
    ['pulsar', 'pulsar'],
  ])('on the size and the class of the claim of %s', (name, path) => {
    const { size, storageClass } = path.split('.').reduce((all, key) => all[key], values);
    expect(object('StatefulSet', name).spec.volumeClaimTemplates[0].spec).toMatchObject({
      storageClassName: storageClass,
      resources: { requests: { storage: size } },
    });
  });

  test('on what FATE Flow and the Spark workers need, and on how many there are', () => {
    expect(container('StatefulSet', 'fateflow').resources).toEqual(values.python.resources);
    expect(container('Deployment', 'spark-worker').resources).toEqual(values.spark.worker.resources);
    expect(object('Deployment', 'spark-worker').spec.replicas).toBe(values.spark.worker.replicas);
  });

  test('on the Ingresses that a controller serves', () => {
    const native = objects
      .filter(({ kind }) => kind === 'Ingress')
      .map(({ metadata, spec }) => [
        spec.rules[0].host,
        { 'kubernetes.io/ingress.class': spec.ingressClassName, ...metadata.annotations },
        spec.tls,
      ]);
    const published = Object.values(values.ingress as Record<string, AnyObject>)
      .filter(({ annotations }) => annotations['kubernetes.io/ingress.class'] !== 'unpublished')
      .map(({ hosts, annotations, tls }) => [hosts[0].name, annotations, tls]);
    expect(published).toEqual(native);
  });
});

test.each([
  ['1.6.1', '1.21', undefined],
  ['1.11.2', '1.24', undefined],
  ['1.11.2', '1.27', 'privileged'],
] as const)('the namespace of FATE %s on Kubernetes %s admits the pods of its chart', (fate, kubernetes, level) => {
  const plan = partyPlan({ domain: 'example.com', transport: 'open', id: 30000, fate, kubernetes, driver });
  const draw = (drawn: PartyPlan) =>
    parseAllDocuments(`${synthesize((app) => new FederatedLearningCluster(app, 'flc', drawn))['flc.k8s.yaml']}`).map(
      (it) => it.toJS(),
    );
  const [namespace, binding] = draw(plan);
  const enforce = 'pod-security.kubernetes.io/enforce';
  expect(namespace.metadata.labels?.[enforce]).toBe(level);
  if (level === undefined) expect(binding).toMatchObject({ roleRef: { name: 'psp:vmware-system-privileged' } });
  const [own] = draw({ ...plan, driver: 'native' });
  expect(own.metadata.labels?.[enforce]).toBe(level && 'baseline');
});
