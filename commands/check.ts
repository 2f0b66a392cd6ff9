import type { InvalidInput } from '../lib/input/problems';
import { reportingCommand } from './arguments';
import { declarationFile, planDeclared } from './declaration-file';

/** Whether a declaration is sound. */
export const check = reportingCommand({
  command: 'check [declaration]',
  describe: 'Say whether a declaration is sound, all problems at once',
  examples: [
    ['$0 check', 'the federation of ./federation.yaml'],
    ['$0 check party-30000.yaml --json', 'one party, for a program'],
  ],
  options: (yargs) => yargs.positional('declaration', declarationFile),
  run: async ({ declaration }) => {
    try {
      const { exchange, parties } = await planDeclared(declaration);
      const members = [...(exchange ? [exchange] : []), ...parties].map(({ namespace }) => namespace);
      return { text: `${declaration} is sound: ${members.join(', ')}\n`, json: { sound: true, members } };
    } catch (error) {
      if (!isInvalidInput(error)) throw error;
      return { holds: false, text: `${error.message}\n`, json: { sound: false, problems: error.problems } };
    }
  },
});

/** By its name: the class would load the library. */
const isInvalidInput = (error: unknown): error is InvalidInput =>
  error instanceof Error && error.name === 'InvalidInput';
