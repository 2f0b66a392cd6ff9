import type { CommandGroup } from '../arguments';
import { sign } from './sign';
import { verify } from './verify';

/** What members tell one another, so that nobody on the way can change it. */
export const descriptor: CommandGroup = {
  command: 'descriptor',
  describe: 'Sign the descriptor of a member for the others, and verify theirs',
  commands: [sign, verify],
};
