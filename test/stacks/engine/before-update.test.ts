import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { exchangeStack } from '../../../stacks/exchange';
import { partyStack } from '../../../stacks/party';
import { exchangeDescriptorOf } from '../../support/declarations';
import { partyDescriptorOf } from '../../support/parties';
import { failureOf, type RecordedResource, record, type World } from '../../support/pulumi-recorder';
import { certifyingCluster, types } from '../../support/stacks';
import { certificateRequest, names } from '../../support/tls';

const federation = { domain: 'example.com' };
const own = '30000.example.com';
const exchange = exchangeDescriptorOf();
const party = partyDescriptorOf(30000, '192.0.2.72', '192.0.2.73');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const deployParty = () =>
  partyStack({
    federation,
    party: { id: 30000 },
    exchange: { stack: 'exchange' },
    certificates: { stack: 'exchange' },
  });
const deployExchange = () =>
  exchangeStack({ federation, parties: [{ stack: 'party-30000' }], certificates: { authority: true } });

interface Refused {
  readonly program: () => Promise<unknown>;
  /** Outputs of the other member's stack at the first update, and at the one that is refused. */
  readonly others: readonly [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
  /** Inputs that the first update had, where it is not seen here that they were so. */
  readonly before?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly message: string;
}

const refused: Readonly<Record<string, () => Promise<Refused>>> = {
  'an exchange with a route that leads back': async () => ({
    program: deployExchange,
    others: [
      {},
      {
        descriptor: { ...party, nginx: { address: '192.0.2.69', port: 9300 } },
        certificateRequest: await certificateRequest(privateKey, own, names([own])),
      },
    ],
    message: 'addresses.nginx: "192.0.2.69:9300" is already',
  }),
  'a party whose exchange is at its own address': async () => ({
    program: deployParty,
    others: [{ descriptor: exchange }, { descriptor: { ...exchange, nginx: { address: '192.0.2.72', port: 9300 } } }],
    message: 'addresses.nginx: "192.0.2.72:9300" is already exchange.nginx',
  }),
  'a party whose certificate is gone': async () => ({
    program: deployParty,
    others: [{ descriptor: exchange }, { descriptor: exchange }],
    before: { [`${types.partyCertificate}::party-30000`]: { certified: true } },
    message: 'has no certificate for 30000.example.com any more',
  }),
};

test.each(Object.entries(refused))(
  '%s is refused in the preview, and before an update makes anything',
  async (_, of) => {
    const { program, others, before = {}, message: expected } = await of();
    const [first, later] = others.map((outputs): World => {
      const stacks = { 'acme/kubefate-tanzu/exchange': outputs, 'acme/kubefate-tanzu/party-30000': outputs };
      return { stacks, resource: certifyingCluster() };
    });
    const { resources, registeredOutputs } = await record(program, first);
    const inputs = { ...Object.fromEntries(resources.map(({ key, inputs }) => [key, inputs])), ...before };
    for (const preview of [true, false]) {
      const { message, recording } = await failureOf(program, {
        ...later,
        preview,
        previous: ({ key }) => inputs[key],
        told: ({ key }) => registeredOutputs[key],
      });
      expect(message).toContain(expected);
      expect(recording.resources.filter(isMade).map(({ key }) => key)).toEqual([]);
    }
  },
);

/** Providers are access to what there is. */
const isMade = ({ custom, type, readId }: RecordedResource): boolean =>
  custom && !type.startsWith('pulumi:providers:') && readId === undefined;
