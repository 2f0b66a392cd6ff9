import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const engines = join(__dirname, '..');
const files = (readdirSync(engines, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts'));

/** Waits of a file that end when vitest's own second is over. */
function hasty(file: string, text: string): readonly string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      /^(vi\.waitFor|expect\.poll)$/.test(node.expression.getText()) &&
      !node.arguments[1]
    )
      found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test('each wait for an engine says how long it may take, which is more than a second', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((file) => hasty(file, readFileSync(join(engines, file), 'utf8')))).toEqual([]);
  expect(hasty('a.ts', 'vi.waitFor(() => {});\nexpect.poll(() => 1, { timeout: 9000 }).toBe(1);')).toEqual(['a.ts:1']);
});
