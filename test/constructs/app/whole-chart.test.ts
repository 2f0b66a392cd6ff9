import { rootCertificates } from 'node:tls';
import { Chart } from 'cdk8s';
import { expect, test } from 'vitest';
import * as constructs from '../../../constructs';
import {
  App,
  Exchange,
  FederatedLearningCluster,
  ImageDiskMount,
  IngressController,
  KubeFateService,
  TanzuKubernetesCluster,
} from '../../../constructs';
import {
  exchangePlan,
  imageDiskMountPlan,
  ingressControllerPlan,
  kubeFatePlan,
  partyPlan,
  tanzuClusterPlan,
} from '../../../lib';

const driven = { domain: 'example.com', transport: 'open', id: 30000, driver: 'kubefate' } as const;
const certificate = `${rootCertificates[0]}\n`;
const trusting = tanzuClusterPlan({
  name: 'party-30000',
  platform: 'VCF 9.1',
  kubernetes: 'v1.33.1+vmware.1-fips-vkr.2',
  trust: [{ name: 'example-ca', certificate }],
});

const charts: readonly (readonly [string, (app: App) => Chart])[] = [
  ['a party', (app) => new FederatedLearningCluster(app, 'chart', partyPlan({ ...driven, driver: 'native' }))],
  ['a party of KubeFATE', (app) => new FederatedLearningCluster(app, 'chart', partyPlan(driven))],
  ['an exchange', (app) => new Exchange(app, 'chart', exchangePlan({ domain: 'example.com' }))],
  [
    'the KubeFATE service',
    (app) => new KubeFateService(app, 'chart', kubeFatePlan({ host: 'a.example.com', clusterWide: true })),
  ],
  ['the disk for images', (app) => new ImageDiskMount(app, 'chart', imageDiskMountPlan())],
  ['the ingress controller', (app) => new IngressController(app, 'chart', ingressControllerPlan())],
  ['a cluster with a certificate authority', (app) => new TanzuKubernetesCluster(app, 'chart', trusting)],
];

test.each(charts)('whoever loops over apiObjects of %s meets all of its objects', (_, draw) => {
  const chart = draw(new App());
  const inOrder = (objects: readonly object[]) => objects.map((each) => JSON.stringify(each)).sort();
  expect(inOrder(chart.apiObjects.map((object) => object.toJson()))).toEqual(inOrder(chart.toJson()));
  expect(chart.apiObjects.length).toBeGreaterThan(0);
  for (const object of chart.apiObjects) object.metadata.addLabel('team', 'ml');
  for (const object of chart.toJson()) expect(object.metadata.labels).toMatchObject({ team: 'ml' });
});

test('these are all charts that can be imported', () => {
  const isChart = (value: unknown) => Object.prototype.isPrototypeOf.call(Chart, Object(value));
  const drawn = charts.map(([, draw]) => draw(new App()).constructor);
  expect(new Set(drawn)).toEqual(new Set(Object.values<unknown>(constructs).filter(isChart)));
});
