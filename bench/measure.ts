/** Measures one case in this process and prints the {@link Measurement}: `measure.ts <case> <parties> <runs>`. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App as Cdk8sApp, type Chart } from 'cdk8s';
import { App } from '../index';
import { type Drawn, drawFederation, Redrawn } from './federation';
import { LevelTwoChart } from './level-two';

/** Times in milliseconds: medians of the runs after the first, which warms up. */
export interface Measurement {
  /** Planning, if that is part of the case, and making the tree of constructs. */
  readonly draw: number;
  readonly render: number;
  readonly write: number;
  /** All three of the first run: what a program takes that synthesizes once. */
  readonly first: number;
  /** Peak resident memory of the process until the end of the first run. */
  readonly peakMiB: number;
  readonly outputMiB: number;
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
  /** The same objects as JSON, which is as fast as it gets. */
  json: (parties) => {
    const charts = drawn(parties);
    return (outdir) => () => {
      fs.mkdirSync(outdir);
      for (const { id, objects } of charts) {
        const json = objects.map((object) => JSON.stringify(object)).join('\n');
        fs.writeFileSync(join(outdir, `${id}.json`), Buffer.from(json)); // a string takes longer to write
      }
    };
  },
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
  writing = 0;
  const start = performance.now();
  const synth = draw(outdir);
  const drawn = performance.now();
  synth();
  const end = performance.now();
  const outputMiB =
    fs.readdirSync(outdir).reduce((sum, file) => sum + fs.statSync(join(outdir, file)).size, 0) / 2 ** 20;
  fs.rmSync(directory, { recursive: true });
  return { draw: drawn - start, render: end - drawn - writing, write: writing, first: end - start, outputMiB };
}

// Rendering and writing alternate in some of the cases: the writes are timed one by one.
let writing = 0;
const { writeFileSync } = fs;
fs.writeFileSync = (...file: Parameters<typeof writeFileSync>) => {
  const start = performance.now();
  writeFileSync(...file);
  writing += performance.now() - start;
};

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

const [name, parties, runs] = process.argv.slice(2);
const draw = cases[name as Case](Number(parties));
const { first, outputMiB, ...only } = run(draw);
const peakMiB = process.resourceUsage().maxRSS / 1024;
const warm = Array.from({ length: Number(runs) - 1 }, () => run(draw));
const over = (step: 'draw' | 'render' | 'write') =>
  warm.length > 0 ? median(warm.map((each) => each[step])) : only[step];
const measurement: Measurement = {
  draw: over('draw'),
  render: over('render'),
  write: over('write'),
  first,
  peakMiB,
  outputMiB,
};
console.log(JSON.stringify(measurement));
