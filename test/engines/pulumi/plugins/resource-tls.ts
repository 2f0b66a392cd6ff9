/**
 * Stands in for Pulumi's provider of keys and certificates, for RSA: what it makes, and when it makes it anew, is in
 * `test/support/tls.ts`. Everything but `earlyRenewalHours` is there for good: with other inputs there is another one in its
 * place, and the old one goes afterwards.
 *
 * `ENGINES_DAYS_LATER` puts its clock forward.
 */
import { randomBytes } from 'node:crypto';
import { isToBeRenewed, tlsOutputs } from '../../../support/tls';
import { differences } from './differences';
import { serveProvider } from './provider';

const now = new Date(Date.now() + Number(process.env['ENGINES_DAYS_LATER'] ?? 0) * 24 * 60 * 60 * 1000);

serveProvider({
  createsFirst: true,
  configure: () => {},
  changes: (before, after, state) => [
    ...differences(before, after),
    ...(isToBeRenewed({ ...state, ...after }, now) ? ['readyForRenewal'] : []),
  ],
  replaces: (_, path) => path !== 'earlyRenewalHours',
  create: async ({ type, inputs, preview }) => ({
    id: randomBytes(8).toString('hex'),
    state: preview ? inputs : { ...inputs, ...(await tlsOutputs(type, inputs, now)) },
  }),
  update: async (id, { inputs }, before) => ({ id, state: { ...before, ...inputs } }),
  read: async (id, _, before) => ({ id, ...before }),
  delete: async () => {},
});
