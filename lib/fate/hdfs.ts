import { services } from './services';

/** An HDFS, as its clients are told of it: FATE Flow, and Spark's drivers and executors. */
export interface HdfsClient {
  /** By its namenode, `hdfs://namenode:9000`, or by a nameservice, `hdfs://analytics`. */
  readonly uri: string;
  /** Below which FATE has its directory. None: the root. */
  readonly pathPrefix?: string;
  /** Settings that are the client's choice. Drivers and executors of Spark read no file of Hadoop: each client has them in its own. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Where FATE makes its directory, which has the same name everywhere. */
export const fateDirectory = ({ uri, pathPrefix = '' }: HdfsClient): string => `${uri}${pathPrefix}/fate`;

/**
 * Copies that FATE Flow asks for when it writes a table, whatever its settings say: pyarrow has a number of its own, and gives
 * it with every file that it makes. HDFS makes as many as there are datanodes. Nothing bounds it: a largest number at the
 * namenode, `dfs.replication.max`, ends the call instead. So capacity counts these copies. What Spark writes has the declared
 * ones.
 *
 * @see Arrow, `HdfsOptions`; Hadoop 2.7.4, `BlockManager.verifyReplication`
 */
export const askedCopies = 3;

/**
 * FATE appends to its tables, and wherever copies are missing an append asks for another datanode. There may be none.
 *
 * @param datanodes none: nobody knows how many there are, and an append asks
 */
export const hdfsClientSettings = (replication: number, datanodes = Number.POSITIVE_INFINITY) => ({
  'dfs.replication': `${replication}`,
  'dfs.client.block.write.replace-datanode-on-failure.policy': datanodes > askedCopies ? 'DEFAULT' : 'NEVER',
  'dfs.client.block.write.replace-datanode-on-failure.best-effort': 'true',
});

/** One namenode of several, of which one at a time is active. */
export interface Namenode {
  readonly host: string;
  /** Of its RPC. */
  readonly port: number;
}

/** How a client finds the active one of several namenodes. @see Hadoop, "HDFS High Availability Using the Quorum Journal Manager" */
export function nameserviceSettings(name: string, namenodes: readonly Namenode[]): Readonly<Record<string, string>> {
  const ids = namenodes.map((_, i) => `nn${i + 1}`);
  return {
    'dfs.nameservices': name,
    [`dfs.ha.namenodes.${name}`]: ids.join(','),
    ...Object.fromEntries(
      namenodes.map(({ host, port }, i) => [`dfs.namenode.rpc-address.${name}.${ids[i]}`, `${host}:${port}`]),
    ),
    [`dfs.client.failover.proxy.provider.${name}`]:
      'org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider',
  };
}

/** The party's own. */
export const ownHdfs = (namenode: string = services.namenode.name): string =>
  `hdfs://${namenode}:${services.namenode.ports.rpc}`;

/** Hadoop's command in FATE Flow's pod. */
export const hdfsTool = ({ fateflow }: { readonly fateflow: { readonly hadoopConfiguration: string } }): string =>
  fateflow.hadoopConfiguration.replace(/\/etc\/hadoop$/, '/bin/hdfs');
