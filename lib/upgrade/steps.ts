import { fateDirectory, type HdfsClient } from '../fate/hdfs';
import { type FateRelease, releases } from '../fate/releases';
import { type Conversion, type PartyData, partyData } from '../fate/releases/data';
import { services } from '../fate/services';
import type { PartyVolume } from '../fate/sizes';
import { claimedSets, madeClaims, type VolumePods, volumeClaims, volumePods } from '../federation/claims';
import { ownVolumes } from '../federation/engines';
import type { ExchangePlan } from '../federation/exchange';
import type { LastingPartyValues } from '../federation/lasting';
import type { PartyPlan } from '../federation/party';
import { yaml } from '../formats/yaml';
import { dataVolume } from '../kubernetes/data-volume';
import { inNamespace } from '../operations/kubectl';
import type { ManualStep } from '../operations/step';
import { changeSchema, dump, empty, endJobs, type Mysql, mysqlOf as mysqlOfPlan, restore } from './database-steps';

/** What an upgrade needs to know of a party as it is. */
export type UpgradedParty = Pick<LastingPartyValues, 'id' | 'namespace' | 'domain' | 'datanodes' | 'bookies' | 'fate'> &
  Partial<
    Pick<LastingPartyValues, 'database' | 'tables' | 'volumesGiB' | 'storageClasses' | 'existingClaims'> &
      Pick<PartyPlan, 'driver' | 'images'>
  >;

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
export const partySteps = (upgrade: PartyUpgrade): readonly ManualStep[] => [
  endJobs(mysqlOf(upgrade)),
  ...(upgrade.to.exchange ? [exchangeFirst(upgrade)] : []),
  ...(upgrade.to.peers ? [withoutPeers(upgrade)] : []),
  stopFateFlow(upgrade),
  ...tellSpark(upgrade.to, upgrade.to.fate),
  dump(mysqlOf(upgrade), dumpFile(upgrade)),
  ...(isConverted(upgrade, 'sql') ? [changeSchema(mysqlOf(upgrade), dumpFile(upgrade))] : []),
  ...(isConverted(upgrade, 'hdfs') ? [convertHdfs(upgrade)] : []),
  ...upgrade.anew.flatMap((volume) => startAnew(upgrade, volume)),
  update(upgrade),
  look(upgrade),
  ...(isConverted(upgrade, 'hdfs') ? [finishHdfs(upgrade)] : []),
];

const isConverted = ({ data }: PartyUpgrade, by: DataOutcome['by']): boolean => data.some((each) => each.by === by);

const kubectl = ({ to }: PartyUpgrade, command: string): string => inNamespace(to, command);

const mysqlOf = ({ to }: PartyUpgrade): Mysql => mysqlOfPlan(to);

const dumpFile = ({ from, to }: PartyUpgrade): string => `${to.namespace}-${from.fate}.sql`;

const exchangeFirst = ({ to: { fate } }: PartyUpgrade): ManualStep => ({
  what: `The exchange goes first, to FATE ${fate} and without parties: its descriptor says of which release a party has to be.`,
  commands: [],
});

const withoutPeers = ({ to: { id, fate } }: PartyUpgrade): ManualStep => ({
  what: `Pulumi takes no descriptor of another release: until the others are at FATE ${fate}, update without them, \`peers: []\`, and with those that have followed.`,
  commands: [`pulumi config set --stack party-${id} kubefate-tanzu:peers '[]'`],
});

/** Foreground: it is over when the pod is gone. What is deleted is made anew by the update; claims stay. */
const remove = (upgrade: PartyUpgrade, ...statefulSets: readonly string[]): string =>
  kubectl(upgrade, `delete statefulset ${statefulSets.join(' ')} --cascade=foreground`);

const stopFateFlow = (upgrade: PartyUpgrade): ManualStep => ({
  what: 'Take FATE Flow away, so that nobody writes to its database. Its claim stays, and the update makes it anew.',
  commands: [remove(upgrade, services.fateflow.name)],
});

/** Executors import FATE, and speak to drivers of the same Spark alone. None where the party has workers of its own. */
const tellSpark = ({ spark }: PartyPlan, fate: FateRelease): readonly ManualStep[] =>
  spark.isExternal
    ? [
        {
          what: `Have whoever runs the Spark of ${spark.masters.map(({ host }) => host).join(', ')} bring it to FATE ${fate}: on its workers that release's code, with the packages and the Python of FATE Flow's image, and Spark as in ${releases[fate].fateflow.sparkHome.replace(/^.*[/]/, '')}.`,
          commands: [],
        },
      ]
    : [];

