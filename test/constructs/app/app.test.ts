import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ApiObject,
  type AppProps,
  App as Cdk8sApp,
  Chart,
  Include,
  JsonPatch,
  Lazy,
  Names,
  Testing,
  YamlOutputType,
} from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { App } from '../../../constructs/app/app';
import { Manifest } from '../../../constructs/app/manifest';

const all = mkdtempSync(join(tmpdir(), 'app-test-'));
afterAll(() => rmSync(all, { recursive: true }));
const temporary = () => mkdtempSync(join(all, 'case-'));

/** Every file below a directory, by its path, as the documents in it. */
function read(directory: string): Record<string, unknown[]> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const documents = (path: string) =>
    parseAllDocuments(readFileSync(path, 'utf8'), { version: '1.1' }).map((each) => each.toJSON());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(directory.length + 1), documents(path)]));
}

/** What an app writes into a directory that is not there yet. */
function synthesize(AppClass: typeof Cdk8sApp, draw: (app: Cdk8sApp) => void, props: AppProps = {}) {
  const outdir = join(temporary(), 'manifests');
  const app = new AppClass({ ...props, outdir });
  draw(app);
  app.synth();
  return read(outdir);
}

const configMap = (scope: Construct, name: string, data: Record<string, string> = {}) =>
  new Manifest<ConfigMap>(scope, name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

/** Something to draw: what is at an index lies in what is at a lower one, and depends on any. */
interface Drawing {
  readonly nodes: readonly { kind: 'chart' | 'construct' | 'object' | 'manifest'; parent: number; name: string }[];
  readonly dependencies: readonly (readonly [source: number, target: number])[];
}

function draw(app: Cdk8sApp, { nodes, dependencies }: Drawing): void {
  const drawn: Construct[] = [];
  for (const [index, { kind, parent, name }] of nodes.entries()) {
    const scopes = [app, ...drawn].filter((each) => kind === 'chart' || each.node.scopes.some(Chart.isChart));
    const scope = scopes[parent % Math.max(scopes.length, 1)];
    const id = scope?.node.tryFindChild(name) ? `${name}-${index}` : name;
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `object-${index}` },
      data: { index: `${index}` },
    };
    if (scope === undefined || kind === 'chart') drawn.push(new Chart(scope ?? app, id));
    else if (kind === 'construct') drawn.push(new Construct(scope, id));
    else if (kind === 'object') drawn.push(new ApiObject(scope, id, object));
    else drawn.push(new Manifest<ConfigMap>(scope, id, object as ConfigMap & typeof object));
  }
  for (const [source, target] of dependencies) {
    const [from, to] = [source, target].map((index) => drawn[index % drawn.length]);
    // cdk8s forgets what depends on itself.
    if (from && to && from !== to) from.node.addDependency(to);
  }
}

