import type { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Container } from 'kubernetes-types/core/v1';
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
import {
  containersOf,
  environmentOf,
  fileOf,
  objectsOf,
  podOf,
  type Workload,
  workloadsOf,
} from '../../support/objects';

const agreement = { domain: 'example.com' };
const party = { ...agreement, id: 30000, exchange: exchangeDescriptorOf() };
const service = { host: 'kubefate.example.com', clusterWide: true };

interface Options {
  readonly pods?: unknown;
  readonly registry?: string;
  readonly images?: Readonly<Record<string, string>>;
  readonly imagePullSecrets?: readonly string[];
}

const everything = {
  nodeSelector: { 'example.com/pool': 'fate' },
  tolerations: [{ key: 'example.com/fate', operator: 'Exists', effect: 'NoSchedule' }],
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] } },
      ],
    },
  },
  priorityClassName: 'fate',
  labels: { 'example.com/team': 'fl' },
  annotations: { 'example.com/cost-center': '4711' },
  environment: { HTTPS_PROXY: 'http://192.0.2.3:3128', NO_PROXY: '.svc,10.0.0.0/8' },
  timezone: 'Europe/Berlin',
} as const;

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

  test('every pod takes what is said of all pods, and loses nothing of its own', () => {
    const plain = workloadsOf(objectsOf(draw({})));
    const set = workloadsOf(objectsOf(draw({ pods: { all: everything } })));
    expect(set).toHaveLength(plain.length);
    set.forEach((workload, i) => {
      const [own, pod] = [podOf(plain[i] as Workload), podOf(workload)];
      const { nodeSelector, tolerations, affinity, priorityClassName } = everything;
      expect(pod).toMatchObject({ nodeSelector: { ...own.nodeSelector, ...nodeSelector }, priorityClassName });
      expect(pod.tolerations).toEqual([...(own.tolerations ?? []), ...tolerations]);
      expect(pod.affinity).toEqual({ ...own.affinity, ...affinity });
      const template = workload.spec?.template.metadata;
      const plainTemplate = plain[i]?.spec?.template.metadata;
      expect(template?.labels).toEqual({ ...everything.labels, ...plainTemplate?.labels });
      expect(template?.annotations).toMatchObject({ ...everything.annotations });
      expect(workload.spec?.selector).toEqual(plain[i]?.spec?.selector);
      containersOf(pod).forEach((container, j) => {
        const before = environmentOf(containersOf(own)[j] as Container);
        const added = { ...everything.environment, TZ: 'Europe/Berlin' };
        expect(environmentOf(container)).toEqual({ ...before, ...added });
        const names = container.env?.map(({ name }) => name);
        expect(new Set(names).size).toBe(names?.length);
      });
    });
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

test('what is said of one component is beside, or in the place of, what is said of all', () => {
  const pods = {
    all: { nodeSelector: { pool: 'fate' }, tolerations: [{ operator: 'Exists' }], priorityClassName: 'fate' },
    sparkWorker: { nodeSelector: { size: 'large' }, tolerations: [], priorityClassName: 'batch' },
  };
  const objects = objectsOf(charts['party']?.({ pods }) as never);
  const podOfWorkload = (name: string) =>
    podOf(workloadsOf(objects).find(({ metadata }) => metadata?.name === name) as Workload);
  expect(podOfWorkload('spark-worker')).toMatchObject({
    nodeSelector: { pool: 'fate', size: 'large' },
    priorityClassName: 'batch',
  });
  expect(podOfWorkload('spark-worker')).not.toHaveProperty('tolerations');
  expect(podOfWorkload('spark-master')).toMatchObject({
    nodeSelector: { pool: 'fate' },
    tolerations: [{ operator: 'Exists' }],
    priorityClassName: 'fate',
  });
});

test('an anti-affinity that is declared is in the place of the workers’ own', () => {
  const affinity = { podAntiAffinity: {} };
  const objects = objectsOf(charts['party']?.({ pods: { sparkWorker: { affinity } } }) as never);
  const worker = workloadsOf(objects).find(({ metadata }) => metadata?.name === 'spark-worker');
  expect(podOf(worker as Workload).affinity).toEqual(affinity);
});

test('FATE Board shows times in the time zone of its pod', () => {
  const url = (pods?: unknown) => {
    const text = fileOf(objectsOf(charts['party']?.({ pods }) as never), 'fateboard-config', 'application.properties');
    return new URLSearchParams(/jdbc-url=\S*\?(\S+)/.exec(text)?.[1]).get('serverTimezone');
  };
  expect(url()).toBe('GMT+8');
  expect(url({ all: { timezone: 'Europe/Berlin' } })).toBe('Europe/Berlin');
  expect(url({ all: { timezone: 'Europe/Berlin' }, fateflow: { timezone: 'UTC' } })).toBe('UTC');
});
