import { releases } from '../fate/releases';
import type { DataFormats } from '../fate/releases/data';
import { services } from '../fate/services';
import { type BackupPlan, backupName, restoreName } from '../federation/backup';
import { madeClaims, volumePods } from '../federation/claims';
import { ownVolumes } from '../federation/engines';
import type { PartyPlan } from '../federation/party';
import { inNamespace } from './kubectl';
import type { ManualStep } from './step';

/** A party that can go back to one of its backups. */
export interface RestorableParty extends PartyPlan {
  readonly backup: BackupPlan;
}

/** How a party gets its database and its models again. */
export const restoreSteps = (plan: RestorableParty): readonly ManualStep[] => [
  makeAgain(plan),
  choose(plan),
  emptyVolumes(plan),
  stopFateFlow(plan),
  putBack(plan),
  startFateFlow(plan),
  look(plan),
];

const fateflow = `statefulset/${services.fateflow.name}`;

const makeAgain = ({ id, namespace, backup: { to } }: RestorableParty): ManualStep => ({
  what:
    'claimGiB' in to
      ? `Tell the other members: jobs that are at work with the party end in failure. Claim ${backupName} has the backups: with its namespace they are gone.`
      : `Tell the other members: jobs that are at work with the party end in failure. Where its namespace is gone, make it again as it was declared, with the keys of the bucket, and let FATE Flow start once.`,
  commands: 'claimGiB' in to ? [] : [`pulumi up --stack party-${id}`],
  withFiles: 'claimGiB' in to ? [] : [`kubectl apply -f manifests/${namespace}.k8s.yaml`],
});

const choose = (plan: RestorableParty): ManualStep => ({
  what: `Look which there are. The last backup has told${'bucket' in plan.backup.to ? `, and so does any program that speaks S3: they are in folder ${plan.backup.to.folder} of bucket ${plan.backup.to.bucket}` : ''}. Names end in the time, in UTC.`,
  commands: [
    inNamespace(plan, `logs --selector=app.kubernetes.io/name=${backupName} --container=store --tail=-1 --prefix`),
  ],
});

const emptyVolumes = (plan: RestorableParty): ManualStep => {
  const own = ownVolumes(plan);
  const lost = ([services.mysql.name, services.fateflow.name] as const).filter((name) => own.includes(name));
  const claims = lost.flatMap((volume) => madeClaims(volume, volumePods(plan)));
  const others = lost.flatMap((volume) => plan.existingClaims[volume] ?? []);
  return {
    what: `Where ${plan.mysql.isExternal ? '' : "MySQL's or "}FATE Flow's volume was lost or spoilt, and nowhere else, have an empty one in the place of it. ${plan.mysql.isExternal ? 'A database that is lost is made again, empty, by whoever runs its MySQL.' : 'Name no claim that is sound.'}${others.length > 0 ? ` Have whoever made ${others.join(' and ')} empty it, or make it anew.` : ''}`,
    commands: [
      inNamespace(plan, `scale statefulset ${lost.join(' ')} --replicas=0`),
      inNamespace(plan, `wait --for=delete ${lost.map((name) => `pod/${name}-0`).join(' ')} --timeout=5m`),
      ...(claims.length > 0 ? [inNamespace(plan, `delete pvc ${claims.join(' ')}`)] : []),
      inNamespace(plan, `scale statefulset ${lost.join(' ')} --replicas=1`),
      inNamespace(plan, `rollout status ${fateflow} --timeout=15m`),
    ],
  };
};

const stopFateFlow = (plan: RestorableParty): ManualStep => ({
  what: 'Stop FATE Flow, so that nobody else uses its database and its volume. Update nothing until it runs again.',
  commands: [
    inNamespace(plan, `scale ${fateflow} --replicas=0`),
    inNamespace(plan, `wait --for=delete pod/${services.fateflow.name}-0 --timeout=5m`),
  ],
});

const putBack = (plan: RestorableParty): ManualStep => {
  const make = inNamespace(plan, `create job ${restoreName} --from=cronjob/${restoreName}`);
  return {
    what: 'Put back the newest one: its models over those that are there, of which none is deleted, and its database in the place of what is there. For another one, the first line is the one behind `#`. A Job that fails says why in its logs; delete it before the next.',
    commands: [
      make,
      `# ${make} --dry-run=client -o yaml | kubectl set env --local -f - FILE=<name> -o yaml | kubectl apply -f -`,
      inNamespace(plan, `wait --for=condition=complete --timeout=30m job/${restoreName}`),
      inNamespace(plan, `logs --all-containers job/${restoreName}`),
      inNamespace(plan, `delete job ${restoreName}`),
    ],
  };
};

const startFateFlow = (plan: RestorableParty): ManualStep => ({
  what: 'Start FATE Flow.',
  commands: [
    inNamespace(plan, `scale ${fateflow} --replicas=1`),
    inNamespace(plan, `rollout status ${fateflow} --timeout=15m`),
  ],
});

const look = ({ fate }: RestorableParty): ManualStep => ({
  what: `Look: FATE Board lists the jobs up to the backup. Those that waited then are canceled. Those that were at work become ${ended[releases[fate].formats.records]} within a minute, since their processes are gone. Tables that were uploaded later are in HDFS and unknown to FATE Flow: upload them again. Tables that it knows, and that HDFS has lost, too. Then run the toy example.`,
  commands: [],
});

/** What becomes of jobs whose processes a FATE Flow does not find. */
const ended: Readonly<Record<DataFormats['records'], string>> = {
  'FATE 1.6': 'canceled',
  'FATE 1.11': 'failed',
  'FATE 2': 'failed',
};