const drawing: fc.Arbitrary<Drawing> = fc.record({
  nodes: fc.array(
    fc.record({
      kind: fc.constantFrom('chart', 'construct', 'object', 'manifest'),
      parent: fc.nat(20),
      name: fc.constantFrom('a', 'b', 'c', '30000', '4', '007', 'Mixed_Case'),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  dependencies: fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 8 }),
});

const attempt = <T>(action: () => T): T | 'fails' => {
  try {
    return action();
  } catch {
    return 'fails';
  }
};

describe('The app writes what the App of cdk8s writes', () => {
  test.each([
    ['a file for each chart', YamlOutputType.FILE_PER_CHART],
    ['a folder for each chart', YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE],
    ['one file', YamlOutputType.FILE_PER_APP],
    ['a file for each object', YamlOutputType.FILE_PER_RESOURCE],
  ])('in %s, whatever depends on whatever', (_, yamlOutputType) => {
    let compared = 0;
    fc.assert(
      fc.property(drawing, (each) => {
        const [ours, theirs] = [App, Cdk8sApp].map((AppClass) =>
          attempt(() => synthesize(AppClass, (app) => draw(app, each), { yamlOutputType })),
        );
        expect(ours).toEqual(theirs);
        if (theirs !== 'fails' && each.dependencies.length > 0) compared++;
      }),
      { numRuns: 150 },
    );
    expect(compared).toBeGreaterThan(20);
  });

  test('for dependencies among charts, groups and objects, in the order they can be applied', () => {
    const program = (app: Cdk8sApp) => {
      const [workload, crds] = [new Chart(app, 'workload'), new Chart(app, 'crds')];
      const group = new Construct(workload, 'group');
      const [late, early] = [configMap(group, 'late'), configMap(workload, 'early')];
      late.addDependency(early);
      group.node.addDependency(configMap(crds, 'definition'));
    };
    const files = synthesize(App, program);
    expect(files).toEqual(synthesize(Cdk8sApp, program));
    expect(Object.keys(files)).toEqual(['0000-crds.k8s.yaml', '0001-workload.k8s.yaml']);
    expect(files['0001-workload.k8s.yaml']).toMatchObject([
      { metadata: { name: 'early' } },
      { metadata: { name: 'late' } },
    ]);
  });

  test('for charts named by numbers, which come first where dependencies leave a choice', () => {
    const program = (app: Cdk8sApp) => {
      const [first, second] = [new Chart(app, 'first'), new Chart(app, 'second')];
      const [party, host] = [new Chart(app, '30000'), new Chart(app, '40000')];
      configMap(party, 'name').addDependency(first);
      host.addDependency(second, party);
    };
    const files = synthesize(App, program);
    expect(files).toEqual(synthesize(Cdk8sApp, program));
    expect(Object.keys(files)[0]).toBe('0000-second.k8s.yaml');
  });

  test('for nested charts, includes, patches, tokens and nulls, and a chart that edits its own objects', () => {
    const include = join(temporary(), 'included.yaml');
    writeFileSync(include, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: included}\ndata: {answer: "yes"}\n');
    class Edited extends Chart {
      override toJson() {
        return super.toJson().map((object) => ({ ...object, edited: [null, 'on'] }));
      }
    }
    const program = (app: Cdk8sApp) => {
      const chart = new Chart(app, 'chart', { namespace: 'here', labels: { app: 'a' } });
      new Include(chart, 'include', { url: include });
      configMap(new Chart(chart, 'Nested_Chart'), 'nested');
      configMap(chart, 'patched', { a: '1' }).addJsonPatch(JsonPatch.replace('/data/a', '2'));
      configMap(chart, 'lazy', { a: Lazy.any({ produce: () => 'later' }) });
      new ApiObject(chart, 'nulls', {
        apiVersion: 'example.com/v1',
        kind: 'Nulls',
        list: [null, { a: null, b: [] }],
        none: null,
      });
      configMap(new Edited(app, 'edited'), 'edited');
    };
    const files = synthesize(App, program);
    expect(files).toEqual(synthesize(Cdk8sApp, program));
    expect(Object.values(files).flat()).toHaveLength(6);
  });

  test('for constructs of cdk8s-plus-27', () => {
    const program = (app: Cdk8sApp) => {
      const chart = new Chart(app, 'chart');
      const deployment = new kplus.Deployment(chart, 'deployment', {
        containers: [{ image: 'nginx', portNumber: 80 }],
      });
      deployment.exposeViaIngress('/', { name: 'web' });
      new kplus.Secret(chart, 'secret', { stringData: { number: '0123', answer: 'no' } });
    };
    const files = synthesize(App, program);
    expect(files).toEqual(synthesize(Cdk8sApp, program));
    expect(files['chart.k8s.yaml']).toHaveLength(4);
  });

  test('beside a record of which construct made what, where that is wanted', () => {
    const program = (app: Cdk8sApp) => configMap(new Chart(app, 'chart'), 'name');
    const props = { recordConstructMetadata: true, outputFileExtension: '.yaml' };
    const files = synthesize(App, program, props);
    expect(files).toEqual(synthesize(Cdk8sApp, program, props));
    expect(Object.keys(files)).toEqual(['chart.yaml', 'construct-metadata.json']);
  });

  test('to the directory that the command line of cdk8s names', () => {
    const outdir = join(temporary(), 'from-environment');
    vi.stubEnv('CDK8S_OUTDIR', outdir);
    onTestFinished(() => void vi.unstubAllEnvs());
    const app = new App();
    configMap(new Chart(app, 'chart'), 'name');
    app.synth();
    expect(Object.keys(read(outdir))).toEqual(['chart.k8s.yaml']);
  });

  test('and what Testing.synth and synthYaml see of it', () => {
    const [ours, theirs] = [App, Cdk8sApp].map((AppClass) => {
      const app = new AppClass();
      const chart = new Chart(app, 'chart', { labels: { app: 'a' } });
      configMap(chart, 'b').addDependency(configMap(chart, 'a'));
      return { objects: Testing.synth(chart), yaml: app.synthYaml() };
    });
    expect(ours).toEqual(theirs);
    expect(ours?.objects).toMatchObject([{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }]);
  });
});

test('Every object is rendered once and every construct validated once, however they depend on one another', () => {
  const rendered: string[] = [];
  const validated: string[] = [];
  class Counted extends ApiObject {
    override toJson() {
      rendered.push(this.node.id);
      return super.toJson();
    }
  }
  synthesize(App, (app) => {
    let [before, last]: ApiObject[] = [];
    for (let index = 0; index < 100; index++) {
      const chart = new Chart(app, `chart-${index}`);
      const object = new Counted(chart, `${index}`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } });
      // Two steps back each: cdk8s would walk more paths than there are atoms.
      if (last) object.addDependency(last);
      if (before) object.addDependency(before);
      object.node.addValidation({
        validate() {
          validated.push(object.node.id);
          return [];
        },
      });
      [before, last] = [last, object];
    }
  });
  const once = Array.from({ length: 100 }, (_, index) => `${index}`);
  expect(rendered).toEqual(once);
  expect(validated).toEqual(once);
});

