import type { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { describe, expect, test } from 'vitest';
import {
  Exchange,
  exchangePlan,
  FederatedLearningCluster,
  ImageDiskMount,
  IngressController,
  imageDiskMountPlan,
  ingressControllerPlan,
  KubeFateService,
  kubeFatePlan,
  partyPlan,
} from '../../../index';
import { exchangeDescriptorOf } from '../../support/declarations';
import { containersOf, objectsOf, podOf, workloadsOf } from '../../support/objects';

const agreement = { domain: 'example.com' };
const party = { ...agreement, id: 30000, exchange: exchangeDescriptorOf() };
const service = { host: 'kubefate.example.com', clusterWide: true };

interface Options {
  readonly registry?: string;
  readonly images?: Readonly<Record<string, string>>;
  readonly imagePullSecrets?: readonly string[];
}

/** Whatever has pods, drawn with options that all declarations know. */
const charts: Readonly<Record<string, (options: Options) => (app: Construct) => Chart>> = {
  party: (options) => (app) => new FederatedLearningCluster(app, 'it', partyPlan({ ...party, ...options } as never)),
  exchange: (options) => (app) => new Exchange(app, 'it', exchangePlan({ ...agreement, ...options } as never)),
  'KubeFATE service': (options) => (app) =>
    new KubeFateService(app, 'it', kubeFatePlan({ ...service, ...options } as never)),
  'ingress controller': (options) => (app) => new IngressController(app, 'it', ingressControllerPlan(options as never)),
  'image disk mount': (options) => (app) => new ImageDiskMount(app, 'it', imageDiskMountPlan(options as never)),
};

describe.each(Object.entries(charts))('%s', (_, draw) => {
  const podsOf = (options: Options = {}) => workloadsOf(objectsOf(draw(options))).map(podOf);
  const imagesOf = (options: Options = {}) => podsOf(options).flatMap((pod) => containersOf(pod).map((it) => it.image));

  test('every image comes from the registry that is named, by its tag', () => {
    for (const image of imagesOf({ registry: 'harbor.example.com/fate' })) {
      expect(image).toMatch(/^harbor\.example\.com\/fate\/[a-z-]+:[\w.-]+$/);
    }
  });

  test('every pod pulls with the login that is named, and with none by default', () => {
    for (const pod of podsOf({ imagePullSecrets: ['harbor', 'more'] })) {
      expect(pod.imagePullSecrets).toEqual([{ name: 'harbor' }, { name: 'more' }]);
    }
    for (const pod of podsOf()) expect(pod).not.toHaveProperty('imagePullSecrets');
  });
});

test.each([
  ['party', 'mysql'],
  ['exchange', 'trafficServer'],
  ['KubeFATE service', 'mariadb'],
  ['ingress controller', 'ingressController'],
  ['image disk mount', 'imageDiskMount'],
])('of the %s a single image, %s, can be another one', (chart, name) => {
  const own = `harbor.example.com/own/image:1@sha256:${'0'.repeat(64)}`;
  const pods = workloadsOf(objectsOf(charts[chart]?.({ images: { [name]: own } }) as never)).map(podOf);
  expect(pods.flatMap(containersOf).map(({ image }) => image)).toContain(own);
});
