import type { ManualStep } from '../operations/step';

/** Steps as a list of Markdown, line by line. */
export const numbered = (steps: readonly ManualStep[]): readonly string[] =>
  steps.flatMap(({ what, commands, withFiles = [] }, i) => {
    const number = `${i + 1}. `;
    const lines = [...typed(commands), ...(withFiles.length > 0 ? ['', 'With files:', ...typed(withFiles)] : [])];
    return ['', `${number}${what}`, ...lines.map((line) => (line === '' ? '' : indented(line, number)))];
  });

const typed = (commands: readonly string[]): readonly string[] =>
  commands.length > 0 ? ['', '```sh', ...commands, '```'] : [];

const indented = (line: string, number: string): string => ' '.repeat(number.length) + line;
