import { services, workloads } from '../fate/services';
import { type PartyVolume, partyVolumes } from '../fate/sizes';
import { checkNames, checkObjectName, checkUnique, isMap, readMap, shown } from '../input/checks';
import type { Problems } from '../input/problems';
import { dataClaim } from '../kubernetes/data-volume';

/** Names of PersistentVolumeClaims that are there already, by volume. */
export type ExistingClaims = Readonly<Partial<Record<PartyVolume, string>>>;

/** What of a party decides which volumes may be such ones. */
interface Around {
  /** As they are declared. */
  readonly storageClasses: unknown;
  readonly datanodes: number;
  /** Whether Pulsar is highly available. */
  readonly isClustered: boolean;
}

/** Of each at most one pod of the party has it, and none makes it. */
export function planExistingClaims(
  problems: Problems,
  declared: ExistingClaims | undefined,
  { storageClasses, datanodes, isClustered }: Around,
): ExistingClaims {
  const claims = readMap(problems, '', declared, 'use one such as { mysql: "fate-mysql" }, or leave it out');
  checkNames(problems, claims, partyVolumes);
  const entries = partyVolumes.flatMap((volume) =>
    claims[volume] === undefined ? [] : [[volume, claims[volume]] as const],
  );
  for (const [volume, name] of entries) {
    checkObjectName(problems, volume, name, `fate-${volume}`);
    if (isMap(storageClasses) && storageClasses[volume] !== undefined)
      problems.add(volume, 'has its StorageClass already', `leave out storageClasses.${volume}`);
    const owner = madeFor(name);
    if (owner !== undefined && owner !== volume)
      problems.add(volume, `${shown(name)} is the claim of ${owner}`, 'use one of another name');
  }
  if (claims.datanode !== undefined && datanodes > 1)
    problems.add('datanode', `is one claim for ${datanodes} datanodes`, 'use datanodes: 1, or leave it out');
  if (claims.pulsar !== undefined && isClustered)
    problems.add('pulsar', 'is one claim for all bookies', 'leave it out, or leave out pulsar.cluster');
  checkUnique(
    problems,
    entries.map(([path, value]) => ({ path, value })),
    'use another claim for each volume',
  );
  return Object.fromEntries(entries);
}

/** For what a party of the library makes a claim of this name. */
const madeFor = (name: unknown): string | undefined =>
  name === workloads.backup
    ? 'backups'
    : [...partyVolumes, services.pulsarBookie.name, services.pulsarZookeeper.name].find(
        (set) => typeof name === 'string' && name.replace(/\d+$/, '0') === dataClaim(set, 0),
      );
