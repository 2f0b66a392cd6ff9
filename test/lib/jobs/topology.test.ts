import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type FateRelease, federation, type JobProps, jobPlan, type TopologyProps, topology } from '../../../lib';
import { releases } from '../../../lib/fate/releases';
import { problemsOf } from '../../support/declarations';

const table = { name: 'rows' };
const learners = { guest: 30000, hosts: [40000], table } as const;
const network = { layers: [{ layer: 'Linear', in_features: 784, out_features: 10 }], loss: 'CrossEntropyLoss' };

const plansOf = (declared: TopologyProps) =>
  federation({
    domain: 'example.com',
    fate: declared.fate,
    exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
    parties: topology(declared).parties,
  }).parties;

/** Plans of all that it names, and of its job. */
function planned(declared: TopologyProps) {
  const { job } = topology(declared);
  const plans = plansOf(declared);
  const parameters = job.algorithm === 'homo-nn' ? { parameters: network } : {};
  return { plans, job: jobPlan(plans, { ...job, ...parameters } as JobProps) };
}

test('whoever learns together, in any release, can be deployed, and has a job that all of them can do', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 1, max: 999_999_999 }), { minLength: 2, maxLength: 6 });
  const kinds = fc.constantFrom<Partial<TopologyProps>>(
    { kind: 'vertical' },
    { kind: 'horizontal' },
    { kind: 'horizontal', data: 'images' },
  );
  const known = fc.constantFrom(...(Object.keys(releases) as FateRelease[]));
  const property = fc.property(ids, kinds, known, fc.boolean(), ([guest = 1, ...others], kind, fate, isNeutral) => {
    const hosts = isNeutral ? others.slice(0, -1) : others;
    fc.pre(hosts.length > 0);
    const apart = isNeutral && kind.kind === 'horizontal' ? others.slice(-1) : [];
    const props = { ...kind, guest, hosts, table, fate, ...(apart.length > 0 && { arbiter: apart[0] }) };
    const { plans, job } = planned(props as TopologyProps);
    expect(plans.map(({ id }) => id)).toEqual([guest, ...hosts, ...apart]);
    expect(job.unseen).toEqual([]);
    expect(job.roles).toEqual({
      guest: [guest],
      host: hosts,
      ...(kind.kind === 'horizontal' && { arbiter: apart.length > 0 ? apart : hosts.slice(0, 1) }),
    });
  });
  fc.assert(property, { numRuns: 60 });
});

describe('what is declared of a party is what its share asks for:', () => {
  const partiesOf = (props: Partial<TopologyProps>) => topology({ ...learners, ...props } as TopologyProps).parties;

  test.each<[Partial<TopologyProps>, object]>([
    [{ kind: 'vertical' }, { sizing: 'production' }],
    [{ kind: 'horizontal' }, { sizing: 'minimum' }],
    [{ kind: 'horizontal', data: 'images' }, { sizing: 'neuralNetwork' }],
    [{ kind: 'horizontal', data: 'images', fate: '2.2.0' }, { compute: { algorithm: 'nn', device: 'cpu' } }],
    [
      { kind: 'horizontal', data: 'images', device: 'gpu', fate: '1.11.2', datasetGiB: 100 },
      { compute: { algorithm: 'nn', device: 'gpu' }, datasetGiB: 100 },
    ],
  ])('%j', (props, expected) => {
    for (const party of partiesOf(props)) expect(party).toMatchObject(expected);
  });

  test('who only adds up keeps no data', () => {
    const parties = partiesOf({ kind: 'horizontal', arbiter: 50000, datasetGiB: 100 });
    expect(parties.map(({ id, datasetGiB }) => [id, datasetGiB])).toEqual([
      [30000, 100],
      [40000, 100],
      [50000, undefined],
    ]);
  });

  test('a network on GPUs asks for them', () => {
    const { plans } = planned({ ...learners, kind: 'horizontal', data: 'images', device: 'gpu', fate: '1.11.2' });
    expect(plans.map(({ compute }) => compute.gpus)).toEqual([1, 1]);
  });
});

describe('the page of a use case', () => {
  const folder = join(__dirname, '../../../docs/use-cases');
  const pages = readdirSync(folder).filter((name) => name !== 'README.md');
  const textOf = (page: string) => readFileSync(join(folder, page), 'utf8');

  test.each(pages)('%s has a job that the parties of its topology can do, in every release', (page) => {
    const text = textOf(page);
    const [, kind, images] = /\[(Vertical|Horizontal)\]\(README\.md\)(, images)?/.exec(text) ?? [];
    const job: JobProps = parse(/^```yaml\n(.*?)^```$/ms.exec(text)?.[1] ?? '');
    const learners = { guest: job.guest.party, hosts: job.hosts.map(({ party }) => party), table: job.guest.table };
    const { arbiter } = job;
    const horizontal = { kind: 'horizontal', ...learners, ...(arbiter !== undefined && { arbiter }) } as const;
    for (const fate of Object.keys(releases) as FateRelease[]) {
      const declared: TopologyProps =
        kind === 'Vertical'
          ? { kind: 'vertical', ...learners, fate }
          : { ...horizontal, fate, ...(images !== undefined && { data: 'images' }) };
      expect(job.algorithm).toBe(topology(declared).job.algorithm);
      expect(jobPlan(plansOf(declared), job).unseen).toEqual([]);
    }
    const named = [...text.matchAll(/\b[3-9]0000\b/g)].map(([id]) => Number(id));
    const { parties } = topology(kind === 'Vertical' ? { kind: 'vertical', ...learners } : horizontal);
    expect(new Set(named)).toEqual(new Set(parties.map(({ id }) => id)));
  });

  test('is one of seven, which the first page leads to', () => {
    expect(pages).toHaveLength(7);
    for (const page of pages) expect(textOf('README.md')).toContain(`](${page})`);
  });
});

test('everything that is wrong is said at once, each where it stands', () => {
  const said = (props: object) =>
    problemsOf(() => topology(props as TopologyProps)).map(({ path, what }) => `${path}: ${what}`);
  expect(said({ kind: 'vertical', guest: 0, hosts: [40000, 40000], arbiter: 1, device: 'gpu' })).toEqual([
    'arbiter: is not known here',
    'device: is not known here',
    'guest: 0 is no id of a party',
    'hosts[1]: 40000 is already hosts[0]',
    'table: is missing',
  ]);
  expect(said({ ...learners, kind: 'horizontal', data: 'images', device: 'gpu' })).toEqual([
    'device: FATE 1.6.1 has no build for GPUs',
  ]);
  expect(said({ kind: 'sideways', hosts: [] })).toEqual([
    'kind: "sideways" is not known',
    'hosts: has nobody',
    'guest: is missing',
    'table: is missing',
  ]);
  expect(said({ ...learners, kind: 'horizontal', arbiter: '1' })).toEqual(['arbiter: "1" is no id of a party']);
});
