import type { PodSettings, Pods } from '../../kubernetes/pods';
import { type ChartLimit, limit } from './limit';

/** What no module can be told. */
export function podLimits(pods: Pods<string>): ChartLimit[] {
  const all = Object.entries(pods);
  return [
    ...without.flatMap(([key, consequence]) => {
      const names = all.filter(([, settings]) => isSet(settings[key])).map(([name]) => name);
      return names.length === 0 ? [] : [limit(`pods.${key}`, `gives none to ${names.join(', ')}`, consequence)];
    }),
    ...all.flatMap(([name, { affinity }]) =>
      affinity.podAffinity === undefined && affinity.podAntiAffinity === undefined
        ? []
        : [
            limit(
              `pods.${name}.affinity`,
              ownLabels,
              'a rule that looks for app.kubernetes.io/name finds none of them',
            ),
          ],
    ),
  ];
}

const ownLabels = 'labels its pods with fateMoudle, name and partyId';

const isSet = (value: object | string | undefined): boolean =>
  typeof value === 'object' ? Object.keys(value).length > 0 : value !== undefined;

const without: readonly (readonly [keyof PodSettings, consequence: string])[] = [
  ['priorityClassName', 'the pods have the default priority of the cluster, and may give way to others'],
  ['labels', 'rules that look for these labels do not find the pods'],
  ['annotations', 'what reads these annotations does not find them'],
  ['environment', 'the programs do not have these variables, a proxy among them'],
  ['timezone', 'the programs keep the time zone of their images, and FATE Board GMT+8'],
];
