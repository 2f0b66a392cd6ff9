/** The one volume of a StatefulSet's pods: name of its claim template. */
export const dataVolume = 'data';

/** Claim of one pod, as Kubernetes names it after template, StatefulSet and pod. */
export const dataClaim = (statefulSet: string, pod: number): string => `${dataVolume}-${statefulSet}-${pod}`;
