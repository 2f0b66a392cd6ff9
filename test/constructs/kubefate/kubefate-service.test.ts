import { describe, expect, test } from 'vitest';
import { KubeFateService } from '../../../constructs';
import { type KubeFateProps, type KubeFateRelease, kubeFatePlan, secrets } from '../../../lib';
import { problemsOf } from '../../support/declarations';
import { containerOf, containersOf, environmentOf, find, objectsOf, podOf, workloadsOf } from '../../support/objects';

const props = (more: Partial<KubeFateProps> = {}): KubeFateProps => ({
  host: 'kubefate.example.com',
  parties: ['fate-30000'],
  ...more,
});
const draw = (more: Partial<KubeFateProps> = {}) =>
  objectsOf((app) => new KubeFateService(app, 'kube-fate', kubeFatePlan(props(more))));

test('the service is one namespace, drawn first, and reaches into others with Roles only', () => {
  const [first, ...rest] = draw();
  expect(first).toMatchObject({ kind: 'Namespace', metadata: { name: 'kube-fate' } });
  const elsewhere = rest.filter(({ metadata }) => metadata.namespace !== 'kube-fate');
  expect(elsewhere.map(({ kind, metadata }) => `${kind} in ${metadata.namespace}`)).toEqual([
    'Role in fate-30000',
    'RoleBinding in fate-30000',
    'ClusterRole in undefined',
    'ClusterRoleBinding in undefined',
  ]);
});

describe('the image is that of the KubeFATE release', () => {
  test.each([
    ['1.6.1', 'v1.4.1'],
    ['1.7.1', 'v1.4.2'],
    ['1.7.2', 'v1.4.3'],
    ['1.8.0', 'v1.4.4'],
    ['1.11.2', 'v1.4.5'],
    ['2.0.0', 'v1.4.5'],
  ] as const)('%s has service %s', (release, service) => {
    expect(containerOf(draw({ release }), 'kubefate').image).toBe(`federatedai/kubefate:${service}`);
  });

  test('or another, from where the operator says', () => {
    expect(containerOf(draw({ registry: 'harbor.example.com/fate' }), 'mariadb').image).toMatch(/^harbor.*\/mariadb:/);
    const image = `federatedai/kubefate@sha256:${'0'.repeat(64)}`;
    expect(containerOf(draw({ images: { kubefate: image } }), 'kubefate').image).toBe(image);
  });
});

describe('the database', () => {
  test('keeps its data in a claim of a class and a size', () => {
    const { volumeClaimTemplates, template } = find(
      draw({ storageClass: 'gold', volumeGiB: 9 }),
      'StatefulSet',
      'mariadb',
    ).spec;
    expect(volumeClaimTemplates).toMatchObject([
      { spec: { storageClassName: 'gold', resources: { requests: { storage: '9Gi' } } } },
    ]);
    const [data] = volumeClaimTemplates;
    const { volumeMounts } = template.spec.containers[0];
    expect(volumeMounts).toContainEqual({ name: data.metadata.name, mountPath: '/var/lib/mysql', subPath: 'mysql' });
  });

  test('has a password for everyone, root included, and none of them in its objects', () => {
    const { env = [] } = containerOf(draw(), 'mariadb');
    const fromSecret = env.flatMap(({ name, valueFrom }) => (valueFrom?.secretKeyRef ? [name] : []));
    expect(fromSecret).toEqual(['MYSQL_USER', 'MYSQL_PASSWORD', 'MYSQL_ROOT_PASSWORD']);
    expect(env.map(({ name }) => name)).not.toContain('MYSQL_ALLOW_EMPTY_PASSWORD');
    expect(draw().map(({ kind }) => kind)).not.toContain('Secret');
  });
});

test('the service waits for its database, whose address and name both know', () => {
  const objects = draw();
  const wait = containerOf(objects, 'wait-for-database');
  const { metadata, spec } = find(objects, 'Service', 'mariadb');
  expect(podOf(find(objects, 'Deployment', 'kubefate')).initContainers).toEqual([wait]);
  expect(wait.command).toEqual(expect.arrayContaining(['mysqladmin', 'ping', `--host=${metadata.name}`]));
  const environment = environmentOf(containerOf(objects, 'kubefate'));
  expect(environment).toMatchObject({
    FATECLOUD_DB_TYPE: 'mysql',
    FATECLOUD_DB_HOST: metadata.name,
    FATECLOUD_DB_PORT: `${spec.ports[0].port}`,
    FATECLOUD_DB_NAME: environmentOf(containerOf(objects, 'mariadb'))['MYSQL_DATABASE'],
  });
});

test('there is one pod of the service at a time, which logs no file that it is given', () => {
  const objects = draw();
  expect(find(objects, 'Deployment', 'kubefate').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  expect(environmentOf(containerOf(objects, 'kubefate'))['FATECLOUD_LOG_LEVEL']).toBe('info');
});

test('pods read the Secret of the table, all of its keys and no other', () => {
  const references = workloadsOf(draw()).flatMap((it) =>
    containersOf(podOf(it)).flatMap(({ env = [] }) => env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? [])),
  );
  expect(new Set(references.map(({ name }) => name))).toEqual(new Set([secrets.kubeFate.name]));
  expect(new Set(references.map(({ key }) => key))).toEqual(new Set(Object.values(secrets.kubeFate.keys)));
});

