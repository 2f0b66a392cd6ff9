import type { Affinity } from 'kubernetes-types/core/v1';
import {
  checkInteger,
  checkKeys,
  checkNames,
  checkObjectName,
  checkOneOf,
  type Keys,
  keyPath,
  readList,
  readMap,
  shown,
} from '../input/checks';
import type { Problems } from '../input/problems';
import { checkAffinity } from './affinity';
import { checkLabelKey, checkLabelValue, checkSize, planAnnotations, planLabels } from './labels';

/** Where pods run and what they know of their surroundings, whatever program is in them. */
export interface PodProps {
  /** Labels that a node must have. @default {} */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Taints of nodes that do not keep the pods away, beside those that a component tolerates by itself. @default [] */
  readonly tolerations?: readonly Toleration[];
  /**
   * As Kubernetes spells it. Each of `nodeAffinity`, `podAffinity` and `podAntiAffinity` is in the place of the component's own:
   * one Spark worker per node, datanodes apart.
   * @default the component's own
   */
  readonly affinity?: Affinity;
  /** A PriorityClass of the cluster. @default the cluster's own default */
  readonly priorityClassName?: string;
  /** Labels of the pods beside their own. @default {} */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of the pods beside their own. @default {} */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * Variables of every container, in the place of its own of the same name: `HTTPS_PROXY` with `NO_PROXY`. They can be read
   * by anybody who sees the pod, and so hold no secret.
   * @default {}
   */
  readonly environment?: Readonly<Record<string, string>>;
  /** Time zone of the programs, such as `Europe/Berlin`; in FATE Flow's pod FATE Board shows times in it, too. @default the images' own, and GMT+8 in FATE Board */
  readonly timezone?: string;
}

/** Of a taint. */
export interface Toleration {
  /** Key of the taint. @default every taint; needs `operator: 'Exists'` */
  readonly key?: string;
  /** Whether the value counts. @default 'Equal' */
  readonly operator?: 'Exists' | 'Equal';
  /** Value of the taint. @default '' */
  readonly value?: string;
  /** Effect of the taint. @default every effect */
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  /** How long pods stay on a node that gets the taint; with effect `NoExecute`. @default for ever */
  readonly tolerationSeconds?: number;
}

/**
 * What is said of every pod, and of those of single components. For a component maps are merged key by key with those of
 * `all`; whatever else is in the place of it.
 */
export interface PodsProps<Component extends string> {
  /** By component; `all` for what holds for each. @default {} */
  readonly pods?: Readonly<Partial<Record<Component | 'all', PodProps>>>;
}

/** All of it, for the pods of one component. */
export interface PodSettings {
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  readonly affinity: Affinity;
  readonly priorityClassName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly timezone?: string;
}

/** Settings of every component's pods. */
export type Pods<Component extends string> = Readonly<Record<Component, PodSettings>>;

/** A pod of which nothing is said. */
export const plainPod: PodSettings = {
  nodeSelector: {},
  tolerations: [],
  affinity: {},
  labels: {},
  annotations: {},
  environment: {},
};

/** @param problems at `pods` */
export function planPods<Component extends string>(
  problems: Problems,
  declared: PodsProps<Component>['pods'],
  components: readonly Component[],
): Pods<Component> {
  const props: Readonly<Partial<Record<string, PodProps>>> = readMap(problems, '', declared);
  checkNames(problems, props, ['all', ...components]);
  const all = planPod(problems.at('all'), props['all'], plainPod);
  const entries = components.map((name) => [name, planPod(problems.at(name), props[name], all)]);
  return Object.fromEntries(entries);
}

const podKeys: Keys<PodProps> = {
  nodeSelector: true,
  tolerations: true,
  affinity: true,
  priorityClassName: true,
  labels: true,
  annotations: true,
  environment: true,
  timezone: true,
};

/** @param all what holds where nothing else is declared */
export function planPod(problems: Problems, declared: PodProps | undefined, all: PodSettings = plainPod): PodSettings {
  if (declared === undefined) return all;
  const props = readMap(problems, '', declared);
  checkKeys(problems, props, podKeys);
  const { affinity = all.affinity, priorityClassName = all.priorityClassName, timezone = all.timezone } = props;
  if (props.affinity !== undefined) checkAffinity(problems.at('affinity'), affinity);
  if (props.priorityClassName !== undefined) {
    checkObjectName(problems, 'priorityClassName', priorityClassName, 'fate-production');
  }
  checkTimezone(problems, props.timezone);
  const tolerations = readList(problems, 'tolerations', props.tolerations, all.tolerations);
  tolerations.forEach((it, i) => checkToleration(problems.at(`tolerations[${i}]`), it));
  const labels = planLabels(problems.at('labels'), props.labels);
  checkOwnLabels(problems.at('labels'), labels);
  const environment = { ...all.environment, ...planEnvironment(problems.at('environment'), props.environment) };
  checkProxy(problems.at('environment'), environment);
  return {
    nodeSelector: { ...all.nodeSelector, ...planLabels(problems.at('nodeSelector'), props.nodeSelector) },
    tolerations,
    affinity,
    priorityClassName,
    labels: { ...all.labels, ...labels },
    annotations: { ...all.annotations, ...planAnnotations(problems.at('annotations'), props.annotations) },
    environment,
    timezone,
  };
}

