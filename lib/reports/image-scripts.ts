import { inSingleQuotes } from '../formats/shell';
import { withoutDigest } from '../kubernetes/images';
import { isCopy, type PlannedImage } from './images';

/** A program that reads and writes registries without a daemon. */
export type RegistryTool = 'skopeo' | 'crane';

export const registryTools = ['skopeo', 'crane'] as const satisfies readonly RegistryTool[];

/**
 * A script for `sh` that copies images to where pods take them from. Both tools copy manifests as they are, with those of all
 * platforms: a copy has the digest of what it is a copy of, which one by pull and push has not.
 *
 * @see skopeo-copy(1): a source has a tag or a digest
 */
export function copyScript(images: readonly PlannedImage[], tool: RegistryTool): string {
  const copies = images.filter(isCopy);
  const lines = copies.map(({ image, published = '', isUnpublished }) =>
    isUnpublished
      ? `# ${published} is published by nobody: build it with FATE-Builder, and push it as ${withoutDigest(image)}`
      : commands[tool].copy(withoutTag(published), withoutDigest(image)),
  );
  return script(
    `Copies images with their digests. Log in to the registries before: ${tool} ${commands[tool].login}.`,
    lines,
  );
}

/** A script for `sh` that prints digests of images as JSON, by the names that pods have for them. */
export function lockScript(images: readonly PlannedImage[], tool: RegistryTool): string {
  const names = [...new Set(images.filter(isLockable).map(({ image }) => withoutDigest(image)))];
  return script('Prints the digest of each image, as JSON, once all are known.', [
    'lock=',
    'add() {',
    `  digest=$(${commands[tool].digest})`,
    `  lock="$lock\${lock:+,`,
    `}  \\"$1\\": \\"$digest\\""`,
    '}',
    ...names.map((name) => `add ${inSingleQuotes(name)}`),
    `printf '{\\n%s\\n}\\n' "$lock"`,
  ]);
}

/** Not one that was declared with its digest. */
const isLockable = ({ image, published }: PlannedImage): boolean => published !== undefined || !image.includes('@');

/** With a digest, the name alone: `busybox@sha256:…`. */
const withoutTag = (image: string): string => image.replace(/:[^:@/]+@/, '@');

const script = (what: string, lines: readonly string[]): string =>
  ['#!/bin/sh', `# ${what}`, 'set -eu', ...lines].map((line) => `${line}\n`).join('');

const docker = (image: string): string => inSingleQuotes(`docker://${image}`);

const commands = {
  skopeo: {
    login: 'login',
    copy: (from: string, to: string) => `skopeo copy --all --preserve-digests ${docker(from)} ${docker(to)}`,
    digest: `skopeo inspect --no-tags --format '{{.Digest}}' "docker://$1"`,
  },
  crane: {
    login: 'auth login',
    copy: (from: string, to: string) => `crane copy ${inSingleQuotes(from)} ${inSingleQuotes(to)}`,
    digest: 'crane digest "$1"',
  },
} as const;
