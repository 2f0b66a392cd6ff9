import { reportingCommand } from '../arguments';
import { Mistake } from '../mistake';
import type { Authorities, AuthorityOptions } from '../pki/authorities';
import type { RotationStep } from '../pki/rotation';
import { checkDomain, options } from './options';

/** The federation's certificate authority: made once, and replaced in three steps. */
export const ca = reportingCommand({
  command: 'ca',
  describe: "Make the federation's certificate authority, or replace it step by step",
  examples: [
    ['$0 certificates ca --domain example.com', 'an authority in ./certificates/ca'],
    ['$0 certificates ca --next', 'another one, which all members trust besides'],
    ['$0 certificates ca --switch', 'from now on the other one certifies'],
    ['$0 certificates ca --retire', 'the first one is trusted no more'],
  ],
  options: (yargs) =>
    yargs
      .option('domain', { ...options.domain, describe: 'Domain of the federation' })
      .option('folder', options.folder)
      .option('days', options.authorityDays)
      .option('bits', options.authorityBits)
      .option('next', { type: 'boolean', describe: 'Make the authority that comes next; members trust both' })
      .option('switch', { type: 'boolean', describe: 'Certify by the next one, when all members trust it' })
      .option('retire', { type: 'boolean', describe: 'Trust the old one no more, when nobody has a certificate of it' })
      .conflicts({ next: ['switch', 'retire', 'domain'], switch: ['retire', 'domain'], retire: 'domain' }),
  run: async ({ folder, domain, days, bits, ...flags }) => {
    const step = (['next', 'switch', 'retire'] as const).find((each) => flags[each]);
    const { certificateDays, rsaBits } = await import('../../lib/federation/certificates.js');
    const made = { days: days ?? certificateDays.authority, bits: bits ?? rsaBits.authority, now: new Date() };
    const done = step === undefined ? await make(folder, domain, made) : await take(step, folder, made);
    const shown = await authorityJson(done.authorities);
    const lines = shown.map(
      ({ name, role, notAfter, fingerprint }) => `${name} ${role}, until ${notAfter.slice(0, 10)}\n  ${fingerprint}\n`,
    );
    return { text: `${done.text}${lines.join('')}`, json: { changed: done.changed, authorities: shown } };
  },
});

interface Done {
  readonly authorities: Authorities;
  readonly changed: boolean;
  readonly text: string;
}

async function make(folder: string, domain: string | undefined, options: AuthorityOptions): Promise<Done> {
  const { prepare } = await import('../pki/folder.js');
  const { checkDomainOf, makeAuthority, readAuthorities } = await import('../pki/authorities.js');
  const there = readAuthorities(folder);
  if (there.signing !== undefined && domain !== undefined) checkDomainOf(there.signing, domain);
  if (there.signing !== undefined || there.next !== undefined || there.old !== undefined) {
    prepare(folder);
    return { authorities: there, changed: false, text: '' };
  }
  if (domain === undefined)
    throw new Mistake('there is no authority yet; name the domain of the federation by --domain');
  await checkDomain(domain);
  const signing = await makeAuthority(folder, domain, options);
  return {
    authorities: { signing },
    changed: true,
    text: `Whoever has ${folder}/ca/ca.key.pem lets in whomever he likes: keep it where only the operator reads it.\n`,
  };
}

async function take(step: RotationStep, folder: string, options: AuthorityOptions): Promise<Done> {
  const { rotate } = await import('../pki/rotation.js');
  const { authorities, isNew, spread } = await rotate(folder, step, options);
  const changed = spread.map((path) => `${path} changed\n`).join('');
  return { authorities, changed: isNew || spread.length > 0, text: `${changed}${isNew ? whatFollows[step] : ''}` };
}

const whatFollows: Readonly<Record<RotationStep, string>> = {
  next: 'Give every member its new ca.cert.pem, and see that its programs read it, before --switch.\n',
  switch: 'Renew every certificate (issue --renew, or request and sign), and restart every Pulsar, before --retire.\n',
  retire: 'Give every member its new ca.cert.pem.\n',
};

async function authorityJson({ signing, next, old }: Authorities) {
  const { fingerprint, shownName } = await import('../pki/pem.js');
  const { ends } = await import('../../lib/input/pem.js');
  const roles = [
    ['certifies', signing],
    ['is the next one', next],
    ['is still trusted', old],
  ] as const;
  return roles.flatMap(([role, authority]) => {
    if (authority === undefined) return [];
    const { certificate } = authority;
    return [
      {
        name: shownName(certificate),
        role,
        notAfter: ends(certificate).toISOString(),
        fingerprint: fingerprint(certificate.publicKey),
      },
    ];
  });
}