test.each(['1.21', '1.24', '1.25', '1.30'])(
  'on Kubernetes %s every pod fits Pod Security level restricted',
  (kubernetes) => {
    const objects = draw({ kubernetes, release: '1.11.2' });
    const labels = objects[0].metadata.labels;
    const binding = objects.find(({ metadata }) => metadata.name === 'pod-security-policy');
    const isOld = ['1.21', '1.24'].includes(kubernetes);
    expect(labels['pod-security.kubernetes.io/enforce']).toBe(isOld ? undefined : 'restricted');
    expect(binding?.roleRef.name).toBe(isOld ? 'psp:vmware-system-restricted' : undefined);
    for (const workload of workloadsOf(objects)) {
      const pod = podOf(workload);
      expect(pod.securityContext?.seccompProfile?.type).toBe(isOld ? undefined : 'RuntimeDefault');
      for (const { name, securityContext } of containersOf(pod)) {
        expect(securityContext, name).toMatchObject({
          runAsNonRoot: true,
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
  },
);

test('every container says what it needs and what it may take, and every server how it is', () => {
  for (const workload of workloadsOf(draw())) {
    const pod = podOf(workload);
    for (const { name, resources } of containersOf(pod)) {
      expect(Object.keys(resources?.requests ?? {}), name).toEqual(['cpu', 'memory']);
      expect(Object.keys(resources?.limits ?? {}), name).toEqual(['cpu', 'memory']);
    }
    for (const { name, startupProbe, readinessProbe, livenessProbe } of pod.containers) {
      expect(Boolean(startupProbe && readinessProbe && livenessProbe), name).toBe(true);
    }
  }
});

test('the Ingress leads the host name to the service, in the class of the cluster, annotated and with TLS on request', () => {
  const objects = draw();
  const { spec } = find(objects, 'Ingress', 'kubefate');
  const { name, port } = spec.rules[0].http.paths[0].backend.service;
  expect(spec.rules[0].host).toBe('kubefate.example.com');
  expect(find(objects, 'Service', name).spec.ports.map((it: { port: number }) => it.port)).toContain(port.number);
  expect([spec.ingressClassName, spec.tls]).toEqual(['nginx', undefined]);
  const annotations = { 'cert-manager.io/cluster-issuer': 'org1' };
  const ingress = { ingressClassName: 'contour', annotations, tlsSecret: 'kubefate-tls' };
  expect(find(draw({ ingress }), 'Ingress', 'kubefate')).toMatchObject({
    metadata: { annotations },
    spec: {
      ingressClassName: 'contour',
      tls: [{ hosts: ['kubefate.example.com'], secretName: 'kubefate-tls' }],
    },
  });
});

test.each<[string, Record<string, unknown>, string[]]>([
  ['a host with a scheme', { host: 'http://kubefate.example.com' }, ['host']],
  ['no host', { host: undefined }, ['host']],
  ['a release that is not known', { release: '1.5.0' }, ['release']],
  ['no namespace to work in', { parties: [] }, ['parties']],
  ['its own namespace to work in', { parties: ['kube-fate'] }, ['parties[0]']],
  ['one namespace twice', { exchange: 'fate-30000' }, ['exchange']],
  ['a namespace that is no label', { parties: ['fate.one'] }, ['parties[0]']],
  ['parties that are no list', { parties: 'fate-30000' }, ['parties', 'parties']],
  ['a claim of no size', { volumeGiB: 0 }, ['volumeGiB']],
  ['a repository with a password', { chartRepository: 'https://a:b@charts.example.com' }, ['chartRepository']],
  ['resources of a container that is not there', { resources: { mysql: {} } }, ['resources.mysql']],
  ['a typing error in a key', { storageclass: 'gold' }, ['storageclass']],
  ['an Ingress that is no map', { ingress: 'nginx' }, ['ingress']],
  [
    'an Ingress of no class, Secret or option',
    { ingress: { ingressClassName: 'No', tlsSecret: '', hosts: [] } },
    ['ingress.hosts', 'ingress.tlsSecret', 'ingress.ingressClassName'],
  ],
  [
    'an annotation that is no text, and the class as one',
    { ingress: { annotations: { 'kubernetes.io/ingress.class': 'nginx', a: 1 } } },
    ['ingress.annotations.a', 'ingress.annotations["kubernetes.io/ingress.class"]'],
  ],
])('%s is refused', (_, change, paths) => {
  expect(problemsOf(() => kubeFatePlan({ ...props(), ...change })).map(({ path }) => path)).toEqual(paths);
});

test.each([
  ['1.6.1', 'v1.22.9+vmware.1'],
  ['1.6.1', '1.26'],
  ['1.7.2', '1.22'],
] as const)(
  'the service of %s cannot describe a cluster on Kubernetes %s, and the problem names a release that can',
  (release, kubernetes) => {
    const [problem, ...others] = problemsOf(() => kubeFatePlan(props({ release, kubernetes })));
    expect(problem?.path).toBe('release');
    expect(others).toEqual([]);
    const named = [...(problem?.remedy.matchAll(/"([\d.]+)"/g) ?? [])].map(([, it]) => it as KubeFateRelease);
    expect(named).not.toEqual([]);
    for (const it of named) expect(kubeFatePlan(props({ release: it, kubernetes })).kubernetes).toBe(kubernetes);
    expect(kubeFatePlan(props({ release, kubernetes: '1.21' })).kubernetes).toBe('1.21');
  },
);
