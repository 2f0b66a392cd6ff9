import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FateRelease, releases } from '../../../lib/fate/releases';
import { cache } from '../support/engines';
import type { Image } from '../support/pod';

/** Spark's release in the images of FATE Flow and the workers, as far as it is set up by it: `3.1`. */
export const sparkRelease = (fate: FateRelease): string => {
  const { sparkHome } = releases[fate].fateflow;
  return /spark-(\d+\.\d+)/.exec(sparkHome)?.[1] ?? sparkHome;
};

export const sparkFiles = (fate: FateRelease): string => join(cache, `spark-${sparkRelease(fate)}`);

/** What Spark 2.4 looks into. It was made for Java 8, which kept nothing closed. */
const opened =
  'java.io java.lang java.lang.invoke java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic sun.nio.ch';
const quickStart = '-XX:+UseSerialGC -XX:TieredStopAtLevel=1';

/** The Java that Spark runs on: the machine's, or its own. */
export const javaOf = (fate: FateRelease): Readonly<Record<string, string>> =>
  sparkRelease(fate) === '2.4'
    ? {
        JAVA_TOOL_OPTIONS: [
          ...opened.split(' ').map((it) => `--add-opens=java.base/${it}=ALL-UNNAMED`),
          quickStart,
        ].join(' '),
      }
    : { JAVA_HOME: join(sparkFiles(fate), 'java'), JAVA_TOOL_OPTIONS: quickStart };

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const pythonOf = (fate: FateRelease) => join(sparkFiles(fate), 'python/bin');

/** Spark where the images have it, started as big-data-europe's images start it: the master is bound to its pod's name. */
export const sparkMaster = (fate: FateRelease): Image => ({
  command: [
    'sh',
    '-c',
    'exec /spark/bin/spark-class org.apache.spark.deploy.master.Master --ip "$(hostname)" --port $SPARK_MASTER_PORT --webui-port $SPARK_MASTER_WEBUI_PORT',
  ],
  links: { '/spark': sparkFiles(fate) },
  env: { ...javaOf(fate), PATH: path, SPARK_MASTER_PORT: '7077', SPARK_MASTER_WEBUI_PORT: '8080' },
});

export const sparkWorker = (fate: FateRelease, spark = sparkFiles(fate)): Image => ({
  command: [
    'sh',
    '-c',
    'exec /spark/bin/spark-class org.apache.spark.deploy.worker.Worker --webui-port $SPARK_WORKER_WEBUI_PORT $SPARK_MASTER',
  ],
  links: { '/spark': spark },
  env: {
    ...javaOf(fate),
    PATH: `${pythonOf(fate)}:${path}`,
    SPARK_MASTER: 'spark://spark-master:7077',
    SPARK_WORKER_WEBUI_PORT: '8081',
  },
});

/** FATE Flow's image without FATE Flow: its server waits, and jobs are submitted by hand. */
export const driver = (fate: FateRelease): Image => {
  const { sparkHome, configuration, command } = releases[fate].fateflow;
  const [, server = ''] = command;
  const workingDirectory = '/data/projects/fate';
  return {
    files: {
      [join(workingDirectory, server)]: 'import time\ntime.sleep(3600)\n',
      '/job.py': readFileSync(join(__dirname, 'job.py'), 'utf8'),
      '/waiting.py': readFileSync(join(__dirname, 'waiting.py'), 'utf8'),
    },
    directories: [configuration],
    links: { [sparkHome]: sparkFiles(fate) },
    workingDirectory,
    env: { ...javaOf(fate), PATH: `${sparkHome}/bin:${pythonOf(fate)}:${path}`, SPARK_HOME: sparkHome },
  };
};
