import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type FateRelease, jobPlan, releases } from '../../lib';
import { partiesOf } from '../support/jobs';

const example = join(__dirname, '../../examples/credit-card');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'credit-card-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** @param args the program's name, and what it is told; `-B`: nothing is written beside the example */
function python(...[program, ...args]: readonly [string, ...string[]]) {
  const { status, stdout, stderr } = spawnSync('python3', ['-B', join(example, program), ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return { status, stdout, stderr };
}
/** What a program prints that ends well. */
function printed(...args: Parameters<typeof python>): string {
  const { status, stdout, stderr } = python(...args);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const linesOf = (text: string) => text.trimEnd().split('\n');
const rowsOf = (text: string) => linesOf(text).map((line) => line.split(','));

const components = Array.from({ length: 28 }, (_, i) => `V${i + 1}`);
const columns = ['Time', ...components, 'Amount', 'Class'];
const head = columns.join(',');
/** A row with other values in some of its columns. */
const row = (values: Readonly<Record<string, string>> = {}) => columns.map((name) => values[name] ?? '0').join(',');

describe('what is generated', () => {
  const generate = (...args: readonly string[]) => printed('generate.py', ...args);

  test('is the same for a seed, on every machine, and something else for another', () => {
    const digest = createHash('sha256').update(generate()).digest('hex');
    expect(digest).toBe('a8ebbb74dd098dcaef70cda5e7e24d88e86cbf5b6d46c815b30a4e3f81b86417');
    expect(generate('--rows', '50', '--seed', '1')).not.toBe(generate('--rows', '50', '--seed', '2'));
  });

  test('has as many rows as are asked for, later ones after earlier ones, and that part of them frauds', () => {
    const [names, ...rows] = rowsOf(generate('--rows', '400', '--frauds', '0.05'));
    expect(names).toEqual(columns);
    expect(rows).toHaveLength(400);
    const times = rows.map(([time]) => Number(time));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(rows.filter((each) => each.at(-1) === '1')).toHaveLength(20);
  });

  test('may be looked at the beginning of, without a word of who stopped reading', () => {
    const { stdout, stderr } = spawnSync('sh', ['-c', `python3 -B '${join(example, 'generate.py')}' | head -1`], {
      encoding: 'utf8',
    });
    expect({ stdout, stderr }).toEqual({ stdout: `${head}\n`, stderr: '' });
  });

  test.each([
    ['--rows', '0'],
    ['--frauds', '1.1'],
    ['--frauds', '-0.1'],
    ['--frauds', 'nan'],
  ])('is nothing that cannot be: %s %s', (...args) => {
    const { status, stdout, stderr } = python('generate.py', ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('error: use 1 row or more, and a part of them from 0 to 1');
  });

  test('is told from the rest by the columns that the program names, and by no other', () => {
    const rows = rowsOf(generate('--rows', '4000', '--frauds', '0.5')).slice(1);
    const mean = (name: string, label: string) => {
      const of = rows.filter((each) => each.at(-1) === label).map((each) => Number(each[columns.indexOf(name)]));
      return of.reduce((sum, it) => sum + it, 0) / of.length;
    };
    const telling = components.filter((name, i) => Math.abs(mean(name, '1') - mean(name, '0')) > 0.935 ** i);
    expect(telling).toEqual(['V3', 'V4', 'V7', 'V10', 'V11', 'V12', 'V14', 'V16', 'V17']);
  });
});

describe('the halves', () => {
  test('are every second row each, the first one at the guest, and together all that there is', () => {
    const amounts = fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(amounts, (chosen) => {
        const rows = chosen.map((it) => row({ Amount: `${it}` }));
        write('whole.csv', [head, ...rows, ''].join('\n'));
        expect(printed('split.py', 'whole.csv')).toBe('');
        const [guest, host] = ['guest', 'host'].map((name) => linesOf(read(`dataset_${name}.csv`)));
        expect([guest?.shift(), host?.shift()]).toEqual([head, head]);
        expect(rows.map((_, i) => (i % 2 === 0 ? guest : host)?.shift())).toEqual(rows);
        expect([guest, host]).toEqual([[], []]);
      }),
      { numRuns: 8 },
    );
  });

  test('are without the quotes of the real file, and without the mark and the ends of lines that Windows gives it', () => {
    const quoted = (line: string) => line.replaceAll(/[^,]+/g, '"$&"');
    write('quoted.csv', [`\uFEFF${quoted(head)}`, ...[row({ Time: '1e+05' }), row()].map(quoted), ''].join('\r\n'));
    printed('split.py', 'quoted.csv');
    expect(read('dataset_guest.csv')).toBe(`${head}\n${row({ Time: '1e+05' })}\n`);
    expect(read('dataset_host.csv')).toBe(`${head}\n${row()}\n`);
  });
});

describe('what is prepared', () => {
  const prepared = (rows: readonly string[]) => {
    write('half.csv', [head, ...rows, ''].join('\n'));
    printed('prepare.py', 'half.csv');
    return rowsOf(read('half_scaled.csv'));
  };

  test('has ids from 1, the scaled columns in front, all others as they were, and what is learned at the end', () => {
    const values = Object.fromEntries(components.map((name, i) => [name, `-0.${i}0`]));
    expect(prepared([row({ ...values, Class: '1' }), row()])).toEqual([
      ['id', 'Scaled_Amount', 'Scaled_Time', ...components, 'y'],
      ['1', '0.0', '0.0', ...Object.values(values), '1'],
      ['2', '0.0', '0.0', ...components.map(() => '0'), '0'],
    ]);
  });

  test.each([
    ['of an odd number', ['1', '2', '3', '5', '100'], [-2 / 3, -1 / 3, 0, 2 / 3, 97 / 3]],
    [
      'of an even number, between which the quartiles lie',
      ['0', '10', '20', '40'],
      [-15 / 17.5, -5 / 17.5, 5 / 17.5, 25 / 17.5],
    ],
    ['of one', ['7'], [0]],
    ['that are all the same', ['7', '7', '7'], [0, 0, 0]],
  ])('has the median at 0 and the quartiles 1 apart: values %s', (_, values, scaled) => {
    const turned = [...values].reverse(); // of Time, which is scaled by itself
    const rows = prepared(values.map((it, i) => row({ Amount: it, Time: `${turned[i]}` }))).slice(1);
    for (const [i, [, amount, time]] of rows.entries()) {
      expect(Number(amount)).toBeCloseTo(Number(scaled[i]), 12);
      expect(Number(time)).toBeCloseTo(Number(scaled.at(-1 - i)), 12);
    }
  });
});

describe.each(['split.py', 'prepare.py'])('%s refuses', (program) => {
  const faults = (...lines: readonly string[]) => {
    write('wrong.csv', `${lines.join('\n')}\n`);
    const { status, stderr } = python(program, 'wrong.csv');
    expect(status).toBe(1);
    return linesOf(stderr);
  };

  test('values that are not what their columns are, each at its line', () => {
    const values = [
      ['Time', '-1', 'seconds since the first transaction, 0 or more'],
      ['V1', '', 'principal component 1'],
      ['V2', 'NA', 'principal component 2'],
      ['V3', 'nan', 'principal component 3'],
      ['V4', 'inf', 'principal component 4'],
      ['V5', '1e999', 'principal component 5'],
      ['V28', '1_0', 'principal component 28'],
      ['Amount', '-0.01', 'what was paid, in EUR, 0 or more'],
      ['Class', '2', '1 for a fraud, 0 for all else'],
      ['Class', '1.0', '1 for a fraud, 0 for all else'],
    ] as const;
    const wrong = values.flatMap(([name, value]) => [row({ [name]: value }), row()]);
    expect(faults(head, ...wrong)).toEqual(
      values.map(([name, value, meaning], i) => `wrong.csv:${2 * i + 2}: ${name}: '${value}' is not ${meaning}`),
    );
  });

  test('other columns, and rows with more or fewer', () => {
    const without = head.replace('V7,', '');
    expect(faults(without, row())).toEqual([
      `wrong.csv:1: columns are ${without.replaceAll(',', ', ')}; use ${columns.join(', ')}`,
    ]);
    expect(faults(head, `${row()},0`, '0,1')).toEqual([
      'wrong.csv:2: has 32 columns; use 31',
      'wrong.csv:3: has 2 columns; use 31',
    ]);
  });

  test('a file that is not there', () => {
    expect(python(program, 'nowhere.csv')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'nowhere.csv: No such file or directory\n',
    });
  });

  test('a file without rows', () => {
    expect(faults(head)).toEqual(['wrong.csv: has no rows']);
    expect(faults('')).toEqual([`wrong.csv:1: columns are missing; use ${columns.join(', ')}`]);
  });

  test('and names ten faults of many', () => {
    const named = faults(head, ...Array.from({ length: 12 }, () => row({ V1: '' })));
    expect(named).toHaveLength(11);
    expect(named.at(-1)).toBe('and 2 more');
  });
});

test('Python 3.6 reads the programs, which is that of the oldest release', () => {
  const programs = readdirSync(example).filter((name) => name.endsWith('.py'));
  expect(programs).toHaveLength(5);
  const check = 'import ast, sys; [ast.parse(open(it).read(), feature_version=(3, 6)) for it in sys.argv[1:]]';
  const paths = programs.map((name) => join(example, name));
  expect(spawnSync('python3', ['-c', check, ...paths], { encoding: 'utf8' }).stderr).toBe('');
});

const job = (name: string) => parse(readFileSync(join(example, name), 'utf8'));

describe.each(Object.keys(releases) as FateRelease[])('the jobs fit FATE %s', (fate) => {
  test.each(['train.yaml', 'predict.yaml'])('%s', (name) => {
    const { guest, roles, unseen } = jobPlan(partiesOf(fate, {}, {}), job(name));
    expect({ guest, roles, unseen }).toMatchObject({ guest: 30000, roles: { host: [40000] }, unseen: [] });
  });
});

test("the training has the white paper's parameters", () => {
  const { submission } = jobPlan(partiesOf('1.6.1', {}, {}), job('train.yaml'));
  expect(submission).toMatchObject({
    job_runtime_conf: {
      role: { guest: [30000], host: [40000], arbiter: [40000] },
      component_parameters: {
        common: {
          homo_lr_0: {
            penalty: 'L2',
            optimizer: 'sgd',
            alpha: 0.01,
            max_iter: 5,
            batch_size: 50000,
            learning_rate: 0.15,
            init_param: { init_method: 'zeros' },
          },
        },
      },
    },
  });
});

test('the page says of the columns what the programs take', () => {
  const page = readFileSync(join(example, 'README.md'), 'utf8');
  const told = new Map([...page.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, name, meaning]) => [name, meaning]));
  const wrong = columns.filter((name) => !components.includes(name)).map((name) => [name, told.get(name)]);
  for (const [name, meaning] of wrong) {
    write('wrong.csv', `${head}\n${row({ [`${name}`]: 'x' })}\n`);
    expect(python('split.py', 'wrong.csv').stderr).toBe(`wrong.csv:2: ${name}: 'x' is not ${meaning}\n`);
  }
});
