import { type Resource, type ResourceKind, resources } from './resources';

/** A rule of a Role. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly Verb[];
}

export type Verb = 'get' | 'list' | 'create';

/** The rule that allows one thing. */
export function ruleFor(kind: ResourceKind, verbs: readonly Verb[], part?: string): Rule {
  const { group, name }: Resource = resources[kind];
  return { apiGroups: [group], resources: [part === undefined ? name : `${name}/${part}`], verbs };
}

/** As it stands in YAML, on one line. */
export const ruleText = ({ apiGroups, resources, verbs }: Rule): string =>
  `{ apiGroups: ${list(apiGroups)}, resources: ${list(resources)}, verbs: ${list(verbs)} }`;

const list = (texts: readonly string[]): string => JSON.stringify(texts).replaceAll(',', ', ');
