import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examples, filesOfExample } from '../../support/examples';
import { cache, refusal, titled } from '../support/engines';
import { accepted } from './accepted';

const refused = refusal('linters');
const run = promisify(execFile);

/** Of cdk8s-plus-27, beside ours. */
const foreign = /portal/;
/** What a network lets through is computed from the objects themselves, and from all of them. */
const elsewhere = ['CKV2_K8S_6', 'pod-networkpolicy'];

interface Finding {
  readonly check: string;
  /** `<kind>/<name>` */
  readonly of: string;
}

const text = ({ check, of }: Finding): string => `${check} ${of}`;

/** Their exit codes say that there are findings. */
async function reportOf(program: string, args: readonly string[]): Promise<unknown> {
  const answer = await run(join(cache, program), args, { maxBuffer: 2 ** 28 }).catch((error) => error);
  try {
    return JSON.parse(answer.stdout);
  } catch {
    throw new Error(`${program}: ${answer.stderr}`);
  }
}

async function kubeScore(file: string): Promise<readonly Finding[]> {
  interface Scored {
    readonly type_meta: { readonly kind: string };
    readonly object_meta: { readonly name: string };
    readonly checks: readonly { check: { id: string }; grade: number; skipped: boolean }[];
  }
  const best = 10;
  const scored = (await reportOf('kube-score/kube-score', ['score', '--output-format=json', file])) as Scored[] | null;
  return (scored ?? []).flatMap(({ type_meta: { kind }, object_meta: { name }, checks }) =>
    checks
      .filter(({ grade, skipped }) => !skipped && grade < best)
      .map(({ check: { id } }) => ({ check: id, of: `${kind}/${name}` })),
  );
}

async function checkov(directory: string): Promise<readonly Finding[]> {
  interface Report {
    readonly results: { readonly failed_checks: readonly { check_id: string; resource: string }[] };
  }
  const options = ['--framework=kubernetes', '--output=json', '--quiet', '--compact', '--skip-download'];
  const report = (await reportOf('checkov/bin/checkov', [`--directory=${directory}`, ...options])) as Report;
  return report.results.failed_checks.map(({ check_id, resource }) => {
    const [kind, , ...name] = resource.split('.');
    return { check: check_id, of: `${kind}/${name.join('.')}` };
  });
}

describe.skipIf(refused !== undefined)(titled('kube-score and checkov', refused), () => {
  let directory: string;
  let found: readonly Finding[];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'linted-'));
    const files = examples.flatMap((example) => {
      mkdirSync(join(directory, example));
      return [...filesOfExample(example)]
        .filter(([file]) => file.endsWith('.k8s.yaml') && !foreign.test(file))
        .map(([file, content]) => {
          writeFileSync(join(directory, example, file), content);
          return join(directory, example, file);
        });
    });
    const all = await Promise.all([checkov(directory), ...files.map(kubeScore)]);
    found = all.flat().filter(({ check }) => !elsewhere.includes(check));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const isOf = ({ checks, of }: (typeof accepted)[number], finding: Finding): boolean =>
    checks.includes(finding.check) && of.includes(finding.of);

  test('they find nothing in the examples but what is accepted with its reason', () => {
    const others = found.filter((finding) => !accepted.some((it) => isOf(it, finding)));
    expect([...new Set(others.map(text))].sort()).toEqual([]);
  });

  test('what is accepted they still find', () => {
    for (const it of accepted) {
      const own = found.filter((finding) => isOf(it, finding));
      expect([...new Set(own.map(({ check }) => check))].sort(), it.why).toEqual([...it.checks].sort());
      expect([...new Set(own.map(({ of }) => of))].sort(), it.why).toEqual([...it.of].sort());
    }
  });
});
