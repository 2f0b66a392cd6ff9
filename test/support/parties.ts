import { type AgreementProps, type PartyDescriptor, partyDescriptor, partyPlan } from '../../lib';

/** Descriptor of a party whose two LoadBalancers have these addresses. */
export const partyDescriptorOf = (
  id: number,
  nginx: string,
  pulsar: string,
  agreed?: Partial<AgreementProps>,
): PartyDescriptor => partyDescriptor(partyPlan({ domain: 'example.com', ...agreed, id }), { nginx, pulsar });
