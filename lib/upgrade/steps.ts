import { type Conversion, type PartyData, partyData } from '../fate/releases/data';
import { services } from '../fate/services';
import type { PartyVolume } from '../fate/sizes';
import type { ExchangePlan } from '../federation/exchange';
import type { LastingPartyValues } from '../federation/lasting';
import type { PartyPlan } from '../federation/party';
import { yaml } from '../formats/yaml';
import { dataClaim, dataVolume } from '../kubernetes/data-volume';
import { changeSchema, dump, endJobs, inNamespace, type Mysql, nativeMysql, restore } from './database-steps';
import type { UpgradeStep } from './step';

/** What an upgrade needs to know of a party as it is. */
export type UpgradedParty = Pick<LastingPartyValues, 'id' | 'namespace' | 'domain' | 'datanodes' | 'fate'> &
  Partial<Pick<PartyPlan, 'driver' | 'images'>>;

/** What becomes of some data of a party. */
export interface DataOutcome {
  readonly data: PartyData;
  /** `kept` on its volumes, `converted` there by a step that is to be done, `moved` to others by such steps, or `lost`. */
  readonly outcome: 'kept' | 'converted' | 'moved' | 'lost';
  /** What converts it. */
  readonly by?: Conversion;
  /** Claims that it is on, before and afterwards. */
  readonly claims: { readonly from: readonly string[]; readonly to: readonly string[] };
}

/** A party's upgrade, with what follows for it. */
export interface PartyUpgrade {
  readonly from: UpgradedParty;
  readonly to: PartyPlan;
  readonly data: readonly DataOutcome[];
  /** Volumes that start empty. */
  readonly anew: readonly PartyVolume[];
}

/** What is done at a party, in this order: whatever can be gone back to comes first. */
export const partySteps = (upgrade: PartyUpgrade): readonly UpgradeStep[] => [
  endJobs(mysqlOf(upgrade)),
  ...(upgrade.to.exchange ? [exchangeFirst(upgrade)] : []),
  stopFateFlow(upgrade),
  dump(mysqlOf(upgrade), dumpFile(upgrade)),
  ...(isConverted(upgrade, 'sql') ? [changeSchema(mysqlOf(upgrade), dumpFile(upgrade))] : []),
  ...(isConverted(upgrade, 'hdfs') ? [convertHdfs(upgrade)] : []),
  ...upgrade.anew.map((volume) => startAnew(upgrade, volume)),
  update(upgrade),
  look(upgrade),
  ...(isConverted(upgrade, 'hdfs') ? [finishHdfs(upgrade)] : []),
];

const isConverted = ({ data }: PartyUpgrade, by: DataOutcome['by']): boolean => data.some((each) => each.by === by);

const kubectl = ({ to }: PartyUpgrade, command: string): string => inNamespace(to, command);

const mysqlOf = ({ to: { namespace } }: PartyUpgrade): Mysql => nativeMysql(namespace);

const dumpFile = ({ from, to }: PartyUpgrade): string => `${to.namespace}-${from.fate}.sql`;

const exchangeFirst = ({ to: { fate } }: PartyUpgrade): UpgradeStep => ({
  what: `The exchange goes first, to FATE ${fate} and without parties: its descriptor says of which release a party has to be.`,
  commands: [],
});

/** Foreground: it is over when the pod is gone. What is deleted is made anew by the update; claims stay. */
const remove = (upgrade: PartyUpgrade, ...statefulSets: readonly string[]): string =>
  kubectl(upgrade, `delete statefulset ${statefulSets.join(' ')} --cascade=foreground`);

const stopFateFlow = (upgrade: PartyUpgrade): UpgradeStep => ({
  what: 'Take FATE Flow away, so that nobody writes to its database. Its claim stays, and the update makes it anew.',
  commands: [remove(upgrade, services.fateflow.name)],
});

const convertHdfs = (upgrade: PartyUpgrade): UpgradeStep => ({
  what: 'Have the namenode of the new release take over what the old one wrote: it refuses to start otherwise. Datanodes follow by themselves.',
  commands: [
    remove(upgrade, services.datanode.name, services.namenode.name),
    `${kubectl(upgrade, 'apply -f -')} <<'END'`,
    ...yaml(namenodeUpgrade(upgrade.to)).trimEnd().split('\n'),
    'END',
    kubectl(upgrade, `wait --for=condition=complete --timeout=10m job/${upgradeJob}`),
    kubectl(upgrade, `delete job ${upgradeJob}`),
  ],
});

const upgradeJob = 'namenode-upgrade';

/** The image's entry point makes the configuration, and starts what it is given. @see Hadoop 3.2.1, `hdfs namenode` */
const namenodeUpgrade = ({ images, imagePullSecrets, pods: { namenode } }: PartyPlan) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: upgradeJob },
  spec: {
    backoffLimit: 0,
    template: {
      spec: {
        restartPolicy: 'Never',
        imagePullSecrets: orNone(imagePullSecrets.map((name) => ({ name }))),
        nodeSelector: orNone(namenode.nodeSelector),
        tolerations: orNone(namenode.tolerations),
        containers: [
          {
            name: services.namenode.name,
            image: images.namenode,
            args: ['hdfs', 'namenode', '-upgradeOnly'],
            volumeMounts: [{ name: dataVolume, mountPath: '/hadoop/dfs/name', subPath: 'name' }],
          },
        ],
        volumes: [{ name: dataVolume, persistentVolumeClaim: { claimName: dataClaim('namenode', 0) } }],
      },
    },
  },
});

