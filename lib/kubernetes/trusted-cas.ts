import { checkDnsLabel, checkKeys, checkUnique, readList, readMap } from '../input/checks';
import { areCertificates, certificatesIn } from '../input/pem';
import type { Problems } from '../input/problems';

/** A certificate authority of somebody's own, to be trusted beside those that everybody trusts. */
export interface TrustedCa {
  /** DNS label, unique in its list. */
  readonly name: string;
  /** PEM of one certificate or several, and of no key. */
  readonly certificate: string;
}

/** Certificate authorities as they are declared, below `trust`. */
export function planTrust(problems: Problems, declared: readonly TrustedCa[] | undefined): readonly TrustedCa[] {
  const trust = readList(problems, 'trust', declared, []).map(
    (ca, i) => readMap(problems, `trust[${i}]`, ca) as TrustedCa,
  );
  for (const [i, ca] of trust.entries()) {
    const at = problems.at(`trust[${i}]`);
    checkKeys<TrustedCa>(at, ca, { name: true, certificate: true });
    checkDnsLabel(at, 'name', ca.name, 'example-ca');
    // What stands there may be a private key by mistake, and stays out of the message.
    if (typeof ca.certificate !== 'string' || !areCertificates(ca.certificate)) {
      at.add('certificate', 'is not PEM of certificates alone', 'use the text from BEGIN to END CERTIFICATE');
    } else if (certificatesIn(ca.certificate) === undefined) {
      at.add('certificate', 'cannot be read', 'use the text as the authority gave it, none of it left out');
    }
  }
  const names = trust.map(({ name }, i) => ({ path: `trust[${i}].name`, value: name }));
  checkUnique(problems, names, 'every certificate authority needs its own name');
  return trust;
}

/** Name of the file that has certificates of all of them. */
export const trustFile = 'trust.pem';

/** The file, by its name. None where nobody is to be trusted. */
export const trustFiles = (trust: readonly TrustedCa[]): Readonly<Record<string, string>> =>
  trust.length === 0 ? {} : { [trustFile]: trust.map(({ certificate }) => `${certificate.trim()}\n`).join('') };
