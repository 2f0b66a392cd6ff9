import type { Affinity, Container, EnvVar, Probe } from 'kubernetes-types/core/v1';
import { pulsarMemory } from '../../../lib/fate/heap';
import { configurationDirectory } from '../../../lib/fate/releases/pulsar-cluster';
import type { Settings } from '../../../lib/fate/releases/release';
import type { PartyPlan } from '../../../lib/federation/party';
import type { PulsarClusterPlan, PulsarPlan } from '../../../lib/federation/pulsar';
import type { Resources } from '../../../lib/kubernetes/quantities';
import { variables } from '../../parts/container';

/** A party whose Pulsar is highly available. */
export interface ClusteredPlan extends PartyPlan {
  readonly pulsar: PulsarPlan & { readonly cluster: PulsarClusterPlan };
}

export interface PartProps {
  readonly plan: ClusteredPlan;
  /** Configuration of its program. */
  readonly file: Settings;
}

export const configurationOf = (file: string): string => `${configurationDirectory}/${file}`;

export const memory = (resources: Resources): EnvVar[] => variables({ PULSAR_MEM: pulsarMemory(resources) });

/** Questions for a program that may take some time to start, in steps of five seconds. */
export const probesOf = (
  asked: Probe,
  steps = 60,
): Pick<Container, `${'startup' | 'readiness' | 'liveness'}Probe`> => ({
  startupProbe: { ...asked, periodSeconds: 5, failureThreshold: steps },
  readinessProbe: { ...asked, periodSeconds: 10 },
  livenessProbe: { ...asked, periodSeconds: 10, failureThreshold: 6 },
});

/** What broker and proxy answer, which do not ask ZooKeeper for it: without a majority there, one that runs is better than none. */
export const status: Probe = { httpGet: { path: '/status.html', port: 'admin' }, timeoutSeconds: 5 };

/**
 * Each on a node of its own as far as there are nodes, and in a zone of its own where nodes have some. Where there are not, as after the
 * loss of one of three, two may share one, and with that node two are lost: rather that than none in the place of the one that was lost.
 */
export const apart = (labels: Readonly<Record<string, string>>): Affinity => ({
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map(
      (topologyKey) => ({
        weight: 100,
        podAffinityTerm: { topologyKey, labelSelector: { matchLabels: labels } },
      }),
    ),
  },
});
