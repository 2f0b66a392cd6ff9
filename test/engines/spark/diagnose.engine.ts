import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { partyPlan } from '../../../lib';
import { containerOf, objectsOf } from '../../support/objects';
import { type Addresses, type Hdfs, hadoop, hdfsHosts, hdfsVolumes, startHdfs, type Volumes } from '../hadoop/hdfs';
import { noPods, refusal, titled } from '../support/engines';
import { faultsOf, type Shown } from '../support/looking';
import { address } from '../support/network';
import { type Image, type Pod, startPod, untilReady } from '../support/pod';
import { probed } from '../support/probe';
import { driver, sparkMaster, sparkWorker } from './spark';

const refused = refusal('spark-2.4') ?? refusal('hadoop-2.7') ?? noPods();
const plan = partyPlan({ domain: 'example.com', id: 30000, sparkWorkers: 1 });
const objects = objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));

const addresses = { master: address(131), worker: address(132), fateflow: address(133) };
const hdfsAddresses: Addresses = { namenode: address(134), datanodes: [address(135)] };
const hosts = `${addresses.master} spark-master\n${hdfsHosts(objects, hdfsAddresses)}\n`;

/** FATE Flow, its database, nginx, Pulsar and the notebook are not there. */
const absent = /^(mysql|nginx|pulsar|interface|fateflow)-lost at (pods|connection|fate-flow)|^name-unknown/;

describe.skipIf(refused !== undefined)(titled('a diagnosis of Spark and HDFS', refused), () => {
  let volumes: { readonly hdfs: Volumes; readonly fateflow: string };
  let hdfs: Hdfs;
  let master: Pod;
  let worker: Pod;
  let fateflow: Pod;

  beforeAll(async () => {
    volumes = { hdfs: hdfsVolumes(plan.sizing.datanodes), fateflow: mkdtempSync('/run/fateflow-') };
    [hdfs, master, fateflow, worker] = await Promise.all([
      startHdfs('1.6.1', objects, volumes.hdfs, hdfsAddresses),
      start('spark-master', sparkMaster(plan.fate), addresses.master),
      startPod({
        statefulSet: 'fateflow',
        container: 'python',
        volumes: { data: volumes.fateflow },
        objects,
        secrets: { mysql: { password: 'unused' } },
        image: driver(plan.fate),
        address: addresses.fateflow,
        hosts,
      }),
      start('spark-worker', sparkWorker(plan.fate), addresses.worker),
    ]);
  }, 900_000);
  afterAll(async () => {
    await Promise.all([master, worker, fateflow].map((pod) => pod?.stop()));
    await hdfs?.stop();
    volumes.hdfs.remove();
    rmSync(volumes.fateflow, { recursive: true });
  });

  const start = async (deployment: string, image: Image, address: string): Promise<Pod> => {
    const pod = await startPod({ deployment, objects, image, address, hosts });
    const ready = async () => expect(await probed(pod, containerOf(objects, deployment))).toEqual([200, 200, 200]);
    return untilReady(pod, ready);
  };
  const shown = (): readonly Shown[] => [
    { pod: fateflow, workload: 'fateflow', container: 'python' },
    { pod: hdfs.namenode, workload: 'namenode' },
    ...hdfs.datanodes.map((pod, ordinal) => ({ pod, workload: 'datanode', ordinal })),
    { pod: master, workload: 'spark-master' },
    { pod: worker, workload: 'spark-worker' },
  ];
  const eventually = (expected: readonly string[]) =>
    vi.waitFor(
      async () => expect((await faultsOf(plan, shown(), [])).filter((it) => !absent.test(it))).toEqual(expected),
      { timeout: 270_000, interval: 2000 },
    );

  test('finds nothing where both work', () => eventually([]), 360_000);

  test('HDFS in safe mode is told of', async () => {
    const safeMode = (state: string) => hadoop(hdfs.namenode, 'hdfs.tools.DFSAdmin', '-safemode', state);
    await safeMode('enter');
    await eventually(['hdfs-safe-mode at hdfs safe mode: party 30000']);
    await safeMode('leave');
    await eventually([]);
  });

  test('a Spark whose only worker is lost is told of by its master, before Kubernetes knows of it', async () => {
    await worker.stop();
    await eventually(['no-spark-worker at spark: party 30000']);
  });
});