const convertHdfs = (upgrade: PartyUpgrade): ManualStep => ({
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
const namenodeUpgrade = (plan: PartyPlan) => {
  const {
    images,
    imagePullSecrets,
    pods: { namenode },
  } = plan;
  const [claimName] = volumeClaims('namenode', volumePods(plan));
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: upgradeJob },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': services.namenode.name } }, // what it is let do is what the namenode is
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
          volumes: [{ name: dataVolume, persistentVolumeClaim: { claimName } }],
        },
      },
    },
  };
};

const orNone = <T extends object>(some: T): T | undefined => (Object.keys(some).length === 0 ? undefined : some);

function startAnew(upgrade: PartyUpgrade, volume: PartyVolume): readonly ManualStep[] {
  const { mysql, hdfs, pulsar } = upgrade.to;
  if (volume === 'mysql' && mysql.isExternal) return [emptyDatabase(upgrade)];
  if (volume === 'namenode' && hdfs.isExternal) return [leaveTables(upgrade.from, hdfs)];
  if (volume === 'pulsar' && pulsar.isExternal) return [tellPulsar(upgrade, pulsar.host)];
  return ownVolumes(upgrade.to).includes(volume) ? [newVolume(upgrade, volume)] : [];
}

const tellPulsar = ({ to }: PartyUpgrade, host: string): ManualStep => ({
  what: `Have whoever runs ${host} tell its Pulsar what FATE ${to.fate} needs, of the declaration for that.`,
  commands: [`kubefate-tanzu pulsar --party ${to.id}`],
});

const emptyDatabase = (upgrade: PartyUpgrade): ManualStep => ({
  what: 'The tables of the database are not for the new release, which makes others in an empty one. Their content is gone.',
  commands: empty(mysqlOf(upgrade)),
});

/** @see FATE v1.6.1, `fate_flow/utils/data_utils.py`; FATE-Flow v2.2.0, `fate_flow/manager/outputs/data.py` */
const leaveTables = ({ fate }: UpgradedParty, hdfs: HdfsClient): ManualStep => ({
  what: `Tables of FATE ${fate} stay in ${fateDirectory(hdfs)}, in directories that the new release does not read. Whoever runs that HDFS deletes input_data and output_data there, when nobody wants to go back.`,
  commands: [],
});

function newVolume(upgrade: PartyUpgrade, volume: PartyVolume): ManualStep {
  const emptied = haveEmptied(upgrade, [volume]) || '; with the claim its content is gone.';
  return {
    what: `What ${volume} has written is not for the new release. It starts on an empty volume${emptied}`,
    commands: takenAway(upgrade, [volume], { existingClaims: upgrade.to.existingClaims, ...upgrade.from }),
  };
}

/** What nobody here deletes. Nothing where there is no such claim. */
function haveEmptied({ to: { existingClaims } }: PartyUpgrade, volumes: readonly PartyVolume[]): string {
  const claims = volumes.flatMap((volume) => existingClaims[volume] ?? []);
  return claims.length === 0 ? '' : `. When its pods are gone have whoever made ${claims.join(', ')} empty it.`;
}

/** What runs on volumes, and their claims. Brokers hold nothing, and begin anew beside bookies that do. */
function takenAway(upgrade: PartyUpgrade, volumes: readonly PartyVolume[], pods: VolumePods): readonly string[] {
  const sets = volumes.flatMap((volume) => claimedSets(volume, pods));
  const claims = volumes.flatMap((volume) => madeClaims(volume, pods));
  const brokers = volumes.includes('pulsar') && pods.bookies !== undefined ? [services.pulsar.name] : [];
  return [
    remove(upgrade, ...brokers, ...sets.map(({ statefulSet }) => statefulSet)),
    ...(claims.length > 0 ? [kubectl(upgrade, `delete pvc ${claims.join(' ')}`)] : []),
  ];
}

