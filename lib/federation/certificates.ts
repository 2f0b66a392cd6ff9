/** Who has a certificate: a party by its id, or the exchange. */
export type Member = number | 'exchange';

/**
 * Common name and only DNS name of a member's certificate, which its Pulsar or Traffic Server and its nginx show to whoever
 * calls them, and to whom they call.
 */
export const certificateName = (member: Member, domain: string): string =>
  member === 'exchange' ? `proxy.${domain}` : `${member}.${domain}`;
