import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';

/** What an app writes, in the order in which it can be applied. */
export interface SynthesisOrder {
  /** Charts, each after those it depends on, with their own objects, each after those it depends on. */
  readonly charts: ReadonlyMap<Chart, readonly ApiObject[]>;
  /** Whether any chart depends on another; one that holds another does. */
  readonly chartsDepend: boolean;
}

/**
 * The order cdk8s 2.70 gives an app, found in one pass:
 *
 * - a chart depends on the charts directly in it, and on those that anything in it depends on;
 * - what a construct depends on, every object in it depends on: on every object in there.
 *
 * @param constructs all of an app, as `node.findAll()` lists them
 * @throws when dependencies form a cycle; the message names the constructs on it
 */
export function synthesisOrder(constructs: readonly IConstruct[]): SynthesisOrder {
  const charts = constructs.filter(Chart.isChart);
  const declared = declaredDependencies(constructs, charts);
  const next = withObjects(declared, constructs);
  const inOrder = (among: readonly IConstruct[]) => (declared.size === 0 ? among : sorted(among, next));
  const drawn = drawnObjects(constructs);
  const objects = (chart: Chart) =>
    declared.size === 0
      ? (drawn.get(chart) ?? [])
      : sorted(chart.node.findAll(), next)
          .filter(ApiObject.isApiObject)
          .filter((object) => object.chart === chart);
  const dependsOnOther = (chart: Chart) => declared.get(chart)?.some((each) => each !== chart && Chart.isChart(each));
  const chartsInOrder = inOrder(asCdk8sStarts(constructs)).filter(Chart.isChart);
  return {
    charts: new Map(chartsInOrder.map((chart) => [chart, objects(chart)])),
    chartsDepend: charts.some(dependsOnOther),
  };
}

/** The objects of each chart, in the order in which they were drawn. */
function drawnObjects(constructs: readonly IConstruct[]): ReadonlyMap<Chart, readonly ApiObject[]> {
  const drawn = new Map<Chart, ApiObject[]>();
  for (const object of constructs) {
    if (!ApiObject.isApiObject(object)) continue;
    const others = drawn.get(object.chart);
    if (others) others.push(object);
    else drawn.set(object.chart, [object]);
  }
  return drawn;
}

type Dependencies = ReadonlyMap<IConstruct, readonly IConstruct[]>;

/** What `addDependency` declares, and what follows for charts. */
function declaredDependencies(constructs: readonly IConstruct[], charts: readonly Chart[]): Dependencies {
  const declared = new Map<IConstruct, Set<IConstruct>>();
  const add = (source: IConstruct, target: IConstruct) =>
    declared.set(source, (declared.get(source) ?? new Set()).add(target));
  for (const source of constructs) for (const target of source.node.dependencies) add(source, target);
  for (const chart of charts) if (chart.node.scope && Chart.isChart(chart.node.scope)) add(chart.node.scope, chart);
  for (const source of constructs)
    for (const target of declared.get(source) ?? [])
      if (Chart.of(source) !== Chart.of(target)) add(Chart.of(source), Chart.of(target));
  return new Map([...declared].map(([source, targets]) => [source, [...targets]]));
}

/** A construct, or all objects of one: a single vertex for them keeps the graph as small as what was declared. */
type Vertex = IConstruct | readonly ApiObject[];

const isConstruct = (vertex: Vertex): vertex is IConstruct => !Array.isArray(vertex);

function withObjects(declared: Dependencies, constructs: readonly IConstruct[]): (vertex: Vertex) => readonly Vertex[] {
  const inherited = inheritedDependencies(declared, constructs);
  const contents = new Map<IConstruct, readonly ApiObject[]>();
  const objectsIn = (target: IConstruct) => {
    const known = contents.get(target);
    if (known !== undefined) return known;
    const objects = target.node
      .findAll()
      .filter(ApiObject.isApiObject)
      .filter(({ chart }) => chart === Chart.of(target));
    contents.set(target, objects);
    return objects;
  };
  return (vertex) => {
    if (!isConstruct(vertex)) return vertex;
    const own = declared.get(vertex) ?? none;
    const targets = inherited.get(vertex);
    if (targets === undefined || !ApiObject.isApiObject(vertex)) return own;
    const around = new Set(vertex.node.scopes);
    const objects = (target: IConstruct) =>
      around.has(target) ? objectsIn(target).filter((each) => each !== vertex) : objectsIn(target);
    return [...own, ...targets.map(objects)];
  };
}

/** What a construct, or one around it in its chart, depends on. */
function inheritedDependencies(declared: Dependencies, constructs: readonly IConstruct[]): Dependencies {
  const inherited = new Map<IConstruct, readonly IConstruct[]>();
  for (const construct of constructs) {
    const { scope } = construct.node;
    const around = (!Chart.isChart(construct) && scope && inherited.get(scope)) || none;
    const own = declared.get(construct) ?? none;
    if (own.length + around.length > 0) inherited.set(construct, own.length > 0 ? [...around, ...own] : around);
  }
  return inherited;
}

const none: readonly IConstruct[] = [];

/** The constructs, each after those it leads to among them; where that leaves a choice, as cdk8s makes it. */
function sorted(constructs: readonly IConstruct[], next: (vertex: Vertex) => readonly Vertex[]): IConstruct[] {
  const among = new Set<Vertex>(constructs);
  const targets = (vertex: Vertex) => next(vertex).filter((each) => !isConstruct(each) || among.has(each));
  const done = new Set<Vertex>();
  const open = new Set<Vertex>();
  const visit = (vertex: Vertex) => {
    if (done.has(vertex)) return;
    if (open.has(vertex)) throw cycle([...open], vertex);
    open.add(vertex);
    targets(vertex).forEach(visit);
    open.delete(vertex);
    done.add(vertex);
  };
  // Whatever the roots do not lead to is on a cycle, or behind one.
  roots(constructs, targets).forEach(visit);
  constructs.forEach(visit);
  return [...done].filter(isConstruct);
}

function roots(constructs: readonly IConstruct[], targets: (vertex: Vertex) => readonly Vertex[]): IConstruct[] {
  const reached = new Set<Vertex>();
  for (const source of constructs)
    for (const target of targets(source)) {
      if (!reached.has(target) && !isConstruct(target)) for (const object of targets(target)) reached.add(object);
      reached.add(target);
    }
  return constructs.filter((construct) => !reached.has(construct));
}

function cycle(open: readonly Vertex[], again: Vertex): Error {
  const path = [...open.slice(open.indexOf(again)), again].filter(isConstruct);
  return new Error(`Dependency cycle detected: ${path.map(({ node }) => node.path).join(' => ')}`);
}

/** cdk8s keeps an app's constructs in an object by their path, where names that are numbers, like a party's, come first. */
function asCdk8sStarts(constructs: readonly IConstruct[]): readonly IConstruct[] {
  const [app] = constructs;
  const isNumber = ({ node: { scope, id } }: IConstruct) => scope === app && String(Number(id) >>> 0) === id;
  return [...constructs.filter(isNumber), ...constructs.filter((construct) => !isNumber(construct))];
}
