import { type FateRelease, releases } from '../fate/releases';
import { isDnsName } from '../input/addresses';
import { type Keys, problemsBelow, readOneOf, readPart, shown } from '../input/checks';
import type { Problems } from '../input/problems';

/**
 * How members prove to each other who they are.
 *
 * - `mutual-tls`: by certificates of the federation's CA, on both ports of theirs that others reach.
 * - `open`: not at all. Coordination is plain HTTP, and Pulsar takes any certificate, or none.
 */
export type Transport = 'mutual-tls' | 'open';

const transports = ['mutual-tls', 'open'] as const satisfies readonly Transport[];

/** What all members of a federation have agreed on, and each declares alike. */
export interface AgreementProps {
  /**
   * DNS domain of the federation: a party is `<id>.<domain>` in SNI, in certificates and in host names.
   * At most 54 characters, so that the longest of these names fits a certificate's common name.
   */
  readonly domain: string;
  /** FATE release that every member runs: no two of these work together, since FATE wants one minor version. @default '1.6.1' */
  readonly fate?: FateRelease;
  /**
   * How members prove to each other who they are. `open` is the paper's way, and the only one with members on KubeFATE's
   * charts: firewalls alone decide then who submits jobs.
   * @default 'mutual-tls'
   */
  readonly transport?: Transport;
}

/** The same, the default filled in. */
export interface Agreement {
  readonly domain: string;
  readonly fate: FateRelease;
  readonly transport: Transport;
}

export const agreementKeys: Keys<AgreementProps> = { domain: true, fate: true, transport: true };

/** Stands for a domain that was refused, so that reading can go on. */
export const unreadableDomain = 'domain.invalid';

/** A common name of X.509 has 64 characters at most; nine digits of an id and a dot precede the domain. */
const longestDomain = 54;

/** The agreement where it is a part of its own, `federation`. */
export const readAgreement = (problems: Problems, federation: AgreementProps): Agreement =>
  planAgreement(
    problemsBelow(problems, 'federation', federation),
    readPart(problems, 'federation', federation, agreementKeys) as AgreementProps,
  );

export function planAgreement(problems: Problems, props: AgreementProps): Agreement {
  const known = Object.keys(releases) as FateRelease[];
  return {
    domain: readDomain(problems, props.domain),
    fate: readOneOf(problems, 'fate', props.fate, known, '1.6.1'),
    transport: readOneOf(problems, 'transport', props.transport, transports, 'mutual-tls'),
  };
}

function readDomain(problems: Problems, domain: unknown): string {
  if (typeof domain !== 'string' || !isDnsName(domain)) {
    const remedy = 'use lower-case labels joined by dots, such as "example.com"';
    problems.add('domain', `${shown(domain)} is no DNS domain`, remedy);
    return unreadableDomain;
  }
  if (domain.length > longestDomain) {
    problems.add(
      'domain',
      `${shown(domain)} has ${domain.length} characters`,
      `use ${longestDomain} at most, since "<id>.<domain>" is a certificate's common name`,
    );
  }
  return domain;
}
