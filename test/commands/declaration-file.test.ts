import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLine } from '../support/command-line';
import { twoParties } from '../support/declarations';

let tool: ReturnType<typeof commandLine>;
let folder: string;
beforeAll(() => {
  tool = commandLine();
  folder = tool.folder();
});
afterAll(() => tool.close());

const declaration = JSON.stringify(twoParties);
const commonJs = `module.exports = ${declaration};`;
const esModule = `export default ${declaration};`;
const typed = `import type { FederationProps } from 'kubefate-tanzu';
const declaration: FederationProps = ${declaration};
export default declaration;`;

/** Runs `check` of a module in a package of its own. */
function check(file: string, source: string, { type = 'commonjs', modules = [] as readonly string[] } = {}) {
  const project = join(folder, `${type}-${file}-${modules.length}`);
  mkdirSync(join(project, 'node_modules'), { recursive: true });
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type }));
  writeFileSync(join(project, file), source);
  for (const name of modules)
    symlinkSync(join(__dirname, '../../node_modules', name), join(project, 'node_modules', name));
  return tool.run(project, 'check', file);
}

describe('a module that exports a declaration', () => {
  test.each([
    ['declaration.js', 'commonjs', commonJs],
    ['declaration.js', 'module', esModule],
    ['declaration.cjs', 'module', commonJs],
    ['declaration.mjs', 'commonjs', esModule],
  ])('%s is read in a package of type %s', (file, type, source) => {
    expect(check(file, source, { type })).toMatchObject({ status: 0, stderr: '' });
  });

  test.each([
    ['declaration.ts', 'commonjs'],
    ['declaration.ts', 'module'],
    ['declaration.mts', 'commonjs'],
    ['declaration.cts', 'module'],
  ])('%s is read by the tsx of its package, of type %s', (file, type) => {
    expect(check(file, typed, { type, modules: ['tsx'] })).toMatchObject({ status: 0, stderr: '' });
  });

  const native = 'typescript' in process.features && process.features.typescript;
  test.runIf(native)('is read as TypeScript by Node itself', () => {
    expect(check('declaration.mts', typed)).toMatchObject({ status: 0 });
  });
  test.skipIf(native)('of TypeScript without tsx says what to install', () => {
    const { status, stderr } = check('declaration.ts', typed);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('npm install --save-dev tsx') });
  });

  test('is named in what is wrong with it', () => {
    const { status, stdout } = check('declaration.js', commonJs.replace('30000', '0'));
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: expect.stringContaining('  declaration.js parties[0].id: 0 is out'),
    });
  });

  test.each([
    ['cannot be parsed', 'module.exports = {,', 'Unexpected token'],
    ['throws', "throw new Error('not today');", 'not today'],
    ['needs what is not there', "require('nowhere');", "Cannot find module 'nowhere'"],
  ])('that %s is a mistake of its author', (_, source, message) => {
    const { status, stderr } = check('declaration.js', source);
    expect(status).toBe(2);
    expect(stderr).toContain(`error: declaration.js cannot be loaded: ${message}`);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
