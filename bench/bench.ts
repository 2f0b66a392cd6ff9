/** `npm run bench`: synthesis from 1 to 1000 parties, what it compares to, and the bars it must hold. */
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Case, Measurement } from './measure';

const root = join(__dirname, '..');
const compiled = join(root, 'node_modules/.cache/kubefate-tanzu-bench');
const published = join(root, 'build/index.js');

/** Programs are measured as they are published, compiled: a loader of TypeScript takes more memory than they do. */
function compile(): void {
  execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', __dirname], { stdio: 'inherit' });
  const isNoSource = (file: string) => !file.endsWith('.ts');
  cpSync(join(root, 'constructs'), join(compiled, 'constructs'), { recursive: true, filter: isNoSource });
}

const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });

/** A case in a process of its own. */
function measure(name: Case, parties: number, runs: number): Measurement {
  process.stderr.write(`${name}, ${parties} parties\n`);
  return JSON.parse(node('--expose-gc', join(compiled, 'bench/measure.js'), name, `${parties}`, `${runs}`));
}

function compare(parties: number) {
  const runs = parties < 1000 ? 11 : 6;
  return {
    parties,
    program: measure('program', parties, runs),
    objects: measure('objects', parties, runs),
    json: measure('json', parties, runs),
  };
}

/** Beside cdk8s, which is quadratic: a thousand parties would take it minutes. */
const compareWithCdk8s = (parties: number) => ({
  ...compare(parties),
  cdk8s: measure('cdk8s', parties, 4),
  plus: measure('cdk8s-plus', parties, 4),
});

/** Milliseconds of CPU that each module takes to load in a new process: the median of several, taken in turns. */
function loading(...modules: string[]): number[] {
  const program = (path: string) =>
    `const start = process.cpuUsage(); require('${path}'); const { user, system } = process.cpuUsage(start); console.log((user + system) / 1000)`;
  const rounds = Array.from({ length: 21 }, () => modules.map((path) => Number(node('-e', program(path)))));
  return modules.map((_, index) => median(rounds.map((round) => round[index] ?? Number.NaN)));
}

const loadedWith = (path: string) =>
  node('-e', `require('${path}'); console.log(Object.keys(require.cache).join('\\n'))`).split('\n');

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
const synth = ({ render, write }: Measurement) => render + write;
const whole = ({ draw, render, write }: Measurement) => draw + render + write;

function table(head: readonly string[], ...rows: (readonly string[])[]): void {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  console.log([line(head), line(['---', ...head.slice(1).map(() => '---:')]), ...rows.map(line), ''].join('\n'));
}

const ms = (time: number) => `${time.toFixed(time < 10 ? 1 : 0)} ms`;
const ratio = (a: number, b: number) => (a / b).toFixed(a / b < 10 ? 2 : 0);

compile();
execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'ignore' });
const one = compareWithCdk8s(1);
const ten = compareWithCdk8s(10);
const hundred = compareWithCdk8s(100);
const thousand = compare(1000);
const [cdk8sLoading = Number.NaN, loadingOurs = Number.NaN] = loading('cdk8s', published);
const pulumi = loadedWith(published).filter((path) => path.includes('@pulumi'));

console.log('A program that plans, draws and synthesizes a federation:\n');
table(
  ['parties', 'time', 'plan and draw', 'render', 'write', 'first run', 'peak memory', 'files'],
  ...[one, ten, hundred, thousand].map(({ parties, program }) => [
    `${parties}`,
    ms(whole(program)),
    ms(program.draw),
    ms(program.render),
    ms(program.write),
    ms(program.first),
    `${program.peakMiB.toFixed(0)} MiB`,
    `${program.outputMiB.toFixed(1)} MiB`,
  ]),
);
console.log('The same objects as JSON, rendered and written:\n');
table(
  ['parties', 'this library', 'render', 'write', 'JSON', 'render', 'write', 'ratio'],
  ...[one, ten, hundred, thousand].map(({ parties, objects, json }) => [
    `${parties}`,
    ...[objects, json].flatMap((each) => [ms(synth(each)), ms(each.render), ms(each.write)]),
    ratio(synth(objects), synth(json)),
  ]),
);
console.log('The same objects through cdk8s, and their like of cdk8s-plus-27, drawn, rendered and written:\n');
table(
  ['parties', 'this library', 'cdk8s', 'ratio', 'cdk8s-plus-27', 'ratio'],
  ...[one, ten, hundred].map(({ parties, objects, cdk8s, plus }) => [
    `${parties}`,
    ms(whole(objects)),
    ...[cdk8s, plus].flatMap((each) => [ms(whole(each)), ratio(whole(each), whole(objects))]),
  ]),
);

const bars: [what: string, measured: number, bar: number, unit: string][] = [
  ['100 parties', whole(hundred.program), 500, ' ms'],
  ['1000 parties', whole(thousand.program), 3000, ' ms'],
  ['1000 parties, peak memory', thousand.program.peakMiB, 300, ' MiB'],
  ['1000 parties / 100 parties', whole(thousand.program) / whole(hundred.program), 12, ''],
  ['this library / JSON, 1000 parties', synth(thousand.objects) / synth(thousand.json), 2, ''],
  ['this library / cdk8s-plus-27, 100 parties', whole(hundred.objects) / whole(hundred.plus), 0.1, ''],
  ['loading this library / loading cdk8s', loadingOurs / cdk8sLoading, 1.5, ''],
  ['Pulumi modules loaded', pulumi.length, 0, ''],
];
table(
  ['bar', 'measured', 'at most', ''],
  ...bars.map(([what, measured, bar, unit]) => [
    what,
    `${Number(measured.toPrecision(3))}${unit}`,
    `${bar}${unit}`,
    measured <= bar ? 'held' : '**missed**',
  ]),
);
if (bars.some(([, measured, bar]) => !(measured <= bar))) process.exitCode = 1;
