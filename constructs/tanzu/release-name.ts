/** Name of the object that describes a release: names take no plus. */
export const releaseName = (kubernetes: string): string => kubernetes.replace('+', '---');
