import * as pulumi from '@pulumi/pulumi';
import type { PartyDescriptor } from '../../lib/federation/descriptor';
import { isMap, shown } from '../../lib/input/checks';
import type { Problems } from '../../lib/input/problems';
import type { Described, PartySource } from '../references/descriptors';
import { readProjectFile } from '../references/files';
import { readOutput } from '../references/stack-outputs';
import type { PartyRequest } from './request-faults';

/** A party whose descriptor is known, and was asked for as this party's. */
export type DescribedParty = Described<PartyDescriptor, PartySource> & { readonly value: PartyDescriptor };

/** Requests of those parties that have one; every other gets a warning. What must not be certified is reported. */
export async function readRequests(
  problems: Problems,
  parties: readonly DescribedParty[],
  domain: string,
): Promise<readonly PartyRequest[]> {
  const { checkRequest } = await import('./request-faults.js'); // and X.509 with it
  const requests: PartyRequest[] = [];
  for (const party of parties) {
    const at = problems.at(party.path);
    const text = await readRequest(at, party);
    if (text === undefined) continue;
    const request = { id: party.value.id, request: text };
    await checkRequest(at.at('request'), request, domain);
    requests.push(request);
  }
  return requests;
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
  try {
    if (typeof file === 'string') return await readProjectFile(file);
    problems.add('', `${shown(file)} is no name`, 'use one such as "partners/party-40000.csr"');
  } catch (error) {
    const remedy = 'use the text of `pulumi stack output certificateRequest`';
    problems.add('', `cannot be read (${error instanceof Error ? error.message : error})`, remedy);
  }
  return undefined;
}
