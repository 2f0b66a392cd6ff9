import * as pulumi from '@pulumi/pulumi';
import { certificateName } from '../../lib/federation/certificates';
import { isMap, readFileName, shown } from '../../lib/input/checks';
import type { Problems } from '../../lib/input/problems';
import type { DescribedParty } from '../references/descriptors';
import { readOrReport, readProjectFile } from '../references/files';
import { readOutput } from '../references/stack-outputs';

/** A party's request for its certificate, as PEM: its subject and its alternative names will be the certificate's, byte for byte. */
export interface PartyRequest {
  readonly id: number;
  readonly request: string;
}

/** Requests of those parties that have one; every other gets a warning. What must not be certified is reported. */
export async function readRequests(
  problems: Problems,
  parties: readonly DescribedParty[],
  domain: string,
): Promise<readonly PartyRequest[]> {
  const requests: PartyRequest[] = [];
  for (const party of parties) {
    const at = problems.at(party.path);
    const text = await readRequest(at, party);
    const request = text === undefined ? undefined : await checked(at.at('request'), text, party.value.id, domain);
    if (request !== undefined) requests.push({ id: party.value.id, request });
  }
  return requests;
}

/** A request that is the party's alone; everything that speaks against certifying it is reported. */
async function checked(problems: Problems, text: string, id: number, domain: string): Promise<string | undefined> {
  const { isOfNameAlone, readSigningRequest, requestFaults } = await import('../../lib/federation/signing-requests.js'); // and X.509 with it
  const name = certificateName(id, domain);
  const request = readSigningRequest(text);
  if (request === undefined) {
    problems.add('', 'is not one signing request alone', `use a PEM of one for ${name}`);
    return undefined;
  }
  if (!isOfNameAlone(request, name)) {
    const names = request.alternativeNames.map(({ type, value }) => `${type}:${value}`).join(', ');
    const what = `is of ${shown(request.subject)} with the alternative names ${shown(names)}`;
    problems.add('', what, `have its organisation request ${name} alone: its output \`certificateRequest\` does`);
  }
  for (const { what, remedy } of await requestFaults(request)) problems.add('', what, remedy);
  return request.pem;
}

async function readRequest(problems: Problems, { path, source, stack }: DescribedParty): Promise<string | undefined> {
  const file = isMap(source) ? source['request'] : undefined;
  if (file !== undefined) return readRequestFile(problems.at('request'), file);
  const text = stack && (await readOutput(stack, 'certificateRequest', path));
  if (text !== undefined) return text;
  void pulumi.log.warn(
    `${path} has no signing request, and gets no certificate: ${
      stack ? 'set `certificates` there' : 'name the file that has its output `certificateRequest` by `request`'
    }`,
  );
  return undefined;
}

async function readRequestFile(problems: Problems, file: unknown): Promise<string | undefined> {
  const name = readFileName(problems, '', file, 'partners/party-40000.csr');
  const remedy = 'use the text of `pulumi stack output certificateRequest`';
  return name === undefined ? undefined : readOrReport(problems, remedy, () => readProjectFile(name));
}
