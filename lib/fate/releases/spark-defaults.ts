import { services } from '../services';
import { executorMemoryMiB } from '../spark';
import type { ConfiguredParty, Settings } from './release';

/**
 * `spark-defaults.conf` of FATE Flow's pod, where drivers run. Drivers and executors of Spark read no file of Hadoop: what HDFS
 * leaves to its clients is here.
 */
export const sparkSettings = ({ sizing, hdfs }: ConfiguredParty): Settings => ({
  'spark.master': `spark://${services.sparkMaster.name}:${services.sparkMaster.ports.rpc}`,
  'spark.driver.host': '${POD_IP}',
  'spark.executor.memory': `${executorMemoryMiB(sizing)}m`,
  ...Object.fromEntries(Object.entries(hdfs.settings).map(([name, value]) => [`spark.hadoop.${name}`, value])),
});
