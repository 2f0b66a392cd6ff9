/** Stands in for Pulumi's provider of random values: passwords of letters and digits, and ids as hexadecimal digits. */
import { randomBytes, randomInt } from 'node:crypto';
import { differences } from './differences';
import { type Properties, serveProvider } from './provider';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const drawn = ({ byteLength, length }: Properties): Properties =>
  byteLength === undefined
    ? { result: Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('') }
    : { hex: randomBytes(byteLength).toString('hex') };

serveProvider({
  configure: () => {},
  changes: (before, after) => differences(before, after),
  replaces: () => true,
  create: async ({ inputs, preview }) => ({
    id: 'none',
    state: preview ? inputs : { ...inputs, ...drawn(inputs) },
  }),
  update: async () => {
    throw new Error('what was drawn is never changed');
  },
  read: async (id, _, before) => ({ id, ...before }),
  delete: async () => {},
});
