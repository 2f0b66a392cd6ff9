import type { Construct } from 'constructs';
import { type ClusterFile, clusterYaml, refuseFatalLimits } from '../../lib/kubefate/write/cluster-file';
import { TextFile } from '../app/text-file';

export interface KubeFateClusterProps {
  readonly namespace: string;
  readonly file: ClusterFile;
}

/**
 * `<namespace>.cluster.yaml`, from which KubeFATE makes what is in a namespace.
 *
 * @throws {InvalidInput} when KubeFATE could not install it
 */
export class KubeFateCluster extends TextFile {
  constructor(scope: Construct, id: string, { namespace, file }: KubeFateClusterProps) {
    refuseFatalLimits(`${namespace} with KubeFATE`, file);
    super(scope, id, { path: `${namespace}.cluster.yaml`, content: clusterYaml(file) });
  }
}
