import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { type ApiObject, App as Cdk8sApp, Chart, Names, YamlOutputType } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { manifestYaml } from '../../lib/formats/yaml';
import { type KubernetesObject, Manifest } from './manifest';
import { synthesisOrder } from './synthesis-order';
import { TextFile, writesTextFiles } from './text-file';

/**
 * cdk8s's `App`, with a `synth()` whose time grows with the number of objects and not with its square.
 *
 * It writes the files cdk8s writes, in any of its output types; each document begins with `---`, since `cdk8s synth --stdout`
 * puts files together as they are. Everything is rendered before anything is written: an object that fails leaves the
 * output directory as it was.
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
    const constructs = this.node.findAll();
    validate(constructs);
    const textFiles = constructs.filter((each) => each instanceof TextFile).map(textFile);
    refuseAmongManifests(this.outdir, textFiles);
    const { charts, chartsDepend } = synthesisOrder(constructs);
    const drawn = [...charts].map(([chart, objects], index) => {
      const name = Names.toDnsLabel(chart);
      const numbered = chartsDepend ? `${String(index).padStart(4, '0')}-${name}` : name;
      return { name: numbered, chart, documents: () => documents(chart, objects) };
    });
    // The CLI copies all files to the terminal at once, and those of more than 64 KiB would be mixed.
    const layout = isForTerminal(this.outdir) ? YamlOutputType.FILE_PER_APP : this.yamlOutputType;
    const files = layouts[layout](drawn).map(({ path, ...rest }) => ({
      path: path + this.outputFileExtension,
      ...rest,
    }));
    // The option has no public name.
    if (this['recordConstructMetadata']) files.push(constructMetadata(this, [...charts.values()].flat()));
    files.push(...textFiles);
    refuseSharedFiles(files);
    write(this.outdir, files);
  }

  /**
   * The manifests as one text.
   *
   * @throws as {@link synth} does, and where text files would be left out
   */
  override synthYaml(): string {
    const [file] = this.node.findAll().filter((each) => each instanceof TextFile);
    if (file) throw new Error(`${file.node.path}: ${file.path} is no manifest, and synthYaml() is of manifests only`);
    return super.synthYaml();
  }
}

interface File {
  /** Relative to the output directory. */
  readonly path: string;
  readonly source: IConstruct;
  readonly content: Buffer;
}

const textFile = (source: TextFile): File => ({ path: source.path, source, content: Buffer.from(source.content) });

/** One object as it is written. */
interface Document {
  readonly source: IConstruct;
  readonly kind: string;
  readonly name: string;
  readonly text: string;
}

interface DrawnChart {
  readonly name: string;
  readonly chart: Chart;
  /** Renders them: one chart after the other becomes bytes, before the text of the next is in the way. */
  readonly documents: () => readonly Document[];
}

/** Files without their extension. */
const layouts: Readonly<Record<YamlOutputType, (charts: readonly DrawnChart[]) => File[]>> = {
  [YamlOutputType.FILE_PER_APP]: (charts) =>
    charts.slice(0, 1).map(({ chart }) => ({
      path: 'app',
      source: chart.node.root,
      content: joined(charts.flatMap(({ documents }) => documents())),
    })),
  [YamlOutputType.FILE_PER_CHART]: (charts) =>
    charts.map(({ name, chart, documents }) => ({ path: name, source: chart, content: joined(documents()) })),
  [YamlOutputType.FILE_PER_RESOURCE]: (charts) =>
    charts.flatMap(({ documents }) => documents().map((each) => ({ path: fileName(each), ...fileOf(each) }))),
  [YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE]: (charts) =>
    charts.flatMap(({ name, documents }) =>
      documents().map((each) => ({ path: join(name, fileName(each)), ...fileOf(each) })),
    ),
};

const fileOf = (document: Document) => ({ source: document.source, content: joined([document]) });

const joined = (documents: readonly Document[]): Buffer =>
  Buffer.from(documents.map(({ text }) => `---\n${text}`).join(''));

/** A chart with a `toJson()` of its own keeps it, though nothing says which construct a manifest of it comes from. */
const documents = (chart: Chart, objects: readonly ApiObject[]): Document[] =>
  chart.toJson === Chart.prototype.toJson
    ? objects.map((object) => ({ source: object, kind: object.kind, name: object.name, text: text(object) }))
    : chart.toJson().map((manifest) => ({
        source: chart,
        kind: manifest.kind,
        name: manifest.metadata?.name,
        text: naming(chart, () => yaml(manifest)),
      }));

/** `Service.nginx` */
const fileName = ({ kind, name }: Document) => `${kind}.${name}`.replace(/[^0-9a-zA-Z-_.]/g, '');

const text = (object: ApiObject): string =>
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
    if (other) throw new Error(`${named(other)} and ${named(source)} would both be written to ${path}`);
    sources.set(path, source);
  }
}

const named = ({ node }: IConstruct): string => (node.path === '' ? 'the app' : node.path);

/** `cdk8s synth` takes whatever it finds for a manifest where it makes a Helm chart, and where it writes to the terminal. */
function refuseAmongManifests(outdir: string, textFiles: readonly File[]): void {
  const [first] = textFiles;
  if (first === undefined) return;
  const isHelmChart = basename(outdir) === 'templates' && existsSync(join(outdir, '..', 'Chart.yaml'));
  if (!isHelmChart && !isForTerminal(outdir)) return;
  const mode = isHelmChart ? '--format helm' : '--stdout';
  throw new Error(
    `${named(first.source)}: ${first.path} is no manifest, and cdk8s synth ${mode} would take it for one`,
  );
}

/** Whether `cdk8s synth --stdout` gave the directory, which it empties again. */
const isForTerminal = (outdir: string): boolean =>
  process.env['CDK8S_OUTDIR'] === outdir && resolve(outdir, '..') === tmpdir() && basename(outdir).startsWith('cdk8s-');

function write(directory: string, files: readonly File[]): void {
  const folders = new Set([directory, ...files.map(({ path }) => dirname(join(directory, path)))]);
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  for (const { path, content } of files) writeFileSync(join(directory, path), content);
}
