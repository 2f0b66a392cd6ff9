import { board } from './fate-1';
import { applicationProperties, fate2 } from './fate-2';
import type { Release } from './release';
import { buildsFor, builtOf } from './since-1.11';

const built = builtOf('2.0.0');

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
  builds: buildsFor(built),
  charts: { version: 'v2.0.0' },
  fateboard: { pod: 'fateboard', jobs: 'fateflow', ...board, applicationProperties },
} as const satisfies Release;