test('Synthesizing twice writes the same bytes', () => {
  const outdir = temporary();
  const app = new App({ outdir });
  const [one, other] = [new Chart(app, 'one'), new Chart(app, 'other')];
  configMap(one, 'b', { z: '1', a: 'yes' }).addDependency(configMap(other, 'a'));
  const bytes = () => readdirSync(outdir).map((file) => readFileSync(join(outdir, file), 'utf8'));
  app.synth();
  const first = bytes();
  app.synth();
  expect(bytes()).toEqual(first);
  expect(first).toHaveLength(2);
});

describe('When anything is wrong nothing is written, and the message names', () => {
  const failure = (program: (app: App) => void, props: AppProps = {}) => {
    const outdir = join(temporary(), 'manifests');
    const app = new App({ ...props, outdir });
    configMap(new Chart(app, 'good'), 'good');
    program(app);
    const run = () => app.synth();
    expect(run).toThrow();
    expect(existsSync(outdir)).toBe(false);
    return expect(run);
  };

  test('the construct and the place of a value that is not plain data', () => {
    const date = { a: [{ b: new Date(0) as unknown as string }] };
    failure((app) => configMap(new Chart(app, 'bad'), 'bad', date as unknown as Record<string, string>)).toThrow(
      'bad/bad: data.a[0].b: a Date is not plain data',
    );
    failure(
      (app) =>
        new ApiObject(new Chart(app, 'bad'), 'bad', {
          apiVersion: 'v1',
          kind: 'X',
          metadata: { name: 'x' },
          size: Number.NaN,
        }),
    ).toThrow('bad/bad: size: number NaN is not plain data');
  });

  test('the chart, where a chart makes its own manifests', () => {
    class Broken extends Chart {
      override toJson() {
        return [{ run: () => 1 }];
      }
    }
    failure((app) => new Broken(app, 'broken')).toThrow(/^broken: run: .*not plain data/);
  });

  test('constructs that do not validate, all of them', () => {
    failure((app) => {
      for (const id of ['one', 'two']) new Chart(app, id).node.addValidation({ validate: () => [`${id} is wrong`] });
    }).toThrow(/\[one\] one is wrong\n.*\[two\] two is wrong/);
  });

  test('the constructs on a cycle of dependencies', () => {
    const cycle = (...pairs: [number, number][]) =>
      failure((app) => {
        const chart = new Chart(app, 'chart');
        const objects = ['a', 'b', 'c'].map((id) => configMap(chart, id));
        for (const [source, target] of pairs) objects[source]?.addDependency(objects[target] ?? chart);
      });
    cycle([0, 1], [1, 2], [2, 0]).toThrow('Dependency cycle detected: chart/a => chart/b => chart/c => chart/a');
    cycle([0, 1], [1, 2], [2, 1]).toThrow('Dependency cycle detected: chart/b => chart/c => chart/b');
    cycle([1, 1]).toThrow('Dependency cycle detected: chart/b => chart/b');
    failure((app) => {
      const [one, other] = [new Chart(app, 'one'), new Chart(app, 'other')];
      const [a, b] = [configMap(one, 'a'), configMap(other, 'b')];
      a.addDependency(b);
      b.addDependency(configMap(one, 'c'));
    }).toThrow('Dependency cycle detected: one => other => one');
  });

  test('both of two charts, or objects, that would share a file', () => {
    failure((app) => {
      const nested = new Chart(new Construct(app, 'group'), 'nested');
      new Chart(app, Names.toDnsLabel(nested));
    }).toThrow(/^group\/nested and (group-nested-\w+) would both be written to \1\.k8s\.yaml$/);
    failure(
      (app) => {
        const chart = new Chart(app, 'chart');
        for (const namespace of ['one', 'other'])
          new ApiObject(chart, namespace, {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'same', namespace },
          });
      },
      { yamlOutputType: YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE },
    ).toThrow('chart/one and chart/other would both be written to chart/ConfigMap.same.k8s.yaml');
    // cdk8s keeps the last of them, and says nothing.
    failure(
      (app) => {
        for (const chart of ['fate-30000', 'fate-40000']) configMap(new Chart(app, chart), 'nginx');
      },
      { yamlOutputType: YamlOutputType.FILE_PER_RESOURCE },
    ).toThrow('fate-30000/nginx and fate-40000/nginx would both be written to ConfigMap.nginx.k8s.yaml');
  });
});
