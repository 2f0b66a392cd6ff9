/** A directive of an `nginx.conf` that was read back. */
export interface Parsed {
  readonly words: readonly string[];
  readonly body?: readonly Parsed[];
}

/**
 * Reads an `nginx.conf` as nginx does: words end at blanks, `;`, `{` and `}`, unless in quotes; a backslash takes a quote or
 * a backslash literally and makes `\n`, `\r` and `\t`; `#` at a word's start begins a comment.
 */
export function parseNginxConf(text: string): readonly Parsed[] {
  const tokens = [...text.matchAll(token)].flatMap(([, double, single, bare, mark]): Token[] => {
    if (mark !== undefined) return [{ mark }];
    const word = double ?? single ?? bare;
    return word === undefined ? [] : [{ word: word.replace(/\\(["'\\nrt])/g, (_, c) => escapes[c] ?? c) }];
  });
  const read = (): Parsed[] => {
    const directives: Parsed[] = [];
    let words: string[] = [];
    for (let next = tokens.shift(); next !== undefined && next.mark !== '}'; next = tokens.shift()) {
      if (next.word !== undefined) words.push(next.word);
      else {
        directives.push(next.mark === '{' ? { words, body: read() } : { words });
        words = [];
      }
    }
    if (words.length > 0) throw new Error(`no end: ${words.join(' ')}`);
    return directives;
  };
  return read();
}

/** All directives under a path of block and directive names: `['http', 'server', 'listen']`. */
export function directivesOf(directives: readonly Parsed[], [name, ...more]: readonly string[]): readonly Parsed[] {
  const named = directives.filter(({ words }) => words[0] === name);
  return more.length === 0 ? named : named.flatMap(({ body = [] }) => directivesOf(body, more));
}

interface Token {
  readonly word?: string;
  readonly mark?: string;
}

const token =
  /#[^\n]*|"((?:\\[\s\S]|[^"\\])*)"|'((?:\\[\s\S]|[^'\\])*)'|([^\s;{}"'#](?:\\[\s\S]|[^\s;{}\\])*)|([;{}])/g;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
