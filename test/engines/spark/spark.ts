import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { releases } from '../../../lib/fate/releases';
import { cache } from '../support/engines';
import type { Image } from '../support/pod';

/** What Spark 2.4 looks into. It was made for Java 8, which kept nothing closed. */
const opened =
  'java.io java.lang java.lang.invoke java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic sun.nio.ch';
const javaOptions = [
  ...opened.split(' ').map((it) => `--add-opens=java.base/${it}=ALL-UNNAMED`),
  '-XX:+UseSerialGC', // these two for a quick start
  '-XX:TieredStopAtLevel=1',
].join(' ');

const home = join(cache, 'spark');
const python = { '/usr/local/bin/python': join(home, 'python/bin/python') };
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Spark where the images have it, started as big-data-europe's images start it: the master is bound to its pod's name. */
export const sparkMaster: Image = {
  command: [
    'sh',
    '-c',
    'exec /spark/bin/spark-class org.apache.spark.deploy.master.Master --ip "$(hostname)" --port $SPARK_MASTER_PORT --webui-port $SPARK_MASTER_WEBUI_PORT',
  ],
  links: { '/spark': home },
  env: { JAVA_TOOL_OPTIONS: javaOptions, PATH: path, SPARK_MASTER_PORT: '7077', SPARK_MASTER_WEBUI_PORT: '8080' },
};

export const sparkWorker: Image = {
  command: [
    'sh',
    '-c',
    'exec /spark/bin/spark-class org.apache.spark.deploy.worker.Worker --webui-port $SPARK_WORKER_WEBUI_PORT $SPARK_MASTER',
  ],
  links: { '/spark': home, ...python },
  env: {
    JAVA_TOOL_OPTIONS: javaOptions,
    PATH: path,
    SPARK_MASTER: 'spark://spark-master:7077',
    SPARK_WORKER_WEBUI_PORT: '8081',
  },
};

/** Where FATE Flow's image has Spark. */
export const { sparkHome } = releases['1.6.1'].fateflow;

/** FATE Flow's image without FATE Flow: its server waits, and jobs are submitted by hand. */
export const driver: Image = {
  files: {
    '/data/projects/fate/python/fate_flow/fate_flow_server.py': 'import time\ntime.sleep(3600)\n',
    '/job.py': readFileSync(join(__dirname, 'job.py'), 'utf8'),
    '/waiting.py': readFileSync(join(__dirname, 'waiting.py'), 'utf8'),
  },
  directories: ['/data/projects/fate/conf'],
  links: { [sparkHome]: home, ...python },
  workingDirectory: '/data/projects/fate/python',
  env: { JAVA_TOOL_OPTIONS: javaOptions, PATH: `${sparkHome}/bin:${path}`, SPARK_HOME: sparkHome },
};
