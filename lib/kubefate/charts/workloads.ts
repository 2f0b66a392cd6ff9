import type { FateRelease } from '../../fate/releases';
import type { PartyVolume } from '../../fate/sizes';
import { partyChart } from '.';
import { claimOfPod, isPerPod } from './party-chart';

/** Claims of a chart, by the volume that they are here. */
export function chartClaims(
  { fate, datanodes }: { readonly fate: FateRelease; readonly datanodes: number },
  volume: PartyVolume,
): readonly string[] {
  const claim = chartClaim(fate, volume);
  const pods = volume === 'datanode' && isPerPod(claim) ? datanodes : 1;
  return Array.from({ length: pods }, (_, pod) => claimOfPod(claim, pod));
}

export const chartClaim = (fate: FateRelease, volume: PartyVolume): string =>
  `${partyChart({ fate }).claims[chartModules[volume]]}`;

const chartModules = {
  mysql: 'mysql',
  fateflow: 'python',
  client: 'client',
  namenode: 'hdfs.namenode',
  datanode: 'hdfs.datanode',
  pulsar: 'pulsar',
} as const satisfies Record<PartyVolume, string>;

/** What has the pods that write to a volume: the claim of a StatefulSet's pod ends in its number. */
export function chartWorkload(fate: FateRelease, volume: PartyVolume): string {
  const name = chartModules[volume].replace('hdfs.', '');
  return `${isPerPod(chartClaim(fate, volume)) ? 'statefulset' : 'deployment'}/${name}`;
}
