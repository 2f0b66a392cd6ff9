import { services } from '../fate/services';
import { type PartyVolume, pulsarReplicas } from '../fate/sizes';
import { dataClaim } from '../kubernetes/data-volume';
import type { PartyPlan } from './party';

/** Pods that have a volume each, where there may be several. */
export interface VolumePods {
  readonly datanodes: number;
  /** None where one process is all of Pulsar. */
  readonly bookies?: number;
}

/** Those of a plan. */
export const volumePods = ({ sizing: { datanodes }, pulsar: { cluster } }: PartyPlan): VolumePods => ({
  datanodes,
  bookies: cluster?.bookies,
});

/** A StatefulSet whose pods have claims. */
export interface ClaimedSet {
  readonly statefulSet: string;
  readonly pods: number;
}

/** Whose claims have the declared size. */
export function sizedSet(volume: PartyVolume, { datanodes, bookies }: VolumePods): ClaimedSet {
  if (volume === 'datanode') return { statefulSet: volume, pods: datanodes };
  if (volume === 'pulsar' && bookies !== undefined) return { statefulSet: services.pulsarBookie.name, pods: bookies };
  return { statefulSet: volume, pods: 1 };
}

/** All that hold what is on a volume: where Pulsar is highly available, its ZooKeepers know what is on which bookie. */
export const claimedSets = (volume: PartyVolume, pods: VolumePods): readonly ClaimedSet[] => [
  sizedSet(volume, pods),
  ...(volume === 'pulsar' && pods.bookies !== undefined
    ? [{ statefulSet: services.pulsarZookeeper.name, pods: pulsarReplicas.zookeeper }]
    : []),
];

/** Their claims, which outlive their pods. */
export const volumeClaims = (volume: PartyVolume, pods: VolumePods): readonly string[] =>
  claimedSets(volume, pods).flatMap(setClaims);

export const setClaims = ({ statefulSet, pods }: ClaimedSet): readonly string[] =>
  Array.from({ length: pods }, (_, pod) => dataClaim(statefulSet, pod));
