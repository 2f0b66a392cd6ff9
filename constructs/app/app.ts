import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ApiObject, App as Cdk8sApp, Chart, Names, YamlOutputType } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { manifestYaml } from '../../lib/formats/yaml';
import { type KubernetesObject, Manifest } from './manifest';
import { synthesisOrder } from './synthesis-order';
import { TextFile, writesTextFiles } from './text-file';

/**
 * cdk8s's `App`, with a `synth()` whose time grows with the number of objects and not with its square.
 *
 * It writes the files cdk8s writes: one for each chart, or a folder for each chart; other output types are left to cdk8s.
 * Everything is rendered before anything is written: an object that fails leaves the output directory as it was.
 */
export class App extends Cdk8sApp {
  readonly [writesTextFiles] = true;

  /**
   * Writes the manifests, and text files that are beside them, to `outdir`.
   *
   * @throws when validation fails, dependencies form a cycle, two charts or objects claim one file, or an object holds
   * anything but plain data. Messages name the constructs.
   */
  override synth(): void {
    const layout = layouts[this.yamlOutputType];
    const constructs = this.node.findAll();
    const textFiles = constructs.filter((each) => each instanceof TextFile).map(textFile);
    if (layout === undefined) {
      refuseSharedFiles(textFiles);
      super.synth();
      return write(this.outdir, textFiles);
    }
    validate(constructs);
    const { charts, chartsDepend } = synthesisOrder(constructs);
    const files = [...charts].flatMap(([chart, objects], index) => {
      const name = Names.toDnsLabel(chart);
      const numbered = chartsDepend ? `${String(index).padStart(4, '0')}-${name}` : name;
      return layout(numbered, this.outputFileExtension, chart, objects);
    });
    // The option has no public name.
    if (this['recordConstructMetadata']) files.push(constructMetadata(this, [...charts.values()].flat()));
    files.push(...textFiles);
    refuseSharedFiles(files);
    write(this.outdir, files);
  }
}

interface File {
  /** Relative to the output directory. */
  readonly path: string;
  readonly source: IConstruct;
  readonly content: Buffer;
}

const textFile = (source: TextFile): File => ({ path: source.path, source, content: Buffer.from(source.content) });

type Layout = (name: string, extension: string, chart: Chart, objects: readonly ApiObject[]) => File[];

const layouts: Partial<Record<YamlOutputType, Layout>> = {
  [YamlOutputType.FILE_PER_CHART]: (name, extension, chart, objects) => [
    { path: name + extension, source: chart, content: Buffer.from(documents(chart, objects).join('---\n')) },
  ],
  [YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE]: (name, extension, _chart, objects) =>
    objects.map((object) => {
      const file = `${object.kind}.${object.metadata.name}`.replace(/[^0-9a-zA-Z-_.]/g, '');
      return { path: join(name, file + extension), source: object, content: Buffer.from(document(object)) };
    }),
};

/** A chart with a `toJson()` of its own keeps it, though nothing says which construct a manifest of it comes from. */
const documents = (chart: Chart, objects: readonly ApiObject[]): string[] =>
  chart.toJson === Chart.prototype.toJson
    ? objects.map(document)
    : chart.toJson().map((manifest) => naming(chart, () => yaml(manifest)));

const document = (object: ApiObject): string =>
  naming(object, () => (isManifest(object) ? object.toYaml() : yaml(object.toJson())));

/** `instanceof` holds for every `ApiObject`, which is how cdk8s has it; and a subclass may have a `toJson()` of its own. */
const isManifest = (object: ApiObject): object is Manifest<KubernetesObject> =>
  object.toJson === Manifest.prototype.toJson;

/** cdk8s makes `undefined` of a null in a list, and null again when it writes it. */
const yaml = (manifest: object): string => manifestYaml(manifest, (value) => value ?? null);

function naming(source: IConstruct, render: () => string): string {
  try {
    return render();
  } catch (error) {
    throw new Error(`${source.node.path}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

function constructMetadata(app: App, objects: readonly ApiObject[]): File {
  const resources = Object.fromEntries(objects.map(({ name, node }) => [name, { path: node.path }]));
  const content = Buffer.from(JSON.stringify({ version: '1.0.0', resources }));
  return { path: 'construct-metadata.json', source: app, content };
}

function validate(constructs: readonly IConstruct[]): void {
  const errors = constructs.flatMap(({ node }) => node.validate().map((error) => `[${node.path}] ${error}`));
  if (errors.length > 0) throw new Error(`Validation failed with the following errors:\n  ${errors.join('\n  ')}`);
}

function refuseSharedFiles(files: readonly File[]): void {
  const sources = new Map<string, IConstruct>();
  for (const { path, source } of files) {
    const other = sources.get(path);
    if (other) throw new Error(`${other.node.path} and ${source.node.path} would both be written to ${path}`);
    sources.set(path, source);
  }
}

function write(directory: string, files: readonly File[]): void {
  const folders = new Set([directory, ...files.map(({ path }) => dirname(join(directory, path)))]);
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  for (const { path, content } of files) writeFileSync(join(directory, path), content);
}