const update = ({ from, to, data }: PartyUpgrade): ManualStep => {
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

const look = (upgrade: PartyUpgrade): ManualStep => ({
  what: `Look: FATE Flow is ready${isLost(upgrade, 'records') ? '' : ', and FATE Board lists the old jobs'}. When all parties are this far, ${upgrade.to.peers ? 'each gets its peers' : 'the exchange gets them'} back, in its configuration or by its file, and the toy example ends in success.${descriptionsOfJobs(upgrade)}`,
  commands: [kubectl(upgrade, `rollout status statefulset/${services.fateflow.name}`)],
});

const isLost = ({ data }: PartyUpgrade, name: PartyData): boolean =>
  data.some(({ data, outcome }) => data === name && outcome === 'lost');

/** They change where records of jobs do. */
function descriptionsOfJobs(upgrade: PartyUpgrade): string {
  if (isLost(upgrade, 'records')) return ` Descriptions of jobs are written anew, as those of FATE ${upgrade.to.fate}.`;
  if (!isConverted(upgrade, 'sql')) return '';
  return " Descriptions of jobs without `work_mode` and `backend`, and with `DataTransform` in the place of `DataIO`, are the later release's.";
}

const finishHdfs = (upgrade: PartyUpgrade): ManualStep => ({
  what: 'When the tables are there, and nobody wants to go back: HDFS lets go of what it was before, which takes room until then.',
  commands: [
    kubectl(upgrade, `exec ${services.namenode.name}-0 -- hdfs dfs -ls -R /fate`),
    kubectl(upgrade, `exec ${services.namenode.name}-0 -- hdfs dfsadmin -finalizeUpgrade`),
  ],
});

/** What is done where the later release does not work: records are as they were, and so are models, files and notebooks. */
export function partyStepsBack(upgrade: PartyUpgrade): readonly ManualStep[] {
  const { from, to } = upgrade;
  const unread = unreadVolumes(upgrade);
  return [
    {
      what: `Before the update was made: bring back what was deleted, at FATE ${from.fate}, since MySQL has to be there to read its dump. Then go on here; of the last step these commands are all.`,
      commands: [`pulumi up --stack party-${to.id} --refresh`],
      withFiles: [kubectlApply(to)],
    },
    {
      what: 'Read the dump into an empty database, to which nobody writes meanwhile.',
      commands: [remove(upgrade, services.fateflow.name), ...restore(mysqlOf(upgrade), dumpFile(upgrade))],
    },
    ...(unread.length > 0 ? [takeAway(upgrade, unread)] : []),
    ...tellSpark(to, from.fate),
    {
      what: `Put fate: '${from.fate}' back, at all members and the exchange first. Pulumi takes no party that it knows to an earlier release: destroy the stack, which leaves claims and passwords, and make it again.`,
      commands: [
        `pulumi config set --stack party-${to.id} --path kubefate-tanzu:federation.fate ${from.fate}`,
        `pulumi config rm --stack party-${to.id} kubefate-tanzu:upgrade`,
        `pulumi destroy --stack party-${to.id} --exclude-protected`,
        `pulumi up --stack party-${to.id}`,
      ],
      withFiles: [...removeBoard(upgrade), kubectlApply(to)],
    },
  ];
}

/** Volumes that the release of before does not read any more, but for MySQL's: there the dump replaces what was written. */
function unreadVolumes({ to, anew, data }: PartyUpgrade): readonly PartyVolume[] {
  const converted = data.flatMap(({ data, by }): readonly PartyVolume[] =>
    by === 'hdfs' ? partyData[data].volumes : [],
  );
  const own = anew.filter((volume) => volume !== 'mysql' && ownVolumes(to).includes(volume));
  return [...own, ...converted];
}

/** The datanodes of both: one of the other release's HDFS would not come up at the next try. */
const takeAway = (upgrade: PartyUpgrade, volumes: readonly PartyVolume[]): ManualStep => ({
  what: `Take away what FATE ${upgrade.from.fate} does not read any more${haveEmptied(upgrade, volumes) || '.'}${volumes.includes('datanode') ? ' Tables are uploaded again.' : ''}`,
  commands: takenAway(upgrade, volumes, {
    existingClaims: upgrade.to.existingClaims,
    datanodes: Math.max(upgrade.from.datanodes, upgrade.to.sizing.datanodes),
    bookies: upgrade.to.pulsar.cluster?.bookies,
  }),
});

/** Where FATE Board was in the pod of FATE Flow: an applied file deletes nothing. */
const removeBoard = (upgrade: PartyUpgrade): readonly string[] => {
  const [before, after] = [upgrade.from, upgrade.to].map(({ fate }) => releases[fate].fateboard.pod);
  return before === after ? [] : [kubectl(upgrade, `delete deployment ${services.fateboard.name}`)];
};

const kubectlApply = ({ namespace }: { readonly namespace: string }): string =>
  `kubectl apply -f manifests/${namespace}.k8s.yaml`;

/** What is done at an exchange, around all that parties do. */
export const exchangeSteps = (to: ExchangePlan): readonly ManualStep[] => [
  {
    what: 'All members agree on a day, submit nothing more and let all jobs end: no route is there until every party has followed.',
    commands: [],
  },
  {
    what: `Update it to FATE ${to.fate}: by Pulumi without parties, since it refuses descriptors of another release; its file keeps its routes. The name of its stack may go on, as in \`exchange-<name>\`.`,
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
