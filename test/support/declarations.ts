import {
  type AgreementProps,
  type ExchangeDescriptor,
  exchangeDescriptor,
  exchangePlan,
  type FederationProps,
  InvalidInput,
  type Problem,
} from '../../lib';

/** The federation of the white paper, with addresses reserved for documentation. */
export const twoParties = {
  domain: 'example.com',
  exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
  parties: [
    { id: 30000, addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' } },
    { id: 40000, addresses: { nginx: '192.0.2.165', pulsar: '192.0.2.164' } },
  ],
} as const satisfies FederationProps;

/** What is wrong with a declaration; throws when nothing is. */
export function problemsOf(declare: () => unknown): readonly Problem[] {
  try {
    declare();
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** Descriptor of the paper's exchange. */
export const exchangeDescriptorOf = (agreed?: Partial<AgreementProps>): ExchangeDescriptor =>
  exchangeDescriptor(exchangePlan({ domain: 'example.com', ...agreed }), twoParties.exchange.addresses);
