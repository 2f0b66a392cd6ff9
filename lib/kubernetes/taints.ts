import { checkKeys, checkOneOf, isMap, readList, readMap } from '../input/checks';
import type { Problems } from '../input/problems';
import { checkLabelKey, checkLabelValue } from './labels';
import type { Toleration } from './pods';

/** What keeps pods off a node that do not tolerate it. */
export interface NodeTaint {
  /** As of a label: `example.com/pool`. */
  readonly key: string;
  /** As of a label. @default a taint without a value */
  readonly value?: string;
  /** What happens to pods that do not tolerate it; `NoExecute` also evicts those that run. */
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** @param problems at what has the taints */
export const planTaints = (problems: Problems, declared: readonly NodeTaint[] | undefined): readonly NodeTaint[] =>
  readList(problems, 'taints', declared, []).map((taint, i) => planTaint(problems.at(`taints[${i}]`), taint));

function planTaint(problems: Problems, declared: NodeTaint): NodeTaint {
  const props = readMap(problems, '', declared) as NodeTaint;
  checkKeys<NodeTaint>(problems, props, { key: true, value: true, effect: true });
  const { key, value, effect } = props;
  checkLabelKey(problems, 'key', key);
  if (value !== undefined) checkLabelValue(problems, 'value', value);
  checkOneOf(problems, 'effect', effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']);
  return { key, value, effect };
}

/** As `kubectl taint` takes it: `example.com/pool=fate:NoSchedule`. */
export const taintText = ({ key, value, effect }: NodeTaint): string => `${key}${value ? `=${value}` : ''}:${effect}`;

/** Whether a node with the taint takes no pod that does not tolerate it. */
export const keepsOff = ({ effect }: NodeTaint): boolean => effect !== 'PreferNoSchedule';

/** Tolerations with which a pod may run, and stay, on nodes with these taints, too. */
export function tolerating(tolerations: readonly Toleration[], taints: readonly NodeTaint[]): readonly Toleration[] {
  const all = [...tolerations];
  for (const taint of taints) if (!isTolerated(taint, all)) all.push({ ...taint, operator: 'Equal' });
  return all;
}

/**
 * Whether a pod may run, and stay, on a node with the taint.
 *
 * @param tolerations declared ones, whatever they are
 * @see Kubernetes, "Taints and Tolerations"
 */
export const isTolerated = (taint: NodeTaint, tolerations: readonly Toleration[]): boolean =>
  tolerations
    .filter(isMap)
    .some(
      ({ key, operator = 'Equal', value = '', effect, tolerationSeconds }) =>
        (key === undefined || key === taint.key) &&
        (operator === 'Exists' || value === (taint.value ?? '')) &&
        (effect === undefined || effect === taint.effect) &&
        tolerationSeconds === undefined,
    );
