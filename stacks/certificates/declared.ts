import { certificateDays, type Lifetime, memberDays, readMemberLifetime } from '../../lib/federation/certificates';
import { checkInteger, checkKeys, type Keys, readMap, shown } from '../../lib/input/checks';
import type { Problems } from '../../lib/input/problems';

/** Certificates that an exchange's stack makes: the federation's authority, the exchange's own, and those of parties. */
export interface ExchangeCertificates {
  /**
   * The stack is the federation's certificate authority. The authority's key is kept in its state, encrypted and protected,
   * and is no output. Whoever has that state and its passphrase can be any member.
   */
  readonly authority: true;
  /**
   * Days that a member's certificate holds. In the last third of them, and at most for a month, an update renews it.
   * @default 396
   */
  readonly days?: number;
  /**
   * Days that the authority's certificate holds. It is renewed, with the same key, before a member's could outlive it: that
   * replaces all of them, and whoever has an older one of either goes on.
   * @default 3650
   */
  readonly authorityDays?: number;
}

/**
 * Where the certificate for a party's own key comes from. The key is made by the party's stack and never leaves it. Until a
 * certificate is there, and for as long as it is of another key, the party shows one that nobody trusts.
 */
export type PartyCertificates =
  | {
      /** Stack of an exchange that is the authority; it must name this party's stack. Often the one of `exchange`. */
      readonly stack: string;
    }
  | {
      /**
       * Relative to the project's directory, once it is there: JSON of the output `certificates` of such a stack, or PEM of the
       * party's certificate and, below it, of the authorities to trust.
       */
      readonly file: string;
    };

/** Of members' certificates, and of the authority's. */
export interface Lifetimes {
  readonly member: Lifetime;
  readonly authority: Lifetime;
}

/** Reports what is wrong with the options of an authority. */
export function readLifetimes(problems: Problems, declared: ExchangeCertificates): Lifetimes {
  const options = readMap(problems, '', declared, 'use { authority: true }, or leave it out');
  checkKeys(problems, options, keys);
  const { authority, authorityDays = certificateDays.authority } = options;
  if (authority !== true)
    problems.add('authority', `${shown(authority)} is no choice`, 'use true, or leave certificates out');
  const member = readMemberLifetime(problems, options.days);
  const { soon } = certificateDays;
  checkInteger(problems, 'authorityDays', authorityDays, 2 * member.days + soon, 2 * memberDays.most + soon);
  return { member, authority: { days: authorityDays, renewedDays: member.days + soon } };
}

const keys: Keys<ExchangeCertificates> = { authority: true, days: true, authorityDays: true };
