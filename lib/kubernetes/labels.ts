import { isDnsLabel } from '../input/addresses';
import { keyPath, readMap, shown } from '../input/checks';
import type { Problems } from '../input/problems';

/** Labels that were declared; what no object could have is reported. */
export function planLabels(
  problems: Problems,
  declared: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const labels = readTexts(problems, declared);
  for (const [key, value] of Object.entries(labels)) {
    checkLabelKey(problems, keyPath(key), key);
    checkLabelValue(problems, keyPath(key), value);
  }
  checkSize(problems, labels);
  return labels;
}

/** Annotations that were declared; what no object could have is reported. */
export function planAnnotations(
  problems: Problems,
  declared: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const annotations = readTexts(problems, declared);
  for (const [key, value] of Object.entries(annotations)) {
    checkLabelKey(problems, keyPath(key), key);
    if (typeof value !== 'string') {
      problems.add(keyPath(key), `${shown(value)} is no text`, 'write it in quotes, as Kubernetes wants it');
    }
  }
  checkSize(problems, annotations);
  return annotations;
}

/** Kubernetes takes 256 KiB of annotations, Linux 128 KiB of a variable, and up to four bytes are a character. */
const mostCharacters = 32_768;

/** Reports a map that is more than an object has room for. */
export function checkSize(problems: Problems, map: Readonly<Record<string, unknown>>): void {
  const texts = Object.entries(map).flat();
  const size = texts.reduce((sum: number, text) => sum + (typeof text === 'string' ? text.length : 0), 0);
  if (size > mostCharacters) problems.add('', `are ${size} characters`, `use ${mostCharacters} at most in all`);
}

const readTexts = (problems: Problems, declared: Readonly<Record<string, string>> | undefined) =>
  ({ ...readMap(problems, '', declared) }) as Readonly<Record<string, string>>;

export function checkLabelKey(problems: Problems, path: string, key: unknown): void {
  if (!isLabelKey(key)) problems.add(path, `${shown(key)} is no label key`, 'use one such as "example.com/pool"');
}

export function checkLabelValue(problems: Problems, path: string, value: unknown): void {
  if (typeof value !== 'string' || (value !== '' && !labelName.test(value))) {
    problems.add(path, `${shown(value)} is no label value`, 'use up to 63 letters, digits, "-", "_" and "."');
  }
}

/** A name, or a DNS name of whose owner it is, a slash and a name. */
export function isLabelKey(key: unknown): key is string {
  if (typeof key !== 'string') return false;
  const [name = '', owner, ...more] = key.split('/').reverse();
  const isOwned = owner === undefined || (owner.length <= 253 && owner.split('.').every(isDnsLabel));
  return more.length === 0 && isOwned && labelName.test(name);
}

const labelName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
