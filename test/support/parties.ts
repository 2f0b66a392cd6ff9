import { type PartyDescriptor, partyDescriptor, partyPlan } from '../../lib';

/** Descriptor of a party whose two LoadBalancers have these addresses. */
export const partyDescriptorOf = (id: number, nginx: string, pulsar: string): PartyDescriptor =>
  partyDescriptor(partyPlan({ domain: 'example.com', id }), { nginx, pulsar });