const tolerationKeys: Keys<Toleration> = {
  key: true,
  operator: true,
  value: true,
  effect: true,
  tolerationSeconds: true,
};

function checkToleration(problems: Problems, declared: Toleration): void {
  const props = readMap(problems, '', declared);
  const { key, operator = 'Equal', value, effect, tolerationSeconds } = props;
  checkKeys(problems, props, tolerationKeys);
  checkOneOf(problems, 'operator', operator, ['Exists', 'Equal']);
  if (key !== undefined) checkLabelKey(problems, 'key', key);
  else if (operator !== 'Exists')
    problems.add('key', 'is missing', "use the taint's, or operator: 'Exists' for every taint");
  if (value !== undefined) checkLabelValue(problems, 'value', value);
  if (value !== undefined && value !== '' && operator === 'Exists') {
    problems.add('value', `${shown(value)} is for operator Equal`, 'leave it out, or use that operator');
  }
  if (effect !== undefined) checkOneOf(problems, 'effect', effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']);
  if (tolerationSeconds === undefined) return;
  checkInteger(problems, 'tolerationSeconds', tolerationSeconds, 0, 2 ** 31);
  if (effect !== 'NoExecute') problems.add('tolerationSeconds', 'is for effect NoExecute', 'use that, or leave it out');
}

/** Services and controllers find pods by these. */
function checkOwnLabels(problems: Problems, labels: Readonly<Record<string, string>>): void {
  for (const key of Object.keys(labels).filter((key) => key.startsWith('app.kubernetes.io/'))) {
    problems.add(keyPath(key), "is the component's own", 'use a prefix of your own, such as "example.com/team"');
  }
}

function checkTimezone(problems: Problems, timezone: unknown): void {
  if (timezone === undefined || (typeof timezone === 'string' && isTimezone(timezone))) return;
  problems.add('timezone', `${shown(timezone)} is no time zone`, 'use a name of the IANA, such as "Europe/Berlin"');
}

/** A name such as `GMT+8` is left out: to a container it is west of Greenwich, to FATE Board's driver east of it. */
function isTimezone(text: string): boolean {
  if (!/^[A-Z][A-Za-z_]+(\/[A-Za-z][A-Za-z0-9_+-]*)*$/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function planEnvironment(problems: Problems, declared: PodProps['environment']): Readonly<Record<string, string>> {
  const environment = { ...readMap(problems, '', declared) } as Readonly<Record<string, string>>;
  for (const [name, value] of Object.entries(environment)) checkVariable(problems, name, value);
  checkSize(problems, environment);
  return environment;
}

function checkVariable(problems: Problems, name: string, value: unknown): void {
  const path = keyPath(name);
  if (!/^[A-Za-z_]\w*$/.test(name)) problems.add(path, 'is no name of a variable', 'use letters, digits and "_"');
  if (name === 'TZ') problems.add(path, 'is set by timezone', 'use that');
  if (typeof value !== 'string' || value.includes('\0')) {
    problems.add(path, 'is no text', 'write it in quotes, as a container gets it');
  } else if (secretName.test(name) || /:\/\/[^/@]*:[^/@]*@/.test(value)) {
    // The value stays out of the message.
    problems.add(path, 'looks like a secret, and whoever sees the pod can read it', 'leave it out');
  }
}

const secretName = /passw(or)?d|passphrase|(^|_)pass(_|$)|_pwd$|secret|token|credential|(api|access|private|ssh)_?key/i;

/** Programs that call one another by names and addresses of the cluster would call the proxy. */
function checkProxy(problems: Problems, environment: Readonly<Record<string, string>>): void {
  const names = Object.keys(environment);
  const proxy = names.find((name) => /^(https?|all)_proxy$/i.test(name));
  if (proxy === undefined || names.some((name) => /^no_proxy$/i.test(name))) return;
  problems.add(
    'NO_PROXY',
    `is missing, and with ${proxy} calls inside of the cluster go to the proxy, too`,
    'name the Services and the ranges of pods and Services: "fateflow,fateboard,nginx,nginx-internal,pulsar,mysql,namenode,spark-master,.svc,10.0.0.0/8"',
  );
}
