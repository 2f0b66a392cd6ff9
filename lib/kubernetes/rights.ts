/** Why a container has more than the least. */
type Why = string;

/** Linux capabilities that some container is given back, of those that Pod Security level `baseline` lets it have. */
export type Capability = 'CHOWN' | 'DAC_OVERRIDE' | 'NET_BIND_SERVICE' | 'SETGID' | 'SETUID';

/**
 * What a container may do beyond the least: a user who is not root, no capability, no way to more of either, a read-only image, no
 * account at the Kubernetes API, nothing of its node.
 */
export type Rights = (
  | {
      /** User ID. */
      readonly user: number;
      /** Group ID. @default the same */
      readonly group?: number;
    }
  | { readonly root: Why }
) & {
  /** What it is given back, and for what. */
  readonly capabilities?: Readonly<Partial<Record<Capability, Why>>>;
  /** Directories of the image that it writes to: each is an empty one of the pod. Without them nothing of the image can be written. */
  readonly writes?: readonly string[];
  /** Why it may write anywhere in its image. */
  readonly writesImage?: Why;
  /** Why it calls the Kubernetes API. */
  readonly token?: Why;
  /** Why programs in it may have capabilities that it has not itself. */
  readonly escalates?: Why;
  /** What it uses of its node. */
  readonly node?: Why;
};

const madeForRoot = 'the image is made to run as root';
const ofOthers = 'an archive that is unpacked as root keeps the owners of its files';
const javaWrites = 'logs, and what Java unpacks, are in directories of the image';

/** FATE's images of Python. */
const fatePython: Rights = {
  root: madeForRoot,
  capabilities: { DAC_OVERRIDE: ofOthers },
  writesImage: 'FATE writes logs and settings beside its code',
};

/** `mysql` of the images of MySQL and MariaDB, who starts their entry points as well as root does. */
export const mysqlUser = 999;
const mysqlDirectories = ['/tmp', '/var/run/mysqld'];
const mysqlClient: Rights = { user: mysqlUser };

const hadoop: Rights = {
  root: madeForRoot,
  capabilities: { DAC_OVERRIDE: ofOthers },
  writesImage: "the entry point edits Hadoop's settings where they are",
};

const nobody: Rights = { user: 65_534 };

/** `www-data` of its image. */
const ingressController = {
  user: 101,
  group: 82,
  capabilities: { NET_BIND_SERVICE: 'it listens on 80 and 443' },
  writesImage: "it writes nginx's configuration into the image",
  token: 'it follows Ingresses, Services and Secrets',
} as const;

/**
 * Every container that is drawn. Whatever is more than the least has its reason here.
 *
 * @see KubeFATE v1.6.1, `docker-build`; FATE v1.6.1, `docker-build/docker`; FATE-Builder, `docker-build`
 * @see docker-library/mysql, docker-library/mariadb, big-data-europe/docker-hadoop
 */
export const rights = {
  mysql: { user: mysqlUser, writes: mysqlDirectories },
  pingMysql: mysqlClient,
  fateflow: fatePython,
  fateboard: {
    root: madeForRoot,
    capabilities: { DAC_OVERRIDE: ofOthers },
    writesImage: 'its settings, with the passwords filled in, and its logs are beside its code',
  },
  client: {
    root: madeForRoot,
    capabilities: { DAC_OVERRIDE: ofOthers },
    writesImage: "notebooks are anywhere, and FATE's tools keep their settings beside their code",
  },
  sparkMaster: { root: `${madeForRoot}, and Hadoop wants a user with a name`, writes: ['/spark/logs', '/tmp'] },
  sparkWorker: fatePython,
  namenode: hadoop,
  datanode: hadoop,
  pulsar27: {
    root: madeForRoot,
    capabilities: { DAC_OVERRIDE: ofOthers },
    writesImage: javaWrites,
  },
  /** `pulsar` of the image, in the group of root, to which its files belong. */
  pulsar210: { user: 10_000, group: 0, writesImage: javaWrites },
  /** What waits before a broker, and only opens connections. */
  pulsarWait: nobody,
  nginx: {
    root: 'its master reads the key of the certificate, and writes where it was built to',
    capabilities: {
      CHOWN: 'its master gives the directories of bodies and answers to its workers',
      SETGID: 'its workers become `nobody`',
      SETUID: 'its workers become `nobody`',
      DAC_OVERRIDE: `the link to its routes is beside its settings, and ${ofOthers}`,
    },
    writesImage: 'the link to its routes, and bodies of calls, are in directories of the image',
  },
  trafficServer: {
    root: 'its manager binds a port below 1024, and its server becomes `nobody` after it',
    capabilities: {
      DAC_OVERRIDE: 'its manager looks into directories of the server before it becomes the same user',
      NET_BIND_SERVICE: 'it listens on 443',
      SETGID: 'its server becomes `nobody`',
      SETUID: 'its server becomes `nobody`',
    },
    writesImage: 'logs, locks and its cache are in directories of the image',
  },
  exporter: nobody,
  toyExample: nobody,
  backupDump: { root: 'what it writes goes into one archive with files that are owned by root' },
  /** rclone's image. */
  backupStore: { root: "models on FATE Flow's volume are owned by root", writes: ['/tmp'] },
  backupLoad: mysqlClient,
  /** MySQL's image. */
  retention: {
    root: "files of jobs on FATE Flow's volume are owned by root",
    capabilities: { DAC_OVERRIDE: ofOthers },
  },
  kubefate: { user: 65_532, token: 'it makes clusters' },
  mariadb: { user: mysqlUser, writes: mysqlDirectories },
  ingressController,
  /** Of releases for clusters with PodSecurityPolicies. */
  ingressControllerBefore25: {
    ...ingressController,
    escalates: 'its program of nginx has the capability itself',
  },
  imageDiskMount: {
    root: 'fstab is owned by root; without capabilities root is an owner like any other',
    node: 'it writes fstab, and sees what is mounted',
  },
} as const satisfies Record<string, Rights>;
