import { readFileSync } from 'node:fs';

/**
 * A script that is a file beside its construct, as text for a ConfigMap.
 *
 * @throws when a checkout has given it the line ends of Windows, of which a shell in a container makes nonsense
 */
export function scriptText(path: string): string {
  const text = readFileSync(path, 'utf8');
  if (text.includes('\r')) {
    throw new Error(
      `${path} has lines that end in CRLF, with which nothing would start in the cluster: check it out again with ` +
        'Git 2.10 or later, which follows .gitattributes',
    );
  }
  return text;
}
