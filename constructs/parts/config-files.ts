import { createHash } from 'node:crypto';
import { Construct } from 'constructs';
import type { ConfigMap, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { Manifest } from '../app/manifest';

/** A ConfigMap of whole files, and how a pod mounts it. */
export class ConfigFiles extends Construct {
  readonly volume: Volume;

  constructor(
    scope: Construct,
    private readonly name: string,
    private readonly files: Readonly<Record<string, string>>,
  ) {
    super(scope, name);
    this.volume = { name, configMap: { name } };
    new Manifest<ConfigMap>(this, 'config-map', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: files,
    });
  }

  /** Changes with the content: an annotation of pods that read these files only when they start. */
  get checksum(): string {
    return createHash('sha256').update(JSON.stringify(this.files)).digest('hex');
  }

  /** All files as a directory. A changed ConfigMap reaches it while the pod runs. */
  mountAt(mountPath: string): VolumeMount {
    return { name: this.name, mountPath, readOnly: true };
  }

  /** One file beside others that the image has. It stays as it was when the container started. */
  mountFile(file: string, mountPath: string): VolumeMount {
    return { name: this.name, mountPath, subPath: file, readOnly: true };
  }
}

/** Annotation that gives a pod template a new revision with the content of files that are read only at the start. */
export const checksumAnnotation = (...files: readonly ConfigFiles[]): Record<string, string> =>
  Object.fromEntries(files.map((it) => [`checksum/${it.node.id}`, it.checksum]));
