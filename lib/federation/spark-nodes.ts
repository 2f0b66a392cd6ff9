import { checkKeys, isMap, type Keys, keyPath, readMap, shown } from '../input/checks';
import type { Problems } from '../input/problems';
import { planLabels } from '../kubernetes/labels';
import type { PodProps, PodSettings, Pods, PodsProps } from '../kubernetes/pods';
import { isTolerated, keepsOff, type NodeTaint, planTaints, tolerating } from '../kubernetes/taints';

/** Nodes for Spark workers alone: what they are known by, and what keeps other pods off. */
export interface SparkNodesProps {
  /** Labels that each of these nodes has. @default { 'kubefate-tanzu/nodes': 'spark' } */
  readonly labels?: Readonly<Record<string, string>>;
  /** Taints that they have, and no others. @default one of each label's key and value, with effect NoSchedule */
  readonly taints?: readonly NodeTaint[];
}

/** The same, decided. */
export type SparkNodes = Required<SparkNodesProps>;

/** Nodes of which nothing is said but that they are for Spark workers. */
const usualLabels = { 'kubefate-tanzu/nodes': 'spark' };

const sparkNodesKeys: Keys<SparkNodesProps> = { labels: true, taints: true };

/**
 * None where Spark workers run wherever there is room.
 *
 * @param told those of the cluster, where they are known: what is meant where nothing is declared of them, or `true`
 */
export function planSparkNodes(
  problems: Problems,
  declared: SparkNodesProps | boolean | undefined,
  told?: SparkNodes,
): SparkNodes | undefined {
  if (declared === false) return undefined;
  if (declared === undefined) return told;
  if (declared === true) return told ?? markedNodes(problems, {});
  const props = readMap(problems, '', declared, 'use true, false, or { labels, taints }');
  checkKeys(problems, props, sparkNodesKeys);
  return markedNodes(problems, props);
}

/** Nodes with these labels and taints, or the usual ones where there are none. */
export function markedNodes(problems: Problems, declared: SparkNodesProps): SparkNodes {
  const labels = planLabels(problems.at('labels'), declared.labels === undefined ? usualLabels : declared.labels);
  if (Object.keys(labels).length === 0) {
    problems.add('labels', 'are none, and tell these nodes from no others', 'name one, or leave it out');
  }
  if (declared.taints === undefined) return { labels, taints: Object.entries(labels).map(taintOf) };
  const before = problems.count;
  const taints = planTaints(problems, declared.taints);
  if (problems.count === before && !taints.some(keepsOff)) {
    problems.add('taints', 'keep no pod off', 'name one with effect NoSchedule or NoExecute, or leave them out');
  }
  return { labels, taints };
}

const taintOf = ([key, value]: [string, string]): NodeTaint => ({ key, value, effect: 'NoSchedule' });

/** Whether they are known by the same, in whatever order it was written. */
export const areSameNodes = (a: SparkNodes, b: SparkNodes): boolean => haveAll(a, b) && haveAll(b, a);

/** Whether the second nodes have the labels and taints of the first. */
const haveAll = ({ labels, taints }: SparkNodes, of: SparkNodes): boolean =>
  Object.entries(labels).every(([key, value]) => of.labels[key] === value) &&
  taints.every((a) => of.taints.some((b) => a.key === b.key && a.value === b.value && a.effect === b.effect));

type PartyPods = Pods<'sparkWorker'> & Readonly<Record<string, PodSettings | undefined>>;

/**
 * Pods of a party whose Spark workers run on nodes of their own, and whose other pods do not; what is declared to the contrary is
 * reported.
 *
 * @param problems at `pods`
 */
export function onSparkNodes<Planned extends PartyPods>(
  problems: Problems,
  declared: PodsProps<string>['pods'],
  pods: Planned,
  { labels, taints }: SparkNodes,
): Planned {
  const { sparkWorker } = pods;
  checkLabels(problems.at('sparkWorker.nodeSelector'), declared?.['sparkWorker'], labels);
  checkOthers(problems, declared, pods, taints);
  const { nodeSelector, tolerations } = sparkWorker;
  return {
    ...pods,
    sparkWorker: {
      ...sparkWorker,
      nodeSelector: { ...nodeSelector, ...labels },
      tolerations: tolerating(tolerations, taints),
    },
  };
}

function checkLabels(problems: Problems, declared: PodProps | undefined, labels: SparkNodes['labels']): void {
  const own = isMap(declared?.nodeSelector) ? declared.nodeSelector : {};
  for (const [key, value] of Object.entries(labels)) {
    if (own[key] === undefined || own[key] === value) continue;
    const what = `${shown(own[key])} is no label of the nodes for Spark workers, which have ${shown(value)}`;
    problems.add(keyPath(key), what, 'leave it out, or use sparkNodes: false');
  }
}

/** Pods that tolerate every taint of the nodes would run there, too. */
function checkOthers(
  problems: Problems,
  declared: PodsProps<string>['pods'],
  pods: PartyPods,
  taints: readonly NodeTaint[],
): void {
  const kept = taints.filter(keepsOff);
  const there = Object.entries(pods).filter(
    ([pod, settings]) =>
      pod !== 'sparkWorker' &&
      kept.length > 0 &&
      kept.every((taint) => isTolerated(taint, settings?.tolerations ?? [])),
  );
  const sources = there.map(([pod]) => (declared?.[pod]?.tolerations === undefined ? 'all' : pod));
  for (const source of new Set(sources)) {
    problems.add(
      `${source}.tolerations`,
      'would let other pods than Spark workers onto the nodes for these',
      "name the taints of the party's other nodes alone, or use sparkNodes: false",
    );
  }
}
