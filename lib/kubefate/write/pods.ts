import type { Affinity } from 'kubernetes-types/core/v1';
import type { PodSettings } from '../../kubernetes/pods';

/**
 * What the charts take for a module as it is.
 *
 * @param own what the module has anyway
 */
export const placement = ({ nodeSelector, tolerations, affinity }: PodSettings, own: Affinity = {}) => ({
  ...named({ nodeSelector }),
  ...(tolerations.length > 0 && { tolerations }),
  ...named({ affinity: { ...own, ...affinity } }),
});

const named = (entry: Readonly<Record<string, object>>) =>
  Object.fromEntries(Object.entries(entry).filter(([, map]) => Object.keys(map).length > 0));
