import type { Container, Probe } from 'kubernetes-types/core/v1';
import { describe, expect, test } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../../../constructs';
import { type FateRelease, federation, type PulsarProps, releases } from '../../../../lib';
import { drawnSeconds, expectedSeconds } from '../../../../lib/reports/failures/expectations';
import { twoParties } from '../../../support/declarations';
import { examples, filesOfExample, objectsIn } from '../../../support/examples';
import { type AnyObject, objectsOf, podOf, type Workload, workloadsOf } from '../../../support/objects';

/** What nobody calls may start whenever it does. */
const isCalled = ({ ports = [] }: Container): boolean => ports.length > 0;

/** The paper says no time of what else is on a cluster. */
const members = (objects: readonly AnyObject[]): readonly Workload[] =>
  workloadsOf(objects).filter(({ metadata }) => metadata?.namespace?.startsWith('fate-'));

const drawn = (fate: FateRelease, pulsar: PulsarProps = {}) => {
  const { exchange, parties } = federation({
    ...twoParties,
    fate,
    parties: twoParties.parties.map((it) => ({ ...it, pulsar })),
  });
  return [
    ...objectsOf((app) => new Exchange(app, 'exchange', exchange)),
    ...parties.flatMap((plan) => objectsOf((app) => new FederatedLearningCluster(app, `party-${plan.id}`, plan))),
  ];
};

const cases: readonly (readonly [string, () => readonly AnyObject[]])[] = [
  ...(Object.keys(releases) as FateRelease[]).flatMap((fate) => [
    [`FATE ${fate}`, () => drawn(fate)] as const,
    [`FATE ${fate} with several Pulsars`, () => drawn(fate, { cluster: true })] as const,
  ]),
  ...examples.map((example) => [`example ${example}`, () => objectsIn(filesOfExample(example))] as const),
];

describe.each(cases)('of %s', (_, objectsOfCase) => {
  const workloads = members(objectsOfCase());
  const containers = workloads.flatMap((it) =>
    podOf(it)
      .containers.filter(isCalled)
      .map((container) => ({ ...container, name: `${it.metadata?.namespace} ${container.name}` })),
  );

  test('what a pod of the paper has of its 30 seconds is for its program by half', () => {
    expect(drawnSeconds.seen).toBeLessThanOrEqual(expectedSeconds.pod / 2);
    const slow = containers.filter((it) => every(it.startupProbe) + every(it.readinessProbe) > drawnSeconds.seen);
    expect(slow.map(({ name }) => name)).toEqual([]);
  });

  test('no program is killed for its start within the 3 minutes that the pods of a party have together', () => {
    expect(drawnSeconds.patience).toBeGreaterThanOrEqual(expectedSeconds.flc);
    const hasty = containers.filter((it) => allowance(it.startupProbe) < drawnSeconds.patience);
    expect(hasty.map(({ name }) => name)).toEqual([]);
  });

  test('what only waits for another pod that restarts is not killed meanwhile', () => {
    const hasty = containers.filter((it) => allowance(it.livenessProbe) < expectedSeconds.pod);
    expect(hasty.map(({ name }) => name)).toEqual([]);
  });

  test('pods that start one after the other, and stop first, leave most of the 3 minutes to their programs', () => {
    for (const { spec } of workloads) {
      const { initContainers = [], terminationGracePeriodSeconds = 30 } = spec?.template.spec ?? {};
      // The pod that an init container waits for has to be seen, too.
      const seen = drawnSeconds.seen * (1 + initContainers.length);
      expect(terminationGracePeriodSeconds + seen).toBeLessThanOrEqual(expectedSeconds.flc * (2 / 3));
    }
  });

  test('a node whose VM is restarted within 5 minutes has its pods back, and nobody else gets them', () => {
    expect(drawnSeconds.evicted).toBeGreaterThanOrEqual(expectedSeconds.stoppedVm);
    const given = workloads.flatMap((it) => podOf(it).tolerations ?? []);
    const short = given.filter(
      ({ tolerationSeconds = drawnSeconds.evicted }) => tolerationSeconds < drawnSeconds.evicted,
    );
    expect(short).toEqual([]);
    expect(workloads.map((it) => podOf(it).restartPolicy ?? 'Always').filter((it) => it !== 'Always')).toEqual([]);
  });
});

/** Kubernetes' own values where a probe says nothing. */
const every = (probe: Probe = {}): number => (probe.initialDelaySeconds ?? 0) + (probe.periodSeconds ?? 10);
const allowance = ({ failureThreshold = 3, ...probe }: Probe = {}): number => every(probe) * failureThreshold;
