import { type KeyObject, X509Certificate } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import { certificateDays } from '../../lib/federation/certificates';
import { checkNames, isMap, shown } from '../../lib/input/checks';
import { day, daysBetween } from '../../lib/input/days';
import { certificatesIn, ends, isIssuedBy } from '../../lib/input/pem';
import type { Problems } from '../../lib/input/problems';
import { readOrReport, readProjectFile } from '../references/files';
import { isSourceName, qualified } from '../references/stack-names';
import { readOutput } from '../references/stack-outputs';
import type { PartyCertificates } from './declared';

/** A certificate, and the authorities that its owner trusts, as PEM. */
export interface CertificateChain {
  readonly certificate: string;
  readonly authorities: string;
  /** That of the certificate. */
  readonly publicKey?: KeyObject;
}

/** Whose certificate is looked for. */
export interface CertifiedParty {
  readonly id: number;
  readonly commonName: string;
}

/** Where a certificate comes from, as a message names it, and the certificate, if there is one yet. */
export interface ReadChain {
  readonly source: string;
  readonly chain?: CertificateChain;
}

/** A stack that the program refers to already, which it can do only once. */
export interface ReferredStack {
  /** `stack acme/kubefate-tanzu/exchange` */
  readonly name: string;
  readonly stack?: pulumi.StackReference;
}

/** A party's certificate in the place that is declared for it. What is wrong is reported; that there is none yet is a warning. */
export async function readChain(
  problems: Problems,
  declared: PartyCertificates,
  party: CertifiedParty,
  exchange: ReferredStack | undefined,
): Promise<ReadChain> {
  const kind = (['stack', 'file'] as const).find((kind) => isMap(declared) && kind in declared);
  const name: unknown = kind && Object(declared)[kind];
  if (kind === undefined || !isSourceName(kind, name)) {
    problems.add(
      'certificates',
      'name neither a stack nor a file',
      'use { stack: "exchange" } or { file: "certificates.json" }',
    );
    return { source: 'certificates' };
  }
  checkNames(problems.at('certificates'), declared, [kind]);
  const source = `certificates (${kind} ${kind === 'stack' ? qualified(name) : name})`;
  const value = kind === 'stack' ? await ofStack(name, source, exchange) : await ofFile(problems.at(source), name);
  const chain = chainIn(problems.at(source), value, party);
  const lack = chain === undefined ? lacks[kind] : endOf(chain, new Date());
  if (lack !== undefined) void pulumi.log.warn(`${source} ${lack}`);
  return { source, chain };
}

const lacks = {
  stack:
    'has no certificate of this party yet, and its Pulsar shows one that nobody trusts: run `pulumi up` there, and then here again',
  file: 'has no certificate of this party yet, and its Pulsar shows one that nobody trusts: send the output `certificateRequest` to whoever runs the exchange, put there what comes back, and run `pulumi up` here again',
};

function ofStack(name: string, source: string, exchange: ReferredStack | undefined): Promise<unknown> {
  const full = qualified(name);
  const known = exchange?.name === `stack ${full}` ? exchange.stack : undefined;
  return readOutput(known ?? new pulumi.StackReference(full), 'certificates', source);
}

const ofFile = (problems: Problems, file: string): Promise<unknown> =>
  readOrReport(problems, 'use the JSON of `pulumi stack output certificates --json`, or PEM', async () => {
    const text = await readProjectFile(file).catch(orAbsent);
    return text?.trimStart().startsWith('{') ? JSON.parse(text) : text;
  });

/** One that is not there yet is no fault. */
function orAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** @param value by id, or PEM of a certificate and, below it, of authorities */
function chainIn(problems: Problems, value: unknown, { id, commonName }: CertifiedParty): CertificateChain | undefined {
  const text = isMap(value) ? value[id] : value;
  if (text === undefined) return undefined;
  const [certificate, ...authorities] = certificatesIn(`${text}`) ?? [];
  if (certificate === undefined || authorities.length === 0) {
    problems.add('', 'is no certificate with an authority below it, as PEM', 'use both, one after the other');
    return undefined;
  }
  checkCertificate(problems, certificate, authorities, commonName);
  return {
    certificate: `${certificate}`,
    authorities: authorities.join(''),
    publicKey: certificate.publicKey,
  };
}

function checkCertificate(
  problems: Problems,
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
  commonName: string,
): void {
  const { subject, subjectAltName } = certificate;
  if (subject !== `CN=${commonName}` || subjectAltName !== `DNS:${commonName}`) {
    const what = `is of ${shown(subject)} with the alternative names ${shown(subjectAltName)}`;
    problems.add('', what, `use the one of CN=${commonName}, DNS:${commonName}`);
  }
  if (!authorities.some((each) => each.ca && isIssuedBy(certificate, each)))
    problems.add('', 'is signed by no authority that stands below it', 'use the certificate with its own authority');
}

/** What is to be said of a certificate's end; nothing while that is far away. */
function endOf({ certificate }: CertificateChain, now: Date): string | undefined {
  const end = ends(new X509Certificate(certificate));
  const days = daysBetween(now, end);
  if (days >= certificateDays.soon) return undefined;
  return `${days < 0 ? 'ended' : 'ends'} on ${day(end)}: have it renewed, by \`pulumi up\` where it was made, and run it here again`;
}