const orNone = <T extends object>(some: T): T | undefined => (Object.keys(some).length === 0 ? undefined : some);

const startAnew = (upgrade: PartyUpgrade, volume: PartyVolume): UpgradeStep => {
  const pods = volume === 'datanode' ? upgrade.from.datanodes : 1;
  const claims = Array.from({ length: pods }, (_, i) => dataClaim(volume, i));
  return {
    what: `What ${volume} has written is not for the new release. It starts on an empty volume; with the claim its content is gone.`,
    commands: [remove(upgrade, volume), kubectl(upgrade, `delete pvc ${claims.join(' ')}`)],
  };
};

const update = ({ from, to, data }: PartyUpgrade): UpgradeStep => {
  const lost = data.filter(({ outcome }) => outcome === 'lost').map(({ data }) => data);
  const set = (path: string, value: string) =>
    `pulumi config set --stack party-${to.id} --path 'kubefate-tanzu:${path}' ${value}`;
  return {
    what: `Update: by Pulumi, which refuses until it is told that all of this was done, and what may be lost${lost.length > 0 ? '' : ', which is nothing here'}; or by files made of a declaration with fate: '${to.fate}'.`,
    commands: [
      set('federation.fate', to.fate),
      set('upgrade.from', from.fate),
      ...lost.map((data, i) => set(`upgrade.accept[${i}]`, data)),
      `pulumi up --stack party-${to.id} --refresh`,
    ],
    withFiles: [kubectlApply(to)],
  };
};

const look = (upgrade: PartyUpgrade): UpgradeStep => ({
  what: "Look: FATE Flow is ready, and FATE Board lists the old jobs. When all parties are this far, the exchange gets them back, in its configuration or by its file, and the toy example ends in success. Descriptions of jobs without `work_mode` and `backend`, and with `DataTransform` in the place of `DataIO`, are the later release's.",
  commands: [kubectl(upgrade, `rollout status statefulset/${services.fateflow.name}`)],
});

const finishHdfs = (upgrade: PartyUpgrade): UpgradeStep => ({
  what: 'When the tables are there, and nobody wants to go back: HDFS lets go of what it was before, which takes room until then.',
  commands: [
    kubectl(upgrade, `exec ${services.namenode.name}-0 -- hdfs dfs -ls -R /fate`),
    kubectl(upgrade, `exec ${services.namenode.name}-0 -- hdfs dfsadmin -finalizeUpgrade`),
  ],
});

/** What is done where the later release does not work: records are as they were, and so are models, files and notebooks. */
export function partyStepsBack(upgrade: PartyUpgrade): readonly UpgradeStep[] {
  const { from, to, data } = upgrade;
  const touched = new Set([
    ...upgrade.anew,
    ...data.filter(({ by }) => by === 'hdfs').flatMap(({ data }): readonly PartyVolume[] => partyData[data].volumes),
  ]);
  const claims = data.flatMap(({ data, claims }) =>
    partyData[data].volumes.some((volume) => touched.has(volume)) ? claims.from : [],
  );
  return [
    {
      what: 'Read the dump into an empty database, to which nobody writes meanwhile.',
      commands: [remove(upgrade, services.fateflow.name), ...restore(mysqlOf(upgrade), dumpFile(upgrade))],
    },
    {
      what: `Take away what FATE ${from.fate} does not read any more. Tables are uploaded again.`,
      commands: [remove(upgrade, ...touched), kubectl(upgrade, `delete pvc ${claims.join(' ')}`)],
    },
    {
      what: `Put fate: '${from.fate}' back, at all members and the exchange first. Pulumi takes no party that it knows to an earlier release: destroy the stack, which leaves claims and passwords, and make it again.`,
      commands: [
        `pulumi config set --stack party-${to.id} --path kubefate-tanzu:federation.fate ${from.fate}`,
        `pulumi config rm --stack party-${to.id} kubefate-tanzu:upgrade`,
        `pulumi destroy --stack party-${to.id} --exclude-protected`,
        `pulumi up --stack party-${to.id}`,
      ],
      withFiles: [kubectlApply(to)],
    },
  ];
}

const kubectlApply = ({ namespace }: { readonly namespace: string }): string =>
  `kubectl apply -f manifests/${namespace}.k8s.yaml`;

/** What is done at an exchange, around all that parties do. */
export const exchangeSteps = (to: ExchangePlan): readonly UpgradeStep[] => [
  {
    what: 'All members agree on a day, submit nothing more and let all jobs end: no route is there until every party has followed.',
    commands: [],
  },
  {
    what: `Update it to FATE ${to.fate}: by Pulumi without parties, since it refuses descriptors of another release; its file keeps its routes.`,
    commands: [
      `pulumi config get --stack ${exchangeStack} kubefate-tanzu:parties > parties.json`,
      `pulumi config rm --stack ${exchangeStack} kubefate-tanzu:parties`,
      `pulumi config set --stack ${exchangeStack} --path kubefate-tanzu:federation.fate ${to.fate}`,
      `pulumi up --stack ${exchangeStack}`,
    ],
    withFiles: [kubectlApply(to)],
  },
  { what: 'The parties follow, in any order, each by the plan of its own upgrade.', commands: [] },
  {
    what: 'Give it the parties back. Then the toy example ends in success between any two of them.',
    commands: [
      `pulumi config set --stack ${exchangeStack} kubefate-tanzu:parties "$(cat parties.json)"`,
      `pulumi up --stack ${exchangeStack}`,
    ],
  },
];

const exchangeStack = 'exchange';
