import { expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { type PartyProps, partyPlan } from '../../../lib';
import { containerOf, environmentOf, fileOf, find, objectsOf } from '../../support/objects';

const flc = (props: Partial<PartyProps> = {}) =>
  objectsOf(
    (app) => new FederatedLearningCluster(app, 'flc', partyPlan({ domain: 'example.com', id: 30000, ...props })),
  );

test('a node has one Spark worker at most, and a rollout does not wait for a second', () => {
  const { replicas, strategy, selector, template } = find(flc({ sparkWorkers: 3 }), 'Deployment', 'spark-worker').spec;
  expect(replicas).toBe(3);
  expect(strategy.rollingUpdate).toEqual({ maxSurge: 0, maxUnavailable: 1 });
  expect(template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution).toEqual([
    { topologyKey: 'kubernetes.io/hostname', labelSelector: selector },
  ]);
});

test('a Spark worker offers the cores of its container, and of its memory what Python leaves', () => {
  const environment = environmentOf(containerOf(flc(), 'spark-worker'));
  expect(environment).toMatchObject({ SPARK_WORKER_CORES: '8', SPARK_WORKER_MEMORY: '12288m' });
});

test('a Spark worker that has lost its master looks for it by its Service', () => {
  expect(environmentOf(containerOf(flc(), 'spark-worker'))['SPARK_WORKER_OPTS']).toBe(
    '-Dspark.worker.preferConfiguredMasterAddress=true',
  );
});

test("Spark's master is known by its pod's address, while it starts too", () => {
  expect(find(flc(), 'Service', 'spark-master').spec).toMatchObject({
    clusterIP: 'None',
    publishNotReadyAddresses: true,
  });
});

test('Spark and HDFS keep as many copies of a block as the plan says', () => {
  const objects = flc({ datanodes: 3, replication: 2 });
  expect(fileOf(objects, 'fateflow-config', 'spark-defaults.conf')).toMatch(/^spark\.hadoop\.dfs\.replication 2$/m);
  for (const name of ['namenode', 'datanode']) {
    expect(environmentOf(containerOf(objects, name))['HDFS_CONF_dfs_replication']).toBe('2');
  }
  expect(find(objects, 'StatefulSet', 'datanode').spec.replicas).toBe(3);
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
