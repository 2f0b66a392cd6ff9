/** Stands in for Pulumi's provider of random values: passwords of letters and digits. */
import { randomInt } from 'node:crypto';
import { differences } from './differences';
import { serveProvider } from './provider';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const password = (length: number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');

serveProvider({
  configure: () => {},
  changes: (before, after) => differences(before, after),
  replaces: () => true,
  create: async ({ inputs, preview }) => ({
    id: 'none',
    state: preview ? inputs : { ...inputs, result: password(inputs.length) },
  }),
  update: async () => {
    throw new Error('a password is never changed');
  },
  read: async (id, _, before) => ({ id, ...before }),
  delete: async () => {},
});
