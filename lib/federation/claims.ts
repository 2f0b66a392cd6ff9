import { services } from '../fate/services';
import { type PartyVolume, pulsarReplicas } from '../fate/sizes';
import { dataClaim } from '../kubernetes/data-volume';
import type { ExistingClaims } from './existing-claims';
import type { PartyPlan } from './party';

/** Pods that have a volume each, where there may be several. */
export interface VolumePods {
  readonly datanodes: number;
  /** None where one process is all of Pulsar. */
  readonly bookies?: number;
  /** Claims that somebody else has made, for volumes of one pod. @default none */
  readonly existingClaims?: ExistingClaims;
}

/** Those of a plan. */
export const volumePods = ({ sizing: { datanodes }, pulsar: { cluster }, existingClaims }: PartyPlan): VolumePods => ({
  datanodes,
  bookies: cluster?.bookies,
  existingClaims,
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
  existing(volume, pods) ?? claimedSets(volume, pods).flatMap(setClaims);

/** Claims that have the declared size. */
export const sizedClaims = (volume: PartyVolume, pods: VolumePods): readonly string[] =>
  existing(volume, pods) ?? setClaims(sizedSet(volume, pods));

/** Claims that StatefulSets make, as far as they do. */
export const madeClaims = (volume: PartyVolume, pods: VolumePods): readonly string[] =>
  existing(volume, pods) === undefined ? volumeClaims(volume, pods) : [];

function existing(volume: PartyVolume, { existingClaims = {} }: VolumePods): readonly string[] | undefined {
  const claim = existingClaims[volume];
  return claim === undefined ? undefined : [claim];
}

const setClaims = ({ statefulSet, pods }: ClaimedSet): readonly string[] =>
  Array.from({ length: pods }, (_, pod) => dataClaim(statefulSet, pod));
