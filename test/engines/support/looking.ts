import type { Pod as PodObject } from 'kubernetes-types/core/v1';
import { ClusterRefusal } from '../../../commands/cluster/refusal';
import { diagnoseMember, type Looking } from '../../../commands/diagnose/observe';
import { actorName, type Finding } from '../../../lib/diagnosis/finding';
import type { ExchangePlan } from '../../../lib/federation/exchange';
import type { PartyPlan } from '../../../lib/federation/party';
import type { Pod } from './pod';

/** A pod of the tests as a cluster would show it. */
export interface Shown {
  readonly pod: Pod;
  readonly workload: string;
  /** @default as the workload */
  readonly container?: string;
  /** @default 0 */
  readonly ordinal?: number;
}

const nameOf = ({ workload, ordinal = 0 }: Shown): string => `${workload}-${ordinal}`;

/** Looks at pods of the tests without an API server; one that has ended runs no more, and is not ready. */
export const lookingAt = (shown: readonly Shown[]): Looking => ({
  pods: async () => shown.map(objectOf),
  events: async () => [],
  exec: async (name, container, command, input) => {
    const found = shown.find((each) => nameOf(each) === name && (each.container ?? each.workload) === container);
    if (found === undefined) throw new ClusterRefusal('not-found', `there is no ${container} in ${name}`, 'try again');
    const line = input === undefined ? command : ['sh', '-c', 'printf "%s" "$0" | "$@"', input, ...command];
    return found.pod.exec(...line).catch((error: Error) => {
      throw new ClusterRefusal('failed', `nothing runs in ${name}`, error.message);
    });
  },
});

function objectOf(shown: Shown): PodObject {
  const { pod, workload, container = workload } = shown;
  const runs = pod.exitCode() === undefined;
  return {
    metadata: { name: nameOf(shown), labels: { 'app.kubernetes.io/name': workload } },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: runs ? 'True' : 'False' }],
      containerStatuses: [
        {
          name: container,
          image: '',
          imageID: '',
          ready: runs,
          restartCount: 0,
          state: runs ? { running: {} } : { terminated: { exitCode: pod.exitCode() ?? 0 } },
        },
      ],
    },
  };
}

/** What does not hold: the step, who has to act, and what the catalogue calls it. */
export async function faultsOf(
  plan: PartyPlan | ExchangePlan,
  shown: readonly Shown[],
  peers: readonly number[],
): Promise<readonly string[]> {
  const findings = await diagnoseMember(plan, lookingAt(shown), peers);
  return findings.filter(({ verdict }) => verdict === 'fails').map(faultText);
}

/** `route-missing at tunnel 40000: the exchange` */
export const faultText = ({ step, acts, failure }: Finding): string =>
  `${failure} at ${step}: ${acts ? actorName(acts) : 'nobody'}`;
