import type { NodeOs } from '../../lib/tanzu/cluster';

/** Annotation that chooses among the images of a release; without it the nodes run Photon. */
export const osImage = (os: NodeOs | undefined): Record<string, string> | undefined =>
  os && {
    'run.tanzu.vmware.com/resolve-os-image': [
      `os-name=${os.name}`,
      ...(os.version ? [`os-version=${os.version}`] : []),
    ].join(),
  };
