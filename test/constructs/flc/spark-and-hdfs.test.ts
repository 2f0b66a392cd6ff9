import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FederatedLearningCluster } from '../../../constructs';
import { type FateRelease, type PartyProps, partyPlan, releases } from '../../../lib';
import { containerOf, environmentOf, fileOf, find, objectsOf } from '../../support/objects';

describe.each(Object.keys(releases) as FateRelease[])('of FATE %s', (fate) => {
  const { container, hadoopConfiguration } = releases[fate].fateflow;
  const flc = (props: Partial<PartyProps> = {}) =>
    objectsOf(
      (app) =>
        new FederatedLearningCluster(app, 'flc', partyPlan({ domain: 'example.com', fate, id: 30000, ...props })),
    );

  test('a node has one Spark worker at most, and a rollout does not wait for a second', () => {
    const { replicas, strategy, selector, template } = find(
      flc({ sparkWorkers: 3 }),
      'Deployment',
      'spark-worker',
    ).spec;
    expect(replicas).toBe(3);
    expect(strategy.rollingUpdate).toEqual({ maxSurge: 0, maxUnavailable: 1 });
    expect(template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution).toEqual([
      { topologyKey: 'kubernetes.io/hostname', labelSelector: selector },
    ]);
  });

  test('a Spark worker offers the cores of its container, and of its memory what Python leaves', () => {
    const environment = environmentOf(containerOf(flc(), 'spark-worker'));
    expect(environment).toMatchObject({ SPARK_WORKER_CORES: '8', SPARK_WORKER_MEMORY: '11702m' });
  });

  test("FATE Flow's ledger and its jobs count on what the workers offer", () => {
    const resources = { sparkWorker: { requests: { cpu: 1, memoryGiB: 4 }, limits: { cpu: 12, memoryGiB: 5 } } };
    const objects = flc({ sparkWorkers: 3, resources, belowGuideline: true });
    const offer = environmentOf(containerOf(objects, 'spark-worker'));
    expect(offer).toMatchObject({ SPARK_WORKER_CORES: '8', SPARK_WORKER_MEMORY: '3657m' });
    expect(environmentOf(containerOf(objects, container))).toMatchObject({
      SPARK_WORKERS: '3',
      SPARK_WORKER_MEMORY: offer['SPARK_WORKER_MEMORY'],
    });
    expect(fileOf(objects, 'fateflow-config', 'spark-defaults.conf')).toMatch(/^spark\.executor\.memory 457m$/m);
    const { fate_on_spark, computing } = parse(fileOf(objects, 'fateflow-config', 'service_conf.yaml'));
    expect(fate_on_spark?.spark ?? computing.spark).toMatchObject(
      fate_on_spark ? { cores_per_node: 8, nodes: 3 } : { cores: 24 },
    );
  });

  test.each([1, 8, 32])(
    'in a container of %i GiB a daemon has a heap of that size, and room beside it',
    (memoryGiB) => {
      const sized = { requests: { cpu: 1, memoryGiB }, limits: { cpu: 4, memoryGiB } };
      const resources = { sparkMaster: sized, namenode: sized, datanode: sized };
      const objects = flc({ resources, belowGuideline: true });
      const heaps = [
        environmentOf(containerOf(objects, 'spark-master'))['SPARK_DAEMON_MEMORY']?.replace('m', ''),
        environmentOf(containerOf(objects, 'namenode'))['HADOOP_HEAPSIZE'],
        environmentOf(containerOf(objects, 'datanode'))['HADOOP_HEAPSIZE'],
      ];
      expect(heaps.map(Number)).toEqual(heaps.map(() => memoryGiB * 768));
    },
  );

  test('MySQL fills its volume with no log of changes that nobody reads', () => {
    expect(containerOf(flc(), 'mysql').args).toEqual(['--skip-log-bin']);
  });

  test.each([
    ['that has lost its master looks for it by its Service', 'spark.worker.preferConfiguredMasterAddress'],
    ['clears up what applications leave in its container', 'spark.worker.cleanup.enabled'],
  ])('a Spark worker %s', (_, property) => {
    const options = environmentOf(containerOf(flc(), 'spark-worker'))['SPARK_WORKER_OPTS']?.split(' ');
    expect(options).toContain(`-D${property}=true`);
  });

  test("Spark's master is known by its pod's address, while it starts too", () => {
    expect(find(flc(), 'Service', 'spark-master').spec).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
    });
  });

  const settingsOfFile = (xml: string) =>
    Object.fromEntries(
      [...xml.matchAll(/<name>(.*?)<\/name><value>(.*?)<\/value>/g)].map(([, name, value]) => [name, value]),
    );

  /** Settings of every client of HDFS: FATE Flow's own, Spark's drivers and executors, whoever calls Hadoop's tools in its pods. */
  const clientsOf = (objects: ReturnType<typeof flc>) => {
    const spark = fileOf(objects, 'fateflow-config', 'spark-defaults.conf')
      .split('\n')
      .flatMap((line) => (line.startsWith('spark.hadoop.') ? [line.slice('spark.hadoop.'.length).split(' ')] : []));
    const inPod = (name: string) =>
      Object.entries(environmentOf(containerOf(objects, name))).flatMap(([key, value]) =>
        key.startsWith('HDFS_CONF_')
          ? [[key.slice('HDFS_CONF_'.length).replaceAll('___', '-').replaceAll('_', '.'), value]]
          : [],
      );
    return {
      'FATE Flow': settingsOfFile(fileOf(objects, 'fateflow-config', 'hdfs-site.xml')),
      Spark: Object.fromEntries(spark),
      namenode: Object.fromEntries(inPod('namenode')),
      datanode: Object.fromEntries(inPod('datanode')),
    };
  };

  test.each([
    [1, 1, 'NEVER'],
    [3, 2, 'NEVER'],
    [4, 1, 'DEFAULT'],
  ] as const)(
    'on %i datanodes every client of HDFS makes %i copies unless asked for more, and appends with what is there',
    (datanodes, replication, policy) => {
      for (const [client, settings] of Object.entries(clientsOf(flc({ datanodes, replication })))) {
        expect(settings, client).toMatchObject({
          'dfs.replication': `${replication}`,
          'dfs.client.block.write.replace-datanode-on-failure.policy': policy,
          'dfs.client.block.write.replace-datanode-on-failure.best-effort': 'true',
        });
      }
    },
  );

  test("FATE Flow's settings are where its Hadoop client looks for them", () => {
    expect(containerOf(flc(), container).volumeMounts).toContainEqual({
      name: 'fateflow-config',
      mountPath: `${hadoopConfiguration}/hdfs-site.xml`,
      subPath: 'hdfs-site.xml',
      readOnly: true,
    });
  });

  test('there are as many datanodes as the plan says, and without a word as many as the release has', () => {
    expect(find(flc(), 'StatefulSet', 'datanode').spec.replicas).toBe(releases[fate].hdfs.datanodes);

    expect(find(flc({ datanodes: 3 }), 'StatefulSet', 'datanode').spec.replicas).toBe(3);
  });

  test.each(['production', 'neuralNetwork'] as const)(
    'with sizing %s each block outlives the loss of a datanode, and as many are there as FATE Flow asks for copies',
    (sizing) => {
      const objects = flc({ sizing });
      expect(find(objects, 'StatefulSet', 'datanode').spec.replicas).toBe(3);
      for (const settings of Object.values(clientsOf(objects))) expect(settings['dfs.replication']).toBe('2');
      const single = clientsOf(flc({ sizing, datanodes: 1 }));
      for (const settings of Object.values(single)) expect(settings['dfs.replication']).toBe('1');
    },
  );

  test.each([
    ['1.20', 'policy/v1beta1'],
    ['1.25', 'policy/v1'],
  ])('on Kubernetes %s datanodes are evicted one by one where there are several', (kubernetes, apiVersion) => {
    const budgets = (datanodes: number) =>
      flc({ datanodes, kubernetes }).filter(({ kind }) => kind === 'PodDisruptionBudget');
    const [budget, ...others] = budgets(2);
    const { selector } = find(flc({ datanodes: 2 }), 'StatefulSet', 'datanode').spec;
    expect(others).toEqual([]);
    expect(budget).toMatchObject({ apiVersion, spec: { maxUnavailable: 1, selector } });
    expect(budgets(1)).toEqual([]);
  });

  test('the namenode listens on every address, and the datanodes call it by the name of its Service', () => {
    const objects = flc();
    expect(fileOf(objects, 'namenode-config', 'core-site.xml')).toContain(
      '<name>fs.default.name</name><value>hdfs://0.0.0.0:9000</value>',
    );
    expect(environmentOf(containerOf(objects, 'datanode'))).toMatchObject({
      SERVICE_PRECONDITION: 'namenode:9000',
      CORE_CONF_fs_defaultFS: 'hdfs://namenode:9000',
      HDFS_CONF_dfs_permissions_enabled: 'false',
      HDFS_CONF_dfs_namenode_datanode_registration_ip___hostname___check: 'false',
    });
  });

  test('the directories of MySQL and of the namenode are below their volumes, whose roots hold lost+found', () => {
    for (const name of ['mysql', 'namenode']) {
      const data = containerOf(flc(), name).volumeMounts?.find((mount) => mount.name === 'data');
      expect(data?.subPath, name).toBeTruthy();
    }
  });
});
