type Word = string | number;

/** A directive and its arguments. */
export type Directive = readonly [name: string, ...args: Word[]] | Block;

/** A directive with a body. */
export interface Block {
  readonly head: readonly [name: string, ...args: Word[]];
  readonly body: readonly Directive[];
}

export const block = (head: string | readonly [string, ...Word[]], ...body: readonly Directive[]): Block => ({
  head: typeof head === 'string' ? [head] : head,
  body,
});

/** An `nginx.conf`: one directive a line; arguments are quoted where nginx would split or end them. */
export const nginxConf = (directives: readonly Directive[]): string => directives.map((it) => written(it, '')).join('');

function written(directive: Directive, indent: string): string {
  if (!isBlock(directive)) return `${indent}${words(directive)};\n`;
  const body = directive.body.map((it) => written(it, `${indent}    `)).join('');
  return `${indent}${words(directive.head)} {\n${body}${indent}}\n`;
}

const isBlock = (directive: Directive): directive is Block => !Array.isArray(directive);

const words = (all: readonly Word[]): string => all.map((word) => quoted(String(word))).join(' ');

const quoted = (word: string): string =>
  word === '' || /[\s;{}"'\\#]/.test(word) ? `"${word.replace(/[\\"]/g, '\\$&')}"` : word;
