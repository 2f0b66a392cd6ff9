import { readFlag } from '../input/checks';
import type { Problems } from '../input/problems';
import { isSignedDescriptor, readSignedDescriptor } from './signed-descriptor';

/** Where a descriptor is. */
export interface DescriptorFile {
  /** Path of it, signed by its author; relative to the file that names it, with Pulumi to the project. */
  readonly file: string;
  /** Take it without a signature too, at the word of whoever sent it. @default false */
  readonly unsigned?: boolean;
}

/** What descriptors in files are checked against. */
export interface DescriptorTrust {
  /** PEM: the authorities of the federation. @default none: signed descriptors cannot be checked */
  readonly ca?: string;
  /** When certificates must hold. */
  readonly now: Date;
}

/** What a descriptor's file says; `undefined`, and problems, where nobody knows whose word that is. */
export function readDescriptorText(
  problems: Problems,
  text: string,
  { unsigned }: DescriptorFile,
  { ca, now }: DescriptorTrust,
): unknown {
  const before = problems.count;
  const takesUnsigned = readFlag(problems, 'unsigned', unsigned, false);
  if (problems.count > before) return undefined;
  if (isSignedDescriptor(text)) {
    if (ca !== undefined) return readSignedDescriptor(problems, text, { ca, now });
    const remedy = "name the file with the certificates of the federation's authorities as ca";
    problems.add('', 'is signed, and nothing is here to check it against', remedy);
    return undefined;
  }
  if (!takesUnsigned) {
    const remedy = 'have its author run `kubefate-tanzu descriptor sign`, or take it as it is with unsigned: true';
    problems.add('', 'is not signed', remedy);
    return undefined;
  }
  return parsed(problems, text);
}

function parsed(problems: Problems, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    problems.add('', `cannot be read (${(error as Error).message})`, 'use the JSON that its author sent');
    return undefined;
  }
}
