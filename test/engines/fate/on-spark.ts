import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type PartyPlan, releases, services } from '../../../lib';
import { type AnyObject, containerOf } from '../../support/objects';
import {
  clientFiles,
  type Hdfs,
  type Addresses as HdfsAddresses,
  hadoopHome,
  hdfsHosts,
  startHdfs,
} from '../hadoop/hdfs';
import { javaOf, sparkMaster, sparkWorker } from '../spark/spark';
import { cache } from '../support/engines';
import { type Image, type Pod, startPod, untilReady } from '../support/pod';
import { probed } from '../support/probe';
import { project, python, release } from './images';

/** Addresses of the pods of Spark and HDFS that a party has. */
export interface SparkAddresses {
  readonly master: string;
  readonly worker: string;
  readonly hdfs: HdfsAddresses;
  /** Whoever else runs them: what they are drawn by. @default the party itself does */
  readonly others?: readonly AnyObject[];
}

/** Spark and HDFS of a party, at work. */
export interface Computing {
  readonly worker: Pod;
  readonly hdfs: Hdfs;
  stop(): Promise<void>;
}

const { sparkHome, hadoopConfiguration } = releases[release].fateflow;
const files = join(cache, 'fate-spark');
const spark = join(files, 'spark');
const jars = join(hadoopHome(release), 'lib');

const environment = {
  ...python,
  ...javaOf(release),
  PYTHONPATH: `${python.PYTHONPATH}:${join(files, 'python')}`,
};

/** FATE Flow's image, with Spark and Hadoop. */
export const fateFlowOnSpark = (): Image => ({
  engine: 'fate',
  files: clientFiles(release),
  links: { [sparkHome]: spark, '/opt/hadoop': hadoopHome(release) },
  workingDirectory: project,
  env: {
    ...environment,
    // What pyarrow finds Hadoop by.
    ARROW_LIBHDFS_DIR: files,
    LD_LIBRARY_PATH: `${python.LD_LIBRARY_PATH}:${join(spark, 'java/lib/server')}`,
    CLASSPATH: [hadoopConfiguration, ...readdirSync(jars).map((it) => join(jars, it))].join(':'),
  },
});

const master = sparkMaster(release);
const worker = sparkWorker(release, spark);
/** FATE's code is in the workers' image, too. */
const workerOfFate: Image = { ...worker, engine: 'fate', env: { ...worker.env, ...environment } };

/** What the cluster's DNS tells of Spark and HDFS among pods of their namespace, as lines of `/etc/hosts`. */
export const sparkHosts = (objects: readonly AnyObject[], { master, hdfs }: SparkAddresses): string =>
  `${master} ${services.sparkMaster.name}\n${hdfsHosts(objects, hdfs)}`;

/** What DNS tells of those that others run. */
export const foreignHosts = ({ spark, hdfs }: PartyPlan, addresses: SparkAddresses): string =>
  [
    ...spark.masters.map(({ host }) => `${addresses.master} ${host}`),
    ...(hdfs.isExternal ? hdfs.namenodes.map(({ host }) => `${addresses.hdfs.namenode} ${host}`) : []),
  ].join('\n');

/**
 * Spark and HDFS, as files have them.
 *
 * @param hosts what DNS tells them: executors call a party's Pulsar by themselves
 */
export async function startSpark(
  objects: readonly AnyObject[],
  addresses: SparkAddresses,
  { hosts, directory }: { readonly hosts: string; readonly directory: string },
): Promise<Computing> {
  const volume = (pod: string) => {
    mkdirSync(join(directory, pod), { recursive: true });
    return join(directory, pod);
  };
  const volumes = {
    namenode: volume('namenode'),
    datanodes: addresses.hdfs.datanodes.map((_, i) => volume(`datanode-${i}`)),
  };
  const start = async (deployment: string, image: Image, address: string): Promise<Pod> => {
    const pod = await startPod({ deployment, objects, image, address, hosts });
    const ready = async () => expect(await probed(pod, containerOf(objects, deployment))).toEqual([200, 200, 200]);
    return untilReady(pod, ready);
  };
  const [hdfs, masterPod, workerPod] = await Promise.all([
    startHdfs(release, objects, volumes, addresses.hdfs),
    start('spark-master', master, addresses.master),
    start('spark-worker', workerOfFate, addresses.worker),
  ]);
  return {
    worker: workerPod,
    hdfs,
    stop: async () => {
      await Promise.all([hdfs, masterPod, workerPod].map((it) => it.stop()));
    },
  };
}
