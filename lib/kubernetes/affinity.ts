import { checkInteger, checkNames, checkOneOf, isMap, readList, shown } from '../input/checks';
import type { Problems } from '../input/problems';
import { checkLabelKey, checkLabelValue, planLabels } from './labels';

type Check = (problems: Problems, value: unknown) => void;

/** Reports what the API server would refuse of an `affinity`. */
export function checkAffinity(problems: Problems, affinity: unknown): void {
  mapOf({ nodeAffinity, podAffinity, podAntiAffinity: podAffinity })(problems, affinity);
}

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

const nodeAffinity: Check = (problems, value) => {
  const terms = listOf(mapOf({ matchExpressions: listOf(nodeExpression), matchFields: listOf(nodeExpression) }), 1);
  const preference = mapOf({ matchExpressions: listOf(nodeExpression), matchFields: listOf(nodeExpression) });
  mapOf({
    [required]: mapOf({ nodeSelectorTerms: terms }, ['nodeSelectorTerms']),
    [preferred]: listOf(mapOf({ weight, preference }, ['weight', 'preference'])),
  })(problems, value);
};

const podAffinity: Check = (problems, value) => {
  mapOf({
    [required]: listOf(podTerm),
    [preferred]: listOf(mapOf({ weight, podAffinityTerm: podTerm }, ['weight', 'podAffinityTerm'])),
  })(problems, value);
};

const podTerm: Check = (problems, value) =>
  mapOf({ topologyKey, labelSelector, namespaceSelector: labelSelector, namespaces: listOf(text) }, ['topologyKey'])(
    problems,
    value,
  );

const labelSelector: Check = (problems, value) =>
  mapOf({
    matchLabels: (at, labels) => void planLabels(at, labels as Readonly<Record<string, string>>),
    matchExpressions: listOf(expression(['In', 'NotIn', 'Exists', 'DoesNotExist'])),
  })(problems, value);

const nodeExpression: Check = (problems, value) =>
  expression(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'])(problems, value);

const expression =
  (operators: readonly string[]): Check =>
  (problems, value) => {
    mapOf({ key: topologyKey, operator: oneOf(operators), values: listOf(labelValue) }, ['key', 'operator'])(
      problems,
      value,
    );
    if (!isMap(value) || !Array.isArray(value['values'] ?? [])) return;
    const count = ((value['values'] ?? []) as unknown[]).length;
    const [least, most] = valuesOf.get(value['operator']) ?? [0, count];
    if (least <= count && count <= most) return;
    problems.add(
      'values',
      `are ${count} for ${value['operator']}`,
      `use ${least === most ? least : `${least} or more`}`,
    );
  };

const valuesOf: ReadonlyMap<unknown, readonly [least: number, most: number]> = new Map([
  ['In', [1, Number.POSITIVE_INFINITY]],
  ['NotIn', [1, Number.POSITIVE_INFINITY]],
  ['Exists', [0, 0]],
  ['DoesNotExist', [0, 0]],
  ['Gt', [1, 1]],
  ['Lt', [1, 1]],
]);

const topologyKey: Check = (problems, value) => checkLabelKey(problems, '', value);
const labelValue: Check = (problems, value) => checkLabelValue(problems, '', value);
const weight: Check = (problems, value) => checkInteger(problems, '', value, 1, 100);
const oneOf =
  (known: readonly string[]): Check =>
  (problems, value) =>
    checkOneOf(problems, '', value, known);
const text: Check = (problems, value) => {
  if (typeof value !== 'string' || value === '') problems.add('', `${shown(value)} is no name`, 'use text');
};

/** A map with these keys and no others, each checked. */
const mapOf =
  (checks: Readonly<Record<string, Check>>, needed: readonly string[] = []): Check =>
  (problems, value) => {
    if (!isMap(value)) {
      problems.add('', `${shown(value)} is no map`, `use a map of ${Object.keys(checks).join(', ')}`);
      return;
    }
    checkNames(problems, value, Object.keys(checks));
    for (const [key, check] of Object.entries(checks)) {
      if (value[key] !== undefined) check(problems.at(key), value[key]);
      else if (needed.includes(key)) problems.add(key, 'is missing', 'Kubernetes needs it');
    }
  };

const listOf =
  (check: Check, least = 0): Check =>
  (problems, value) => {
    const items = readList<unknown>(problems, '', value as readonly unknown[], []);
    items.forEach((item, i) => {
      check(problems.at(`[${i}]`), item);
    });
    if (Array.isArray(value) && value.length < least) problems.add('', 'is empty', 'name one or more, or leave it out');
  };
