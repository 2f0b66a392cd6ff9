import type { DeclaredPlans } from '../lib/federation/declaration';

/** The position of every command that reads a declaration. */
export const declarationFile = {
  type: 'string',
  default: 'federation.yaml',
  describe: 'YAML or JSON file of a federation, or of one party or exchange',
  normalize: true,
} as const;

/**
 * Plans of what a file declares.
 *
 * @throws {InvalidInput} with every problem, each at its line and column
 */
export async function planDeclared(path: string): Promise<DeclaredPlans> {
  const { planDeclarationFile } = await import('../constructs/declared/declaration-file.js');
  return planDeclarationFile(path);
}
