import { certificateName, type Member, memberName } from '../../federation/certificates';
import type { PublicEndpoint } from '../../federation/public-addresses';
import { type Failed, isFailed, printed, shownCertificates } from '../answers';
import { type Ask, isSeen } from '../asks';
import { type Actor, type FailureId, type Fault, fails, holds, type Judgement, unseen, warns } from '../finding';
import { byAnswer, type Observed, type Step } from '../ladder';
import { type CertificateFault, type Shown, shownCertificate } from '../shown-certificate';

/** A container that has a member's certificate, and those of the authorities that it trusts, in files. */
export interface CertificateFiles {
  readonly pod: string;
  readonly container: string;
  readonly certificate: string;
  readonly ca: string;
}

/** What the authorities are asked for by that are trusted. */
export const authoritiesAsk = 'authorities';
export const ownCertificateStep = 'certificate';

/** The member's own certificate as its pods have it. */
export function ownCertificate(member: Member, domain: string, files: CertificateFiles): Step {
  const { pod, container, certificate, ca } = files;
  const cat = (path: string) => ({ execution: { pod, container, command: ['cat', path] } });
  const name = certificateName(member, domain);
  return {
    id: ownCertificateStep,
    layer: 'certificates',
    what: `${memberName(member)} has a certificate of ${name}`,
    needs: [],
    asks: [
      { id: ownCertificateStep, ...cat(certificate) },
      { id: authoritiesAsk, ...cat(ca) },
    ],
    judge: byAnswer(ownCertificateStep, (answer, observed) => {
      const file = printed(answer);
      if (isFailed(file))
        return /No such file/.test(file.error)
          ? fails(file.error, ofMember(member, { is: 'none' }, name))
          : unseen(file.error);
      const shown = shownCertificate(file.text, { name, ca: authorities(observed), now: observed.now });
      return judgeOf(shown, (fault) => ofMember(member, fault, name));
    }),
  };
}

export const publishedStep = ({ address, port }: PublicEndpoint): string => `tls ${address}:${port}`;

/** Who answers at a port that a member publishes. */
export function publishedCertificate(
  member: Member,
  domain: string,
  service: string,
  lost: FailureId,
  { address: host, port }: PublicEndpoint,
  needs: readonly string[],
): Step {
  const id = publishedStep({ address: host, port });
  const name = certificateName(member, domain);
  const ask: Ask = { id, question: { ask: 'tls', host, port, name } };
  return {
    id,
    layer: 'certificates',
    what: `${service} shows a certificate of ${name}`,
    needs,
    asks: [ask],
    judge: byAnswer(id, (answer, observed) => {
      const { pem, failed } = shownCertificates(answer);
      const shown = shownCertificate(pem, { name, ca: authorities(observed), now: observed.now });
      if (shown.fault?.is === 'none' && failed)
        return fails(failed.error, { failure: lost, acts: { member }, meaning: withoutTls(failed) });
      return judgeOf(shown, (fault) => ofMember(member, fault, name));
    }),
  };
}

function withoutTls({ kind }: Failed): string {
  if (kind === 'tls') return 'it ends the handshake before it has shown a certificate';
  return kind === 'timeout'
    ? 'it takes the connection, and says nothing'
    : 'it takes the connection, and speaks no TLS';
}

export const tunnelStep = (party: number): string => `tunnel ${party}`;

/** Who answers where the exchange leads a party's name: its Pulsar, if all is well. */
export function tunnel(
  party: number,
  domain: string,
  { address: host, port }: PublicEndpoint,
  needs: readonly string[],
): Step {
  const id = tunnelStep(party);
  const name = certificateName(party, domain);
  const ask: Ask = { id, question: { ask: 'tls', host, port, name } };
  return {
    id,
    layer: 'certificates',
    what: `the exchange leads ${name} to Pulsar of party ${party}`,
    peer: party,
    needs,
    asks: [ask],
    judge: byAnswer(id, (answer, observed) => {
      const { pem, failed } = shownCertificates(answer);
      const shown = shownCertificate(pem, { name, ca: authorities(observed), now: observed.now });
      if (shown.fault?.is === 'none') return fails(failed?.error ?? shown.text, withoutCertificate(party, failed));
      return judgeOf(shown, (fault) =>
        fault.is === 'another' ? ofAnother(party, domain, fault.names) : ofMember(party, fault, name),
      );
    }),
  };
}

/** The exchange has ended the connection, or has let it stand. */
function withoutCertificate(party: number, failed: Failed | undefined): Fault {
  switch (failed?.kind) {
    case 'plain':
      return {
        failure: 'port-not-allowed',
        acts: { member: 'exchange' },
        meaning: `its Traffic Server answers itself, in clear: the port in its route of party ${party} is not among its connectPorts, or DNS does not know the name there`,
      };
    case 'timeout':
      return {
        failure: 'port-blocked',
        acts: { between: ['exchange', party] },
        meaning: `the exchange has a route, and no answer from party ${party}`,
      };
    case 'tls':
      return {
        failure: 'route-missing',
        acts: { member: 'exchange' },
        meaning: `its Traffic Server has no route of party ${party}, and no certificate of its own to say so`,
      };
    default:
      return {
        failure: 'pulsar-lost',
        acts: { member: party },
        meaning: `the exchange has a route, and nothing listens where it leads: address and port of the party's Pulsar`,
      };
  }
}

function ofAnother(party: number, domain: string, names: readonly string[]): Fault {
  const [first = ''] = names;
  if (names.includes(certificateName('exchange', domain)))
    return {
      failure: 'route-missing',
      acts: { member: 'exchange' },
      meaning: `Traffic Server answers itself: it has no route of ${certificateName(party, domain)}`,
    };
  if (first.startsWith('proxy.'))
    return {
      failure: 'domain-differs',
      acts: { member: 'exchange' },
      meaning: `Traffic Server answers itself, as ${first}: its domain is not ${domain}, which is this party's`,
    };
  if (first.startsWith(`${party}.`))
    return {
      failure: 'domain-differs',
      acts: { member: party },
      meaning: `its certificate is of another domain than ${domain}`,
    };
  return {
    failure: 'route-missing',
    acts: { member: 'exchange' },
    meaning: `its route of party ${party} leads to somebody else`,
  };
}

function ofMember(member: Member, fault: CertificateFault, name: string): Fault {
  const acts: Actor = { member };
  switch (fault.is) {
    case 'none':
      return { failure: 'pod-without-secret', acts, meaning: 'there is no certificate, or none that can be read' };
    case 'another':
      return { failure: 'certificate-foreign', acts, meaning: `it is not of ${name}, and others refuse it` };
    case 'ended':
      return { failure: 'certificate-expired', acts, meaning: 'it has ended, and others refuse it' };
    case 'not yet':
      return {
        failure: 'clock-wrong',
        acts,
        meaning: 'it does not hold yet: a clock is wrong, here or where it was made',
      };
    case 'soon':
      return { failure: 'certificate-expired', acts, meaning: 'it ends within a month' };
    case 'untrusted':
      return {
        failure: 'certificate-foreign',
        acts,
        meaning: 'it is of no authority that this member trusts, and would be refused',
      };
  }
}

const judgeOf = ({ text, fault }: Shown, meant: (fault: CertificateFault) => Fault): Judgement => {
  if (fault === undefined) return holds(text);
  return (fault.is === 'soon' ? warns : fails)(text, meant(fault));
};

function authorities({ answers }: Observed): string | undefined {
  const seen = answers.get(authoritiesAsk);
  const file = seen && isSeen(seen) ? printed(seen.value) : undefined;
  return file && 'text' in file ? file.text : undefined;
}
