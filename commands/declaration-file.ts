import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DeclaredPlans } from '../lib/federation/declaration';
import type { ExchangePlan } from '../lib/federation/exchange';
import type { PartyPlan } from '../lib/federation/party';
import { checkFile } from './files';
import { Mistake } from './mistake';

/** The argument of every command that reads a declaration. */
export const declarationFile = {
  type: 'string',
  default: 'federation.yaml',
  describe: 'Of a federation, or of one party or exchange: YAML, JSON, or a module that exports it',
} as const;

/**
 * Plans of what a file declares, or a JavaScript or TypeScript module exports.
 *
 * @param unlocked to take images by their tags, whatever digests are declared
 * @throws {InvalidInput} with every problem, each at its line and column; those of a module know none
 */
export async function planDeclared(
  path: string,
  unlocked: { readonly isUnlocked?: boolean } = {},
): Promise<DeclaredPlans> {
  const { planDeclarationFile, planDeclarationOf } = await import('../constructs/declared/declaration-file.js');
  checkFile(path, 'name one, or have `kubefate-tanzu init` write a project with one');
  if (!/\.[cm]?[jt]s$/.test(path)) return planDeclarationFile(path, unlocked);
  return planDeclarationOf(path, await exported(path), (at) => `${path} ${at}`.trimEnd(), unlocked);
}

/** What a module exports as default, or as `module.exports`. */
async function exported(path: string): Promise<unknown> {
  const load = path.endsWith('ts') ? loaderOfTypeScript(path) : importModule;
  try {
    return unwrapped(await load(path));
  } catch (error) {
    throw new Mistake(`${path} cannot be loaded: ${error instanceof Error ? error.message : error}`);
  }
}

const importModule = (path: string): Promise<unknown> => import(pathToFileURL(resolve(path)).href);

/** tsx of whoever wrote the module, or Node's own from 22.18 on. */
function loaderOfTypeScript(path: string): (path: string) => unknown {
  const own = createRequire(resolve(path));
  const tsx = resolved(own, 'tsx/cjs/api');
  if (tsx !== undefined) return (path) => own(tsx).require(resolve(path), resolve(path));
  if ('typescript' in process.features && process.features.typescript) return importModule;
  throw new Mistake(`${path}: Node ${process.versions.node} reads no TypeScript; npm install --save-dev tsx`);
}

function resolved({ resolve }: NodeJS.Require, module: string): string | undefined {
  try {
    return resolve(module);
  } catch {
    return undefined;
  }
}

/** A module of one kind is the default of another. */
const unwrapped = (module: unknown): unknown =>
  typeof module === 'object' && module !== null && 'default' in module ? unwrapped(module.default) : module;

/** One of those that are declared. */
export interface Member {
  /** As it is typed: `exchange`, or a party's id. */
  readonly name: string;
  readonly plan: ExchangePlan | PartyPlan;
}

export const membersOf = ({ exchange, parties }: DeclaredPlans): readonly Member[] => [
  ...(exchange ? [{ name: 'exchange', plan: exchange }] : []),
  ...parties.map((plan) => ({ name: `${plan.id}`, plan })),
];

/** As messages call it. */
export const memberText = ({ name }: Pick<Member, 'name'>): string => (name === 'exchange' ? name : `party ${name}`);
