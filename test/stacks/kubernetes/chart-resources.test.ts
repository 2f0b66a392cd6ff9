import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { expect, test } from 'vitest';
import {
  App,
  Exchange,
  exchangePlan,
  FederatedLearningCluster,
  federation,
  ImageDiskMount,
  IngressController,
  imageDiskMountPlan,
  ingressControllerPlan,
  partyPlan,
} from '../../../index';
import { type ChartResourcesOptions, chartResources, serviceOf } from '../../../stacks/kubernetes/chart-resources';
import { twoParties } from '../../support/declarations';
import { failureOf, type RecordedResource, type Recording, record } from '../../support/pulumi-recorder';
import { types, withoutPulumi } from '../../support/stacks';

const parent = 'test:index:Parent::parent';

/** Draws a chart below a component that has a provider. */
const draw =
  (chart: (app: Construct) => Chart, options: Partial<ChartResourcesOptions> = {}) =>
  async () => {
    const provider = new kubernetes.Provider('cluster', {});
    const component = new pulumi.ComponentResource('test:index:Parent', 'parent', {}, { provider });
    chartResources(chart(new App()), { parent: component, ...options });
  };

const plan = federation(twoParties);
const exchange = (app: Construct) => new Exchange(app, plan.exchange.namespace, plan.exchange);
const party = (app: Construct) => {
  const [first] = plan.parties;
  if (first === undefined) throw new Error('no party');
  return new FederatedLearningCluster(app, first.namespace, first);
};
const objects = ({ resources }: Recording) => resources.filter(({ type }) => type.startsWith('kubernetes:'));

test.each([
  ['exchange', exchange],
  ['party', party],
  [
    'party under a PodSecurityPolicy',
    (app: Construct) =>
      new FederatedLearningCluster(app, 'p', partyPlan({ domain: 'example.com', id: 30000, kubernetes: '1.20' })),
  ],
  [
    'exchange on Kubernetes 1.20',
    (app: Construct) => new Exchange(app, 'e', exchangePlan({ domain: 'example.com', kubernetes: '1.20' })),
  ],
  ['image disk mount', (app: Construct) => new ImageDiskMount(app, 'image-disk-mount', imageDiskMountPlan())],
  ['ingress controller', (app: Construct) => new IngressController(app, 'ingress-nginx', ingressControllerPlan())],
])('each object of the chart is one resource with the same content: %s', async (_, chart) => {
  const drawn = objects(await record(draw(chart)));
  const synthesized = chart(new App()).toJson();
  expect(drawn.map(({ inputs }) => withoutPulumi(inputs))).toEqual(expect.arrayContaining(synthesized));
  expect(drawn).toHaveLength(synthesized.length);
  for (const { type, name, inputs } of drawn) {
    const { apiVersion, kind, metadata } = inputs as {
      apiVersion: string;
      kind: string;
      metadata: { name: string; namespace?: string };
    };
    expect(type).toBe(`kubernetes:${apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`}:${kind}`);
    expect(name).toBe(metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`);
  }
});

const annotationsOf = ({ inputs }: RecordedResource): Readonly<Record<string, string>> =>
  Reflect.get(Object(inputs['metadata']), 'annotations');

test("the provider applies every object under a name that is the state's own, so that an interrupted creation is no conflict, and another state is one", async () => {
  const secrets = [{ name: 'mysql', values: { password: 'p' } }];
  const resource = ({ type }: RecordedResource) => (type === types.id ? { hex: 'c0ffee' } : undefined);
  const run = await record(draw(party, { secrets }), { resource });
  for (const it of objects(run)) {
    expect(annotationsOf(it)).toMatchObject({ 'pulumi.com/patchFieldManager': 'kubefate-tanzu-c0ffee' });
  }
  expect(run.ofType(types.id).map(({ name, parent: above }) => [name, above])).toEqual([
    ['fate-30000/field-manager', parent],
  ]);
});

test('of Services and Ingresses, only load balancers are waited for', async () => {
  const drawn = objects(await record(draw(party))).filter(
    ({ type }) => type === types.service || type === types.ingress,
  );
  const awaited = drawn.filter((it) => annotationsOf(it)['pulumi.com/skipAwait'] !== 'true').map(({ name }) => name);
  expect(awaited.sort()).toEqual(['fate-30000/nginx', 'fate-30000/pulsar-public-tls']);
  expect(drawn.length).toBeGreaterThan(awaited.length + 5);
});

test('objects are children of the component and use its provider', async () => {
  for (const { parent: above, provider } of objects(await record(draw(party)))) {
    expect([above, provider]).toEqual([parent, 'pulumi:providers:kubernetes::cluster']);
  }
});

test('another provider may be given, and something that must be there before', async () => {
  const run = await record(async () => {
    const component = new pulumi.ComponentResource('test:index:Parent', 'parent');
    const ready = new kubernetes.core.v1.ConfigMap('ready');
    const provider = new kubernetes.Provider('new-cluster', {});
    chartResources(exchange(new App()), { parent: component, provider, dependsOn: [ready] });
  });
  for (const { provider, dependencies, name } of objects(run)) {
    if (name === 'ready') continue;
    expect(provider).toBe('pulumi:providers:kubernetes::new-cluster');
    expect(dependencies).toContain(`${types.configMap}::ready`);
  }
});

test('nothing is drawn through the default provider', async () => {
  const alone = async () => {
    const component = new pulumi.ComponentResource('test:index:Parent', 'parent');
    chartResources(exchange(new App()), { parent: component });
  };
  const { message, recording } = await failureOf(alone);
  expect(message).toMatch('chart fate-exchange needs a provider of @pulumi/kubernetes');
  expect(objects(recording)).toEqual([]);
});

