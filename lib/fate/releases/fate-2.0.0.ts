import { board } from './fate-1';
import { applicationProperties, fate2 } from './fate-2';
import type { Release } from './release';

/** FATE Flow and Spark's workers, which carry FATE's code. */
const built = (suffix: string) => ({
  fateflow: `federatedai/fateflow-spark${suffix}:2.0.0-release`,
  sparkWorker: `federatedai/spark-worker${suffix}:2.0.0-release`,
});

/** @see KubeFATE v2.0.0, `helm-charts/FATE`; FATE-Builder, `docker-build/build.sh` */
export const fate200 = {
  ...fate2,
  images: {
    mysql: 'mysql:8.0.28',
    ...built(''),
    fateboard: 'federatedai/fateboard:2.0.0-release',
    client: 'federatedai/client:2.0.0-release',
    sparkMaster: 'federatedai/spark-master:2.0.0-release',
    namenode: 'federatedai/hadoop-namenode:2.0.0-hadoop3.2.1-java8',
    datanode: 'federatedai/hadoop-datanode:2.0.0-hadoop3.2.1-java8',
    nginx: 'federatedai/nginx:2.0.0-release',
    pulsar: 'federatedai/pulsar:2.10.2',
    trafficServer: 'federatedai/trafficserver:latest',
  },
  builds: [
    { algorithm: 'basic', device: 'cpu', images: {} },
    { algorithm: 'basic', device: 'ipcl', images: built('-ipcl') },
    { algorithm: 'nn', device: 'cpu', images: built('-nn') },
    { algorithm: 'nn', device: 'gpu', images: built('-nn-gpu') },
    { algorithm: 'all', device: 'gpu', images: built('-all-gpu') },
  ],
  charts: { version: 'v2.0.0' },
  fateboard: { pod: 'fateboard', jobs: 'fateflow', ...board, applicationProperties },
} as const satisfies Release;
