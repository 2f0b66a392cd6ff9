import { describe, expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import {
  type FateRelease,
  federation,
  type PartyProps,
  partyPlan,
  releases,
  type SizingPreset,
  secrets,
  services,
  sizingPresets,
} from '../../../lib';
import { twoParties } from '../../support/declarations';
import { containerOf, containersOf, find, objectsOf, podOf, workloadsOf } from '../../support/objects';

/** As Hadoop has them: its third release moved them below those that Linux gives away. */
const hadoop3 = { namenode: [9000, 9870], datanode: [9866, 9864] };
const hdfsPorts: Readonly<Record<FateRelease, Readonly<Record<string, readonly number[]>>>> = {
  '1.6.1': { namenode: [9000, 50070], datanode: [50010, 50075] },
  '1.11.2': hadoop3,
  '2.0.0': hadoop3,
  '2.2.0': hadoop3,
};

const published: Readonly<Record<FateRelease, readonly string[]>> = {
  '1.6.1': [
    'federatedai/client:1.6.1-release',
    'federatedai/fateboard:1.6.1-release',
    'federatedai/hadoop-datanode:2.0.0-hadoop2.7.4-java8',
    'federatedai/hadoop-namenode:2.0.0-hadoop2.7.4-java8',
    'federatedai/nginx:1.6.1-release',
    'federatedai/pulsar:2.7.0',
    'federatedai/python-spark:1.6.1-release',
    'federatedai/spark-master:1.6.1-release',
    'federatedai/spark-worker:1.6.1-release',
    'mysql:8.0.28',
  ],
  '1.11.2': [
    'federatedai/client:1.11.2-release',
    'federatedai/fateboard:1.11.2-release',
    'federatedai/fateflow-spark:1.11.2-release',
    'federatedai/hadoop-datanode:2.0.0-hadoop3.2.1-java8',
    'federatedai/hadoop-namenode:2.0.0-hadoop3.2.1-java8',
    'federatedai/nginx:1.11.2-release',
    'federatedai/pulsar:2.10.1',
    'federatedai/spark-master:1.11.2-release',
    'federatedai/spark-worker:1.11.2-release',
    'mysql:8.0.28',
  ],
  '2.0.0': [
    'federatedai/client:2.0.0-release',
    'federatedai/fateboard:2.0.0-release',
    'federatedai/fateflow-spark:2.0.0-release',
    'federatedai/hadoop-datanode:2.0.0-hadoop3.2.1-java8',
    'federatedai/hadoop-namenode:2.0.0-hadoop3.2.1-java8',
    'federatedai/nginx:2.0.0-release',
    'federatedai/pulsar:2.10.2',
    'federatedai/spark-master:2.0.0-release',
    'federatedai/spark-worker:2.0.0-release',
    'mysql:8.0.28',
  ],
  '2.2.0': [
    'federatedai/client:2.2.0-release',
    'federatedai/fateboard:2.1.1-release',
    'federatedai/fateflow-spark:2.2.0-release',
    'federatedai/hadoop-datanode:2.0.0-hadoop3.2.1-java8',
    'federatedai/hadoop-namenode:2.0.0-hadoop3.2.1-java8',
    'federatedai/nginx:2.0.0-release',
    'federatedai/pulsar:2.10.2',
    'federatedai/spark-master:2.2.0-release',
    'federatedai/spark-worker:2.2.0-release',
    'mysql:8.0.28',
  ],
};

describe.each(Object.keys(releases) as FateRelease[])('of FATE %s', (fate) => {
  const flc = (props: Partial<PartyProps> = {}) => {
    const { parties } = federation({ ...twoParties, fate, parties: [{ ...twoParties.parties[0], ...props }] });
    return objectsOf((app) => {
      if (!parties[0]) throw new Error('no party');
      return new FederatedLearningCluster(app, 'flc', parties[0]);
    });
  };
  const alone = () =>
    objectsOf((app) => new FederatedLearningCluster(app, 'flc', partyPlan({ domain: 'example.com', fate, id: 9999 })));

  test('a party is one namespace, drawn first, and everything else is in it', () => {
    const [first, ...rest] = flc();
    expect(first).toMatchObject({ kind: 'Namespace', metadata: { name: 'fate-30000' } });
    expect(new Set(rest.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['fate-30000']));
  });

  test('the Services have the names and ports that FATE, Spark, Pulsar and HDFS know', () => {
    const drawn = flc().filter(({ kind }) => kind === 'Service');
    const ports = drawn.map(({ metadata, spec }) => [
      metadata.name,
      spec.ports.map(({ port }: { port: number }) => port),
    ]);
    expect(Object.fromEntries(ports)).toEqual({
      mysql: [3306],
      fateflow: [9360, 9380],
      fateboard: [8080],
      notebook: [20000],
      'spark-master': [8080, 7077],
      ...hdfsPorts[fate],
      nginx: [9300],
      'nginx-internal': [9301],
      pulsar: [6650, 6651, 8080, 8081],
      'pulsar-public-tls': [6651],
    });
  });

  test('a Service leads to a container port of the pods that it selects', () => {
    const objects = flc();
    for (const { metadata, spec } of objects.filter(({ kind }) => kind === 'Service')) {
      const selected = workloadsOf(objects).filter(({ spec: workload }) =>
        Object.entries(spec.selector).every(([key, value]) => workload?.template.metadata?.labels?.[key] === value),
      );
      expect(selected, metadata.name).toHaveLength(1);
      const open = selected.flatMap((it) =>
        podOf(it).containers.flatMap(({ ports = [] }) => ports.map((port) => port.containerPort)),
      );
      for (const { targetPort } of spec.ports) expect(open, metadata.name).toContain(targetPort);
    }
  });

  test('only coordination and TLS of Pulsar are open to the outside', () => {
    const published = flc().filter(({ spec }) => ['LoadBalancer', 'NodePort'].includes(spec?.type));
    expect(
      published.map(({ metadata, spec }) => [metadata.name, spec.ports.map(({ port }: { port: number }) => port)]),
    ).toEqual([
      ['nginx', [9300]],
      ['pulsar-public-tls', [6651]],
    ]);
  });

  test('a reserved address is requested, an assigned one is not', () => {
    const objects = flc({ addresses: { nginx: { reserved: '192.0.2.72' }, pulsar: '192.0.2.73' } });
    expect(find(objects, 'Service', 'nginx').spec.loadBalancerIP).toBe('192.0.2.72');
    expect(find(objects, 'Service', 'pulsar-public-tls').spec.loadBalancerIP).toBeUndefined();
  });

  test('whatever must survive is in a claim with a class and a size, and nothing is in the pod alone', () => {
    const claims = workloadsOf(flc({ storageClass: 'gold' })).flatMap(({ spec }) =>
      spec && 'volumeClaimTemplates' in spec ? (spec.volumeClaimTemplates ?? []) : [],
    );
    expect(claims).toHaveLength(6);
    for (const { spec } of claims) {
      expect(spec?.storageClassName).toBe('gold');
      expect(spec?.resources?.requests?.['storage']).toMatch(/^[1-9]\d*Gi$/);
    }
    for (const pod of workloadsOf(flc()).map(podOf)) {
      const passing = (pod.volumes ?? []).filter(({ emptyDir, hostPath }) => emptyDir || hostPath);
      const mounts = containersOf(pod).flatMap(({ volumeMounts = [] }) => volumeMounts);
      const paths = mounts.filter((it) => passing.some(({ name }) => name === it.name)).map((it) => it.mountPath);
      for (const path of paths) expect(['/tmp', '/var/run/mysqld', '/spark/logs']).toContain(path);
    }
  });

  test('a single claim may be of another class, and one without a class is of the default one of the cluster', () => {
    const classesOf = (props: Partial<PartyProps>) =>
      Object.fromEntries(
        workloadsOf(flc(props)).flatMap(({ metadata, spec }) =>
          spec && 'volumeClaimTemplates' in spec
            ? [[metadata?.name, spec.volumeClaimTemplates?.map((claim) => claim.spec?.storageClassName ?? null).join()]]
            : [],
        ),
      );
    expect(classesOf({ storageClass: 'gold', storageClasses: { pulsar: 'fast', mysql: false } })).toEqual({
      mysql: '',
      fateflow: 'gold',
      client: 'gold',
      namenode: 'gold',
      datanode: 'gold',
      pulsar: 'fast',
    });
    expect(new Set(Object.values(classesOf({ storageClass: false })))).toEqual(new Set(['']));
  });

  test('the claims have the sizes of the plan', () => {
    const sizes = (name: string) =>
      find(flc({ sizing: 'reference' }), 'StatefulSet', name).spec.volumeClaimTemplates[0].spec.resources.requests
        .storage;
    expect(['mysql', 'fateflow', 'client', 'namenode', 'datanode', 'pulsar'].map(sizes)).toEqual([
      '1Gi',
      '10Gi',
      '1Gi',
      '3Gi',
      '10Gi',
      '1Gi',
    ]);
  });

  test.each(Object.keys(sizingPresets) as SizingPreset[])(
    'every container of %s says what it needs, what it may take, and how it is',
    (sizing) => {
      for (const workload of workloadsOf(flc({ sizing }))) {
        const pod = podOf(workload);
        expect(pod.automountServiceAccountToken).toBe(false);
        expect(pod.enableServiceLinks).toBe(false);
        for (const { name, resources, securityContext } of containersOf(pod)) {
          expect(Object.keys(resources?.requests ?? {}), name).toEqual(['cpu', 'memory']);
          expect(Object.keys(resources?.limits ?? {}), name).toEqual(['cpu', 'memory']);
          expect(securityContext?.allowPrivilegeEscalation, name).toBe(false);
        }
        for (const { name, startupProbe, readinessProbe, livenessProbe } of pod.containers) {
          expect(Boolean(startupProbe && readinessProbe && livenessProbe), name).toBe(true);
        }
      }
    },
  );

  test('probes ask ports that their container opens', () => {
    for (const workload of workloadsOf(flc())) {
      for (const { name, ports = [], ...probes } of podOf(workload).containers) {
        for (const probe of [probes.startupProbe, probes.readinessProbe, probes.livenessProbe]) {
          const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
          if (port !== undefined)
            expect(
              ports.flatMap((it) => [it.name, it.containerPort]),
              name,
            ).toContain(port);
        }
      }
    }
  });

  test('every mounted volume is there, and every volume is mounted', () => {
    for (const workload of workloadsOf(flc())) {
      const pod = podOf(workload);
      const claims =
        (workload.spec && 'volumeClaimTemplates' in workload.spec && workload.spec.volumeClaimTemplates) || [];
      const there = [...(pod.volumes ?? []).map(({ name }) => name), ...claims.map(({ metadata }) => metadata?.name)];
      const mounted = containersOf(pod).flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
      expect(new Set(mounted)).toEqual(new Set(there));
    }
  });

  test('pods read Secrets by the names and keys of the table, and no others', () => {
    const known = new Map<string, readonly string[]>(
      Object.values(secrets).map(({ name, keys }) => [name, Object.values(keys)]),
    );
    const pods = workloadsOf(flc()).map(podOf);
    const references = pods.flatMap((pod) =>
      containersOf(pod).flatMap(({ env = [] }) => env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? [])),
    );
    for (const { name, key } of references) expect(known.get(`${name}`)).toContain(key);
    const mounted = pods.flatMap(({ volumes = [] }) => volumes.flatMap(({ secret }) => secret?.secretName ?? []));
    expect(new Set([...references.map(({ name }) => name), ...mounted])).toEqual(
      new Set(['mysql', 'fateboard', 'notebook', 'pulsar-cert']),
    );
  });

  test('a pod starts anew when a file that it reads only at its start has changed', () => {
    const template = (objects: ReturnType<typeof flc>, kind: string, name: string) =>
      find(objects, kind, name).spec.template;
    const before = flc();
    const more = flc({ sparkWorkers: 3 });
    expect(template(more, 'StatefulSet', 'fateflow')).not.toEqual(template(before, 'StatefulSet', 'fateflow'));
    expect(template(more, 'StatefulSet', 'pulsar')).toEqual(template(before, 'StatefulSet', 'pulsar'));
  });

  test('up to Kubernetes 1.24 pods are admitted by a policy, from 1.25 on by labels, never by both', () => {
    const binding = ({ kind }: { kind: string }) => kind === 'RoleBinding';
    const labels = (objects: ReturnType<typeof flc>) =>
      Object.keys(objects[0].metadata.labels).filter((key) => key.startsWith('pod-security'));
    const [old, current] = [flc({ kubernetes: '1.24' }), flc({ kubernetes: '1.25' })];
    expect([old.filter(binding).length, labels(old).length]).toEqual([1, 0]);
    expect([current.filter(binding).length, labels(current).length]).toEqual([0, 3]);
    expect(old.find(binding).subjects[0].name).toBe('system:serviceaccounts:fate-30000');
  });

  test('up to Kubernetes 1.24 no pod asks for a system call filter, which a policy may not list', () => {
    const filters = (kubernetes: string) =>
      workloadsOf(flc({ kubernetes })).map((it) => podOf(it).securityContext?.seccompProfile?.type);
    expect(new Set(filters('1.24'))).toEqual(new Set([undefined]));
    expect(new Set(filters('1.25'))).toEqual(new Set(['RuntimeDefault']));
  });

  test('images come from the release, from a mirror, or from where the operator says', () => {
    const images = (props: Partial<PartyProps>) =>
      workloadsOf(flc(props)).flatMap((it) => containersOf(podOf(it)).map(({ image }) => `${image}`));
    expect([...new Set(images({}))].sort()).toEqual(published[fate]);
    for (const image of images({ registry: 'harbor.example.com/fate' }))
      expect(image).toMatch(/^harbor\.example\.com\/fate\/[^/]+:/);
    expect(images({ registry: 'harbor.example.com', images: { mysql: 'mysql:8.0.36' } })).toContain('mysql:8.0.36');
  });

  test('pull Secrets reach every pod', () => {
    for (const workload of workloadsOf(flc({ imagePullSecrets: ['harbor'] }))) {
      expect(podOf(workload).imagePullSecrets).toEqual([{ name: 'harbor' }]);
    }
  });

  test('notebook and FATE Board are published under the host names of the party, the other interfaces on request', () => {
    const ingresses = (props: Partial<PartyProps>) => flc(props).filter(({ kind }) => kind === 'Ingress');
    const summary = ingresses({}).map(({ metadata, spec }) => [
      metadata.name,
      spec.ingressClassName,
      spec.rules[0].host,
    ]);
    expect(summary).toEqual([
      ['notebook', 'nginx', '30000.notebook.example.com'],
      ['fateboard', 'nginx', '30000.fateboard.example.com'],
    ]);
    const all = ingresses({
      ingress: { ingressClassName: 'contour', uis: ['spark', 'pulsar'], basicAuthSecret: false, tlsSecret: 'fate-tls' },
    });
    expect(
      all.map(({ spec }) => [spec.ingressClassName, spec.tls, spec.rules[0].http.paths[0].backend.service]),
    ).toEqual([
      [
        'contour',
        [{ hosts: ['30000.spark.example.com'], secretName: 'fate-tls' }],
        { name: 'spark-master', port: { number: 8080 } },
      ],
      [
        'contour',
        [{ hosts: ['30000.pulsar.example.com'], secretName: 'fate-tls' }],
        { name: 'pulsar', port: { number: 8080 } },
      ],
    ]);
    expect(ingresses({ ingress: { uis: [] } })).toEqual([]);
  });

  test("Ingresses have the names, Secrets and annotations of the party's own infrastructure", () => {
    const annotations = {
      'cert-manager.io/cluster-issuer': 'org1',
      'nginx.ingress.kubernetes.io/proxy-read-timeout': '60',
    };
    const hosts = { fateboard: 'board.org1.example.net' };
    const tlsSecret = { notebook: 'notebook-tls', fateboard: 'board-tls' };
    const [notebook, fateboard] = flc({
      ingress: { domain: 'org1.example.net', hosts, annotations, tlsSecret },
    }).filter(({ kind }) => kind === 'Ingress');
    expect(notebook.spec.rules[0].host).toBe('notebook-30000.org1.example.net');
    expect(notebook.spec.tls).toEqual([{ hosts: ['notebook-30000.org1.example.net'], secretName: 'notebook-tls' }]);
    expect(fateboard.spec.rules[0].host).toBe('board.org1.example.net');
    expect(fateboard.spec.tls).toEqual([{ hosts: ['board.org1.example.net'], secretName: 'board-tls' }]);
    expect(fateboard.metadata.annotations).toEqual(annotations);
    const upload = { 'nginx.ingress.kubernetes.io/proxy-body-size': '0' };
    expect(notebook.metadata.annotations).toMatchObject({ ...upload, ...annotations });
  });

  test('whoever opens Spark or Pulsar is asked by the ingress controller, and FATE Board and the notebook ask themselves', () => {
    const uis = ['notebook', 'fateboard', 'spark', 'pulsar'] as const;
    const asking = (basicAuthSecret: string | false) =>
      flc({ ingress: { uis, basicAuthSecret } })
        .filter(({ kind }) => kind === 'Ingress')
        .map(({ metadata: { name, annotations } }) => [
          name,
          annotations?.['nginx.ingress.kubernetes.io/auth-type'],
          annotations?.['nginx.ingress.kubernetes.io/auth-secret'],
        ]);
    expect(asking('users')).toEqual([
      ['notebook', undefined, undefined],
      ['fateboard', undefined, undefined],
      ['spark', 'basic', 'users'],
      ['pulsar', 'basic', 'users'],
    ]);
    expect(asking(false).flat()).not.toContain('basic');
    const fromSecret = (container: string, variable: string) =>
      containerOf(flc(), container).env?.find(({ name }) => name === variable)?.valueFrom?.secretKeyRef?.name;
    expect(fromSecret('fateboard', 'FATEBOARD_PASSWORD')).toBe(secrets.fateboard.name);
    expect(fromSecret('client', 'JUPYTER_TOKEN')).toBe(secrets.notebook.name);
  });

  test('a party without an exchange is complete, needs no certificate and publishes no Pulsar', () => {
    const objects = alone();
    expect(objects.some(({ metadata }) => metadata.name === services.pulsarPublicTls.name)).toBe(false);
    expect(JSON.stringify(objects)).not.toContain(secrets.pulsarCertificate.name);
  });
});
