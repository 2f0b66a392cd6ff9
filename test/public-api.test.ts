import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';

const root = join(__dirname, '..');
const entryPoints = ['index.ts', 'stacks/index.ts'].map((file) => join(root, file));

let checker: ts.TypeChecker;
let exported: readonly (readonly [name: string, symbol: ts.Symbol])[];
beforeAll(() => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(entryPoints, options);
  checker = program.getTypeChecker();
  exported = entryPoints.flatMap((file) => {
    const source = program.getSourceFile(file);
    const entry = source && checker.getSymbolAtLocation(source);
    return entry === undefined ? [] : exportsOf(entry);
  });
}, 300_000);

/** Those of one namespace, and of the namespaces in it; types of `kubernetes-types` are not ours. */
function exportsOf(module: ts.Symbol): readonly (readonly [name: string, symbol: ts.Symbol])[] {
  return checker.getExportsOfModule(module).flatMap((symbol) => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (!isOurs(target)) return [];
    return target.flags & ts.SymbolFlags.ValueModule ? exportsOf(target) : [[symbol.name, target] as const];
  });
}

const isOurs = ({ declarations = [] }: ts.Symbol): boolean =>
  declarations.some((declaration) => {
    const { fileName } = declaration.getSourceFile();
    return fileName.startsWith(root) && !fileName.includes('/node_modules/');
  });

const sentence = (symbol: ts.Symbol): string => ts.displayPartsToString(symbol.getDocumentationComment(checker));

test('everything that can be imported has a sentence that says what it is', () => {
  const silent = exported.filter(([, symbol]) => sentence(symbol) === '').map(([name]) => name);
  expect(silent).toEqual([]);
});

/** What a person writes, by the last word of its type's name, and what stands in such. */
const written =
  /(?:Props|Config|Args|Options|Secrets|Access)$|^(?:Bounds|NodeOs|NodeTaint|Quantity|Resources|Toleration|TrustedCa)$/;

interface Property {
  readonly path: string;
  readonly symbol: ts.Symbol;
}

/** Properties of interfaces and of type aliases, each of a union's; those of `@pulumi/pulumi` and others are not ours. */
const properties = (): readonly Property[] =>
  exported
    .filter(([name, symbol]) => written.test(name) && symbol.flags & ts.SymbolFlags.Type)
    .flatMap(([name, symbol]) => {
      const type = checker.getDeclaredTypeOfSymbol(symbol);
      const choices = type.isUnion() ? type.types : [type];
      return choices.flatMap((choice) =>
        choice
          .getProperties()
          .filter(isOurs)
          .map((symbol) => ({ path: `${name}.${symbol.name}`, symbol })),
      );
    });

test('every property that a person writes has a sentence: what it means, its shape, its unit', () => {
  const said = new Set(properties().flatMap(({ path, symbol }) => (sentence(symbol) === '' ? [] : [path])));
  const silent = properties().filter(({ path }) => !said.has(path));
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test('every property that a person may leave out says what happens then', () => {
  const optional = properties().filter(({ symbol }) => symbol.flags & ts.SymbolFlags.Optional);
  const silent = optional.filter(({ symbol }) => !symbol.getJsDocTags(checker).some(({ name }) => name === 'default'));
  expect(silent.map(({ path }) => path)).toEqual([]);
});
