import type { Sizing } from './sizes';

/**
 * Copies that FATE Flow asks for when it writes a table, whatever its settings say: pyarrow has a number of its own, and gives
 * it with every file that it makes. HDFS makes as many as there are datanodes. Nothing bounds it: a largest number at the
 * namenode, `dfs.replication.max`, ends the call instead. So capacity counts these copies. What Spark writes has the declared
 * ones.
 *
 * @see Arrow, `HdfsOptions`; Hadoop 2.7.4, `BlockManager.verifyReplication`
 */
export const askedCopies = 3;

/** Settings of HDFS that are the client's choice: the same for every client, since each goes by a file of its own. */
export const hdfsClientSettings = ({ replication, datanodes }: Pick<Sizing, 'replication' | 'datanodes'>) =>
  ({
    'dfs.replication': `${replication}`,
    // FATE appends to its tables, and wherever copies are missing an append asks for another datanode. There may be none.
    'dfs.client.block.write.replace-datanode-on-failure.policy': datanodes > askedCopies ? 'DEFAULT' : 'NEVER',
    'dfs.client.block.write.replace-datanode-on-failure.best-effort': 'true',
  }) as const;