test.each([
  ['party', party],
  ['exchange', exchange],
  [
    'party under a PodSecurityPolicy',
    (app: Construct) =>
      new FederatedLearningCluster(app, 'p', partyPlan({ domain: 'example.com', id: 30000, kubernetes: '1.20' })),
  ],
  ['ingress controller', (app: Construct) => new IngressController(app, 'ingress-nginx', ingressControllerPlan())],
])(
  'pods come after all that they need, load balancers after their pods, and what closes after what opens: %s',
  async (_, chart) => {
    const run = await record(draw(chart, { secrets: [{ name: 'mysql', values: { password: 'p' } }] }));
    const drawn = objects(run);
    const stage = ({ type, inputs }: RecordedResource) => {
      if (type === types.namespace) return 0;
      if (type === types.secret || type === types.configMap) return 1;
      if (type === types.networkPolicy && Reflect.get(Object(inputs['metadata']), 'name') === 'default-deny') return 3;
      if (type === types.deployment || type === types.statefulSet) return 4;
      return Reflect.get(Object(inputs['spec']), 'type') === 'LoadBalancer' ? 5 : 2;
    };
    const closes = drawn.some(({ type }) => type === types.networkPolicy) ? [3] : [];
    expect(new Set(drawn.map(stage))).toEqual(new Set([0, 1, 2, ...closes, 4, 5]));
    for (const it of drawn) {
      const before = drawn.filter((other) => stage(other) < stage(it)).map(({ key }) => key);
      const after = it.dependencies.filter((key) => key !== `${types.id}::${run.ofType(types.id)[0]?.name}`);
      expect(after.sort()).toEqual(before.sort());
    }
  },
);

test('a Secret is in the namespace of the chart, and its values are secret', async () => {
  const values = { '.dockerconfigjson': '{}' };
  const run = await record(
    draw(party, { secrets: [{ name: 'registry', type: 'kubernetes.io/dockerconfigjson', values }] }),
  );
  const { inputs, secretInputs, options } = run.get(types.secret, 'fate-30000/registry');
  expect(inputs).toMatchObject({
    metadata: { namespace: 'fate-30000', labels: { 'app.kubernetes.io/part-of': 'fate' } },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from('{}').toString('base64') },
  });
  expect(secretInputs).toEqual(['data']);
  expect(options.additionalSecretOutputs).toEqual(['data', 'stringData']);
});

test('workloads and load balancers may take longer than the provider waits by itself; other kinds are not awaited', async () => {
  const run = await record(draw(party));
  const waiting = objects(run).filter(({ options }) => options.customTimeouts);
  expect(new Set(waiting.map(({ type }) => type))).toEqual(
    new Set([types.deployment, types.statefulSet, types.service]),
  );
  expect(waiting.filter(({ type }) => type === types.service)).toHaveLength(2);
  for (const { options } of waiting) expect(options.customTimeouts).toEqual({ create: '30m', update: '30m' });
});

test('an object that moves to a later API version stays the same resource', async () => {
  const budgets = (await record(draw(exchange))).ofType('kubernetes:policy/v1:PodDisruptionBudget');
  expect(budgets).toHaveLength(2);
  for (const { options } of budgets) {
    expect(options.aliases).toMatchObject([{ type: 'kubernetes:policy/v1beta1:PodDisruptionBudget' }]);
  }
});

test('single objects get more options', async () => {
  const options = { 'Namespace fate-30000': { retainOnDelete: true }, 'Service fate-30000/nginx': { protect: true } };
  const run = await record(draw(party, { options }));
  expect(run.get(types.namespace, 'fate-30000').options.retainOnDelete).toBe(true);
  expect(run.get(types.service, 'fate-30000/nginx').options).toMatchObject({
    protect: true,
    customTimeouts: { create: '30m' },
  });
  expect(run.resources.filter(({ options }) => options.retainOnDelete || options.protect)).toHaveLength(2);
});

class Own extends Chart {
  constructor(scope: Construct, object: { apiVersion: string; kind: string; metadata: { name: string } }) {
    super(scope, 'own', { namespace: 'own' });
    new ApiObject(this, 'object', object);
  }
}

test('custom kinds are resources too, also in a group that begins as one of Kubernetes', async () => {
  const metadata = { name: 'own' };
  const certificate = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata, spec: { secretName: 'tls' } };
  const run = await record(draw((app) => new Own(app, certificate)));
  expect(run.get('kubernetes:cert-manager.io/v1:Certificate', 'own/own').inputs).toMatchObject({
    spec: { secretName: 'tls' },
  });
  const impostor = { apiVersion: 'apps.example.com/v1', kind: 'Deployment', metadata, data: 1 };
  const other = await record(draw((app) => new Own(app, impostor)));
  expect(other.get('kubernetes:apps.example.com/v1:Deployment', 'own/own').inputs).toMatchObject({ data: 1 });
});

test('a field that the SDK would drop in silence is refused', async () => {
  const novelty = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'own' }, novelty: 1 };
  const { message } = await failureOf(draw((app) => new Own(app, novelty)));
  expect(message).toMatch('@pulumi/kubernetes has no field novelty of ConfigMap own/own');
});

test('a Service that the chart does not have is no undefined', async () => {
  const program = async () => {
    const provider = new kubernetes.Provider('cluster', {});
    const component = new pulumi.ComponentResource('test:index:Parent', 'parent', {}, { provider });
    const resources = chartResources(exchange(new App()), { parent: component });
    expect(serviceOf(resources, 'fate-exchange/nginx')).toBeInstanceOf(kubernetes.core.v1.Service);
    serviceOf(resources, 'fate-exchange/pulsar');
  };
  expect((await failureOf(program)).message).toMatch('the chart has no Service fate-exchange/pulsar');
});
