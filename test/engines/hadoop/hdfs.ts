import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { hdfsTool } from '../../../lib/fate/hdfs';
import { type FateRelease, releases } from '../../../lib/fate/releases';
import { type AnyObject, containerOf, find } from '../../support/objects';
import { cache } from '../support/engines';
import { type Image, type Pod, startPod, untilReady } from '../support/pod';
import { probed } from '../support/probe';

/** Hadoop's release in the images of HDFS, as far as it is set up by it: `3.2`. */
export const hadoopRelease = (fate: FateRelease): string =>
  /hadoop(\d+\.\d+)/.exec(releases[fate].images.namenode)?.[1] ?? releases[fate].images.namenode;

export const hadoopHome = (fate: FateRelease): string => join(cache, `hadoop-${hadoopRelease(fate)}`);

const log4j = `log4j.rootLogger=INFO, console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.err
log4j.appender.console.layout=org.apache.log4j.SimpleLayout
`;

/** Whose the files of an archive are that root has unpacked. */
const ofArchive = 1000;

/** Hadoop where the images have it, and stand-ins for what else they have. Without a role the arguments say what is started. */
export const hdfsImage = (fate: FateRelease, ...role: readonly string[]): Image => ({
  command: ['/entrypoint.sh', ...role],
  files: {
    '/entrypoint.sh': readFileSync(join(__dirname, 'entrypoint.sh'), 'utf8'),
    '/etc/hadoop/core-site.xml': '<configuration>\n</configuration>\n',
    '/etc/hadoop/hdfs-site.xml': '<configuration>\n</configuration>\n',
    '/etc/hadoop/log4j.properties': log4j,
  },
  links: { '/opt/hadoop': hadoopHome(fate) },
  owned: { '/etc/hadoop': ofArchive },
  env: {
    HDFS_CONF_dfs_namenode_name_dir: 'file:///hadoop/dfs/name',
    HDFS_CONF_dfs_datanode_data_dir: 'file:///hadoop/dfs/data',
  },
});

/** Files of a client that its settings stand beside. */
export const clientFiles = (fate: FateRelease, { hadoopConfiguration } = releases[fate].fateflow) => ({
  [hdfsTool(releases[fate])]: `#!/bin/sh\nshift # past dfs\nexec ${shellOfFiles(fate)} "$@"\n`,
  [`${hadoopConfiguration}/core-site.xml`]: '<configuration>\n</configuration>\n',
  [`${hadoopConfiguration}/log4j.properties`]: log4j,
});

const shellOfFiles = (fate: FateRelease): string =>
  commandOf(releases[fate].fateflow.hadoopConfiguration, 'fs.FsShell', []).join(' ');

/** FATE Flow's image as far as it is a client of HDFS. */
export const hdfsClient = (fate: FateRelease, release = releases[fate].fateflow): Image => ({
  files: {
    '/usr/local/bin/python': '#!/bin/sh\nexec sleep 3600\n',
    ...clientFiles(fate),
  },
  links: { '/opt/hadoop': hadoopHome(fate) },
  directories: [release.configuration],
  owned: Object.fromEntries(['bin', 'conf'].map((it) => [`${release.sparkHome}/${it}`, ofArchive])),
  env: { PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }, // the machine's may have another `python` first
});

export interface Addresses {
  readonly namenode: string;
  readonly datanodes: readonly string[];
}

/** What the cluster's DNS tells of HDFS, as lines of `/etc/hosts`. */
export function hdfsHosts(objects: readonly AnyObject[], { namenode, datanodes }: Addresses): string {
  const { metadata, spec } = find(objects, 'StatefulSet', 'datanode');
  const domain = `${spec.serviceName}.${metadata.namespace}.svc.cluster.local`;
  return [`${namenode} namenode`, ...datanodes.map((it, i) => `${it} datanode-${i}.${domain}`)].join('\n');
}

