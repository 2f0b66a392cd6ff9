import { home } from './fate-1';
import { applicationProperties, fate2 } from './fate-2';
import type { Release } from './release';
import { builtOf } from './since-1.11';

const built = builtOf('2.2.0');

const boardHome = `${home}/fate_board`;

/**
 * Of 2.2.0 itself FATE's project published images for Eggroll only, and FATE Board's. Those for Spark are what its own builder
 * makes of this release, under the names that it gives them: whoever deploys it builds them, and names where they are by
 * `registry` or `images`.
 *
 * @see FATE-Builder, branch `feature-2.2.0`, `docker-build`
 */
export const fate220 = {
  ...fate2,
  images: {
    mysql: 'mysql:8.0.28',
    ...built(''),
    fateboard: 'federatedai/fateboard:2.1.1-release',
    client: 'federatedai/client:2.2.0-release',
    sparkMaster: 'federatedai/spark-master:2.2.0-release',
    namenode: 'federatedai/hadoop-namenode:2.0.0-hadoop3.2.1-java8',
    datanode: 'federatedai/hadoop-datanode:2.0.0-hadoop3.2.1-java8',
    // Published, and the same Lua.
    nginx: 'federatedai/nginx:2.0.0-release',
    pulsar: 'federatedai/pulsar:2.10.2',
    trafficServer: 'federatedai/trafficserver:latest',
  },
  unpublished: ['fateflow', 'client', 'sparkMaster', 'sparkWorker'],
  builds: [
    { algorithm: 'basic', device: 'cpu', images: {} },
    { algorithm: 'nn', device: 'cpu', images: built('-nn') },
    { algorithm: 'nn', device: 'gpu', images: built('-nn-gpu') },
    { algorithm: 'all', device: 'gpu', images: built('-all-gpu') },
  ],
  fateboard: {
    pod: 'fateboard',
    jobs: 'fateflow',
    configuration: `${boardHome}/conf`,
    command: [
      'java',
      `-Dspring.config.location=${boardHome}/conf/application.properties`,
      `-Dssh_config_file=${boardHome}/ssh`,
      '-Xms2048m',
      '-Xmx2048m',
      '-cp',
      'lib/*:*',
      'org.fedai.fate.board.bootstrap.Bootstrap',
    ],
    applicationProperties,
  },
} as const satisfies Release;
