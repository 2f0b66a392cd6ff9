import { type ExternalSpark, executorMemoryMiB } from '../spark';
import type { ConfiguredParty, Settings } from './release';

/**
 * `spark-defaults.conf` of FATE Flow's pod, where drivers run. Drivers and executors of Spark read no file of Hadoop: what HDFS
 * leaves to its clients is here.
 */
export const sparkSettings = ({ spark, hdfs }: ConfiguredParty): Settings => ({
  'spark.master': `spark://${spark.masters.map(({ host, port }) => `${host}:${port}`).join(',')}`,
  'spark.driver.host': '${POD_IP}',
  ...(spark.isExternal && externalSettings(spark)),
  'spark.executor.memory': `${executorMemoryMiB(spark.workers)}m`,
  ...Object.fromEntries(Object.entries(hdfs.settings).map(([name, value]) => [`spark.hadoop.${name}`, value])),
});

/**
 * Ports that firewalls know, and what belongs to machines of others. Who finds a port taken takes the next one; the pages of drivers do
 * so, too, from 4040 on.
 *
 * @see Spark 2.4 and 3.1, "Configuration", `spark.port.maxRetries`
 */
function externalSettings({ driverHost, ports, python }: ExternalSpark): Settings {
  const [[driver, last], [blocks], [executors]] = [ports.drivers, ports.blocks, ports.executors];
  return {
    ...(driverHost !== undefined && { 'spark.driver.host': driverHost }),
    'spark.driver.bindAddress': '${POD_IP}',
    'spark.driver.port': driver,
    'spark.driver.blockManager.port': blocks,
    'spark.blockManager.port': executors,
    'spark.port.maxRetries': last - driver,
    ...(python.executable !== undefined && {
      'spark.pyspark.python': python.executable,
      'spark.pyspark.driver.python': 'python', // FATE Flow's own
    }),
    ...(python.path.length > 0 && { 'spark.executorEnv.PYTHONPATH': python.path.join(':') }),
  };
}