export interface Volumes {
  readonly namenode: string;
  readonly datanodes: readonly string[];
  remove(): void;
}

/** Volumes with the `lost+found` of a new file system. They outlive the pods. */
export function hdfsVolumes(datanodes: number): Volumes {
  const directory = mkdtempSync('/run/hdfs-');
  const volume = (pod: string) => {
    mkdirSync(join(directory, pod, 'lost+found'), { recursive: true });
    return join(directory, pod);
  };
  return {
    namenode: volume('namenode'),
    datanodes: Array.from({ length: datanodes }, (_, i) => volume(`datanode-${i}`)),
    remove: () => rmSync(directory, { recursive: true }),
  };
}

export interface Hdfs {
  readonly namenode: Pod;
  readonly datanodes: readonly Pod[];
  stop(): Promise<void>;
}

/** HDFS of a party, with every datanode that it has a volume for. */
export async function startHdfs(
  fate: FateRelease,
  objects: readonly AnyObject[],
  volumes: Omit<Volumes, 'remove'>,
  addresses: Addresses,
): Promise<Hdfs> {
  const hosts = hdfsHosts(objects, addresses);
  const start = async (statefulSet: string, ordinal: number, volume = '', address = '') => {
    const pod = await startPod({
      statefulSet,
      ordinal,
      objects,
      volumes: { data: volume },
      image: hdfsImage(fate, statefulSet),
      address,
      hosts,
    });
    const ready = async () => expect(await probed(pod, containerOf(objects, statefulSet))).toEqual([200, 200, 200]);
    return untilReady(pod, ready);
  };
  const [namenode, ...datanodes] = await Promise.all([
    start('namenode', 0, volumes.namenode, addresses.namenode),
    ...volumes.datanodes.map((volume, i) => start('datanode', i, volume, addresses.datanodes[i])),
  ]);
  return {
    namenode,
    datanodes,
    stop: async () => {
      await Promise.all([namenode, ...datanodes].map((pod) => pod.stop()));
    },
  };
}

/** A tool of Hadoop, run in a pod of HDFS. */
export const hadoop = toolsOf('/etc/hadoop');
/** The same in FATE Flow's pod, with the settings of the client that is there. */
export const hadoopOfFateFlow = (fate: FateRelease) => toolsOf(releases[fate].fateflow.hadoopConfiguration);

function toolsOf(configuration: string) {
  return async (pod: Pod, tool: string, ...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await pod.exec(...commandOf(configuration, tool, args));
    if (code !== 0) throw new Error(`${tool} ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
}

const commandOf = (configuration: string, tool: string, args: readonly string[]): readonly string[] => [
  'java',
  '-XX:TieredStopAtLevel=1',
  '-cp',
  `${configuration}:/opt/hadoop/lib/*`,
  `org.apache.hadoop.${tool}`,
  ...args,
];

/**
 * FATE Flow's pod appends a file of its own twice to one of HDFS, as one append.
 *
 * @param between what happens once most of the first is written, and before the second is
 */
export async function appendTwice(
  fate: FateRelease,
  fateflow: Pod,
  [own, file]: readonly [string, string],
  between: () => Promise<void>,
): Promise<void> {
  const append = commandOf(releases[fate].fateflow.hadoopConfiguration, 'fs.FsShell', ['-appendToFile', '-', file]);
  const script = `{ cat ${own}; touch /tmp/half; until [ -e /tmp/on ]; do sleep 0.2; done; cat ${own}; } | "$@"`;
  const appended = fateflow.exec('sh', '-c', script, 'sh', ...append);
  await vi.waitFor(async () => expect((await fateflow.exec('test', '-e', '/tmp/half')).code).toBe(0), {
    timeout: 60_000,
    interval: 250,
  });
  await between();
  await fateflow.exec('touch', '/tmp/on');
  const { code, stderr } = await appended;
  if (code !== 0) throw new Error(`append: ${stderr}`);
}
