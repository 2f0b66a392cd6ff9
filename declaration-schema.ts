import { writeFileSync } from 'node:fs';
import ts from 'typescript';

/** The schema of declarations, by which editors know what may be written where: made of their types and doc comments. */
export function declarationSchema(root = '.'): Schema {
  const { schemas, typeOf } = readTypes(root);
  const names = ['FederationProps', 'MeshProps', 'OwnPartyProps', 'OwnExchangeProps'];
  const [federation, mesh, party, exchange] = names.map((name) => schemas.of(typeOf(name)));
  for (const name of names) allowSchema(found(schemas.definitions[name]));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A federation of FATE, or one party or exchange of it, for kubefate-tanzu',
    type: 'object',
    // As the code tells them apart: an editor then speaks of what is missing in the one that is meant.
    ...choice(
      having('party'),
      party,
      choice(having('federation'), exchange, choice(without('exchange'), mesh, federation)),
    ),
    definitions: schemas.definitions,
  };
}

/** The schema of jobs' descriptions, made likewise. */
export function jobSchema(root = '.'): Schema {
  const { schemas, typeOf } = readTypes(root);
  schemas.of(typeOf('JobProps'));
  const { JobProps, ...definitions } = schemas.definitions;
  const kinds: readonly Schema[] = found(JobProps)['anyOf'];
  for (const kind of kinds) allowSchema('$ref' in kind ? definitions[kind['$ref'].split('/').at(-1)] : kind);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A job of FATE, for kubefate-tanzu',
    ...JobProps,
    definitions,
  };
}

/** The schema of what a benchmark prints for programs, made likewise. */
export function benchmarkSchema(root = '.'): Schema {
  const { schemas, typeOf } = readTypes(root);
  schemas.of(typeOf('BenchmarkReport'));
  const { BenchmarkReport, ...definitions } = schemas.definitions;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'What a benchmark of FATE has measured, as kubefate-tanzu tells it',
    ...BenchmarkReport,
    definitions,
  };
}

