/** Measures cases in turns, in this process, and prints `{ <case>: Measurement }`: `measure.ts <parties> <rounds> <case...>`. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App as Cdk8sApp, Chart } from 'cdk8s';
import { App } from 'kubefate-tanzu';
import { manifestYaml } from '../lib/formats/yaml';
import { type Drawn, drawFederation, Redrawn } from './federation';
import { LevelTwoChart } from './level-two';

/**
 * Milliseconds: medians of all rounds but the first third, which warms up. They are the main thread's CPU time, which is how
 * long a program takes on a quiet machine: the clock would count other programs, and the process's time what V8 does
 * beside the program.
 */
export interface Measurement {
  /** Planning, if that is part of the case, and making the tree of constructs. */
  readonly draw: number;
  readonly render: number;
  readonly write: number;
  /** All three of the first round: what a program takes that synthesizes once. */
  readonly first: number;
  readonly outputMiB: number;
  /** Peak resident memory of the process until the end of the first round. */
  readonly peakMiB: number;
}

export type Case = keyof typeof cases;

/** Prepares a case; the function it returns draws, and the one that returns renders and writes. */
type Prepare = (parties: number) => (outdir: string) => () => void;

const cases = {
  /** The whole of a program: plan, draw, synthesize. */
  program: (parties) => (outdir) => {
    const app = new App({ outdir });
    drawFederation(app, parties);
    return () => app.synth();
  },
  /** The objects of that program, drawn again. */
  objects: (parties) => redraw(parties, (outdir) => new App({ outdir }), Redrawn),
  /** The same through the `App` of cdk8s. */
  cdk8s: (parties) => redraw(parties, (outdir) => new Cdk8sApp({ outdir }), Redrawn),
  /** Objects of cdk8s-plus-27 like them, through the `App` of cdk8s. */
  'cdk8s-plus': (parties) => redraw(parties, (outdir) => new Cdk8sApp({ outdir }), LevelTwoChart),
  /** The same objects as nothing but constructs of cdk8s: what drawing takes at least. They are not synthesized. */
  tree: (parties) => {
    const charts = drawn(parties);
    return () => {
      const app = new Cdk8sApp();
      for (const { id, objects } of charts) {
        const chart = new Chart(app, id);
        objects.forEach((object, index) => new ApiObject(chart, `${index}`, object));
      }
      return () => {};
    };
  },
  /** The same objects as text, which is what rendering takes at least: of this library's YAML. */
  yaml: (parties) =>
    texts(parties, 'yaml', (objects) => objects.map((object) => `---\n${manifestYaml(object)}`).join('')),
  /** And as JSON, which is as fast as it gets. */
  json: (parties) => texts(parties, 'json', (objects) => objects.map((object) => JSON.stringify(object)).join('\n')),
} satisfies Record<string, Prepare>;

type ChartOf = new (scope: Cdk8sApp, id: string, drawn: Drawn) => Chart;

function redraw(parties: number, appIn: (outdir: string) => Cdk8sApp, ChartClass: ChartOf): ReturnType<Prepare> {
  const charts = drawn(parties);
  return (outdir) => {
    const app = appIn(outdir);
    for (const chart of charts) new ChartClass(app, chart.id, chart);
    return () => app.synth();
  };
}

/** Renders all files and then writes them, as `App` does. */
function texts(parties: number, extension: string, text: (objects: Drawn['objects']) => string): ReturnType<Prepare> {
  const charts = drawn(parties);
  return (outdir) => () => {
    const files = charts.map(({ id, objects }) => ({
      path: `${id}.${extension}`,
      content: Buffer.from(text(objects)),
    }));
    fs.mkdirSync(outdir);
    for (const { path, content } of files) fs.writeFileSync(join(outdir, path), content);
  };
}

function drawn(parties: number): Drawn[] {
  const app = new Cdk8sApp();
  drawFederation(app, parties);
  return app.node.children.map(({ node }) => {
    const objects = node.findAll().filter(ApiObject.isApiObject);
    return { id: node.id, objects: objects.map((object) => object.toJson()) };
  });
}

function run(draw: ReturnType<Prepare>) {
  const directory = fs.mkdtempSync(join(tmpdir(), 'bench-'));
  const outdir = join(directory, 'manifests');
  global.gc?.();
  written = undefined;
  const start = cpu();
  const synth = draw(outdir);
  const drawn = cpu();
  synth();
  const end = cpu();
  const rendered = written ?? end;
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  const files = fs.existsSync(outdir) ? fs.readdirSync(outdir) : [];
  const outputMiB = files.reduce((sum, file) => sum + fs.statSync(join(outdir, file)).size, 0) / 2 ** 20;
  fs.rmSync(directory, { recursive: true });
  return {
    draw: drawn - start,
    render: rendered - drawn,
    write: end - rendered,
    first: end - start,
    outputMiB,
    peakMiB,
  };
}

// All that is measured apart is rendered before the first file is written; cdk8s alone takes turns.
let written: number | undefined;
const { writeFileSync } = fs;
fs.writeFileSync = (...file: Parameters<typeof writeFileSync>) => {
  written ??= cpu();
  writeFileSync(...file);
};

function cpu(): number {
  if (!fs.existsSync(ownTime)) return performance.now();
  Atomics.wait(asleep, 0, 0, 0.05); // Linux adds it up when a thread goes to sleep
  return Number(fs.readFileSync(ownTime, 'latin1').split(' ')[0]) / 1e6;
}

const ownTime = '/proc/thread-self/schedstat';
const asleep = new Int32Array(new SharedArrayBuffer(4));

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

const [parties, rounds, ...names] = process.argv.slice(2);
const draws = names.map((name) => cases[name as Case](Number(parties)));
const done = Array.from({ length: Number(rounds) }, () => draws.map(run));
const measurements = names.map((name, index): [string, Measurement] => {
  const own = done.flatMap((round) => round[index] ?? []);
  const warm = own.slice(own.length / 3);
  const over = (step: 'draw' | 'render' | 'write') => median(warm.map((each) => each[step]));
  const { first = 0, outputMiB = 0, peakMiB = 0 } = own[0] ?? {};
  return [name, { draw: over('draw'), render: over('render'), write: over('write'), first, outputMiB, peakMiB }];
});
console.log(JSON.stringify(Object.fromEntries(measurements)));