function readTypes(root: string) {
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const file = `${root}/lib/index.ts`;
  const program = ts.createProgram([file], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const exported = new Map(
    checker
      .getExportsOfModule(found(source && checker.getSymbolAtLocation(source)))
      .map((symbol) => [symbol.name, symbol]),
  );
  const typeOf = (name: string) => checker.getDeclaredTypeOfSymbol(checker.getAliasedSymbol(found(exported.get(name))));
  return { schemas: new Schemas(checker), typeOf };
}

function allowSchema({ properties }: Schema): void {
  properties['$schema'] = { type: 'string', description: 'This schema, for editors.' };
}

const choice = (condition: Schema, holding: Schema | undefined, failing: Schema | undefined): Schema =>
  // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
  ({ if: condition, then: holding, else: failing });

const having = (key: string): Schema => ({ required: [key] });
const without = (key: string): Schema => ({ required: [key], properties: { [key]: { const: false } } });

// biome-ignore lint/suspicious/noExplicitAny: JSON Schema, which ajv checks
export type Schema = Record<string, any>;

/** Types as the compiler resolves them, so that no spelling of a type is a special case. */
class Schemas {
  readonly definitions: Schema = {};

  constructor(private readonly checker: ts.TypeChecker) {}

  of(type: ts.Type): Schema {
    const name = nameOf(type);
    if (name === undefined) return this.#written(type);
    if (!(name in this.definitions)) {
      this.definitions[name] = {}; // a type may hold itself
      const symbol = type.aliasSymbol ?? type.symbol;
      this.definitions[name] = { ...described(symbol, this.checker), ...this.#written(type) };
    }
    return { $ref: `#/definitions/${name}` };
  }

  #written(type: ts.Type): Schema {
    if (type.isUnion()) return this.#union(type.types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined)));
    if (type.isStringLiteral() || type.isNumberLiteral()) return { enum: [type.value] };
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { enum: [this.checker.typeToString(type) === 'true'] };
    if (type.flags & ts.TypeFlags.String) return { type: 'string' };
    if (type.flags & ts.TypeFlags.Number) return { type: 'number' };
    if (this.checker.isTupleType(type)) return this.#tuple(this.checker.getTypeArguments(type as ts.TypeReference));
    if (this.checker.isArrayType(type)) {
      const [items] = this.checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', items: this.of(found(items)) };
    }
    if (type.flags & ts.TypeFlags.Object || type.isIntersection()) return this.#map(type);
    throw new Error(`${this.checker.typeToString(type)} has no place in a file`);
  }

  /** Values that can be listed are one list, whatever else there is. */
  #union(types: readonly ts.Type[]): Schema {
    const schemas = types.map((each) => this.of(each));
    const values = schemas.flatMap((each) => each['enum'] ?? []);
    const isBoolean = values.includes(true) && values.includes(false);
    const listed = values.filter((value) => !isBoolean || typeof value !== 'boolean');
    const choices = [
      ...schemas.filter((each) => !('enum' in each)),
      ...(isBoolean ? [{ type: 'boolean' }] : []),
      ...(listed.length > 0 ? [{ enum: listed }] : []),
    ];
    return choices.length === 1 ? found(choices[0]) : { anyOf: choices };
  }

  #tuple(types: readonly ts.Type[]): Schema {
    const items = types.map((each) => this.of(each));
    return { type: 'array', items, minItems: items.length, maxItems: items.length };
  }

  #map(type: ts.Type): Schema {
    const properties = this.checker.getPropertiesOfType(type).filter((each) => this.#isWritten(each));
    const others = this.checker.getIndexInfoOfType(type, ts.IndexKind.String);
    const required = properties.filter(({ flags }) => !(flags & ts.SymbolFlags.Optional)).map(({ name }) => name);
    return {
      type: 'object',
      properties: Object.fromEntries(properties.map((each) => [each.name, this.#property(each)])),
      additionalProperties: others === undefined ? false : this.of(others.type),
      ...(required.length > 0 && { required }),
    };
  }

  /** Not what a choice excludes, nor what a cluster takes with a feature gate alone. */
  #isWritten = (symbol: ts.Symbol): boolean =>
    !(this.#typeOf(symbol).flags & ts.TypeFlags.Never) &&
    !/ alpha field /.test(described(symbol, this.checker)['description'] ?? '');

  /** Of `$ref` draft 7 knows no neighbour. */
  #property(symbol: ts.Symbol): Schema {
    const [said, schema] = [described(symbol, this.checker), this.of(this.#typeOf(symbol))];
    return '$ref' in schema && 'description' in said ? { ...said, allOf: [schema] } : { ...said, ...schema };
  }

  #typeOf = (symbol: ts.Symbol): ts.Type => this.checker.getNonNullableType(this.checker.getTypeOfSymbol(symbol));
}

/** Interfaces, and aliases that stand for a choice; what has arguments has no name of its own. */
function nameOf(type: ts.Type): string | undefined {
  const { aliasSymbol, aliasTypeArguments, symbol } = type;
  if (aliasSymbol !== undefined) return aliasTypeArguments === undefined ? aliasSymbol.name : undefined;
  const isGeneric = ((type as ts.TypeReference).typeArguments ?? []).length > 0;
  return !isGeneric && symbol?.flags & ts.SymbolFlags.Interface ? symbol.name : undefined;
}

/** What a doc comment says, with what happens where nothing is written. */
function described(symbol: ts.Symbol, checker: ts.TypeChecker): Schema {
  const text = (parts: ts.SymbolDisplayPart[] | undefined) =>
    ts
      .displayPartsToString(parts)
      .replace(/\{@link (\w+)\s*\}/g, '$1')
      .replace(/\s+/g, ' ')
      .trim();
  const fallback = symbol.getJsDocTags(checker).find(({ name }) => name === 'default');
  const said = [
    text(symbol.getDocumentationComment(checker)),
    ...(fallback ? [`Default: ${text(fallback.text)}.`] : []),
  ];
  const description = said.join(' ').trim();
  return description === '' ? {} : { description };
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a type of declarations is not where it was');
  return value;
}

const [, , ...outputs] = process.argv;
for (const [i, schema] of [declarationSchema, jobSchema, benchmarkSchema].entries())
  if (outputs[i] !== undefined) writeFileSync(outputs[i], `${JSON.stringify(schema(), undefined, 2)}\n`);
