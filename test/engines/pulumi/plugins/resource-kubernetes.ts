/**
 * Stands in for Pulumi's provider for Kubernetes. As the real one does with server-side apply, it
 * - creates an object that is not there, refuses one that is (unless told to take it over), and updates by applying;
 * - replaces an object where the real one does, ConfigMaps and Secrets among them unless told to change them in place;
 * - waits, for as long as the engine says, until pods are ready, Services have an address and no pod that is not ready, and
 *   what is deleted is gone; what is not ready by then is an error, and in the state;
 * - asks the server what would come of it when the engine previews, of a creation by force: a conflict is not seen before;
 *   and under another name, where the one that is to be replaced is still in the way;
 * - finds what changed by comparing with what the server made of the inputs before;
 * - lets fields pass that the server does not know.
 *
 * It takes values without the mark of a secret, and leaves it to the engine to mark them again in what it gives back, where
 * the real one does so itself. It does not take over fields from `kubectl` at an update. It knows nothing but single objects,
 * and clusters of a kubeconfig with a token.
 *
 * `ENGINES_MILLISECONDS_PER_SECOND` shortens its patience, and nothing else.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, clientOf } from '../../kubernetes/client';
import { pathOf, read } from '../../kubernetes/live-objects';
import { differences, replaces } from './differences';
import { type Asked, NotReady, type Properties, type Resource, serveProvider } from './provider';
import { type Endpoints, missing } from './readiness';

/** Seconds that it waits when the engine does not say. */
const patience = 600;
const second = Number(process.env['ENGINES_MILLISECONDS_PER_SECOND'] ?? 1000);

let client: Client;
let mutable: ReadonlySet<string>;
let takesOver: boolean;

serveProvider({
  configure: (variables) => {
    const variable = (name: string) => variables[`kubernetes:config:${name}`];
    client = clientOf(variable('kubeconfig') ?? '');
    takesOver = variable('upsertExistingObjects') === 'true';
    mutable = new Set([
      ...(variable('enableConfigMapMutable') === 'true' ? ['ConfigMap'] : []),
      ...(variable('enableSecretMutable') === 'true' ? ['Secret'] : []),
    ]);
  },
  changes: (before, after, state) => differences(sameFields(before, state), after),
  replaces: (inputs, path) => replaces(inputs, path, mutable),
  create: async (asked) => {
    const { inputs, preview } = asked;
    const id = idOf(inputs);
    const manager = `pulumi-kubernetes-${randomBytes(4).toString('hex')}`;
    if (preview) return { id, state: await trial(inputs, manager) };
    if (!takesOver && (await live(inputs)) !== undefined) throw new Error(`${inputs.kind} ${id} already exists`);
    return settled(id, asked, await apply(inputs, manager));
  },
  update: async (id, asked, { __fieldManager }) => {
    if (asked.preview && isUnknown(asked.inputs)) return { id, state: asked.inputs };
    const object = await apply(asked.inputs, __fieldManager, { dryRun: asked.preview });
    return asked.preview ? { id, state: object } : settled(id, asked, object);
  },
  read: async (id, type, { inputs, state }) => {
    const known = inputs.kind === undefined ? { ...kindOf(type), ...metadataOf(id) } : inputs;
    const found = await live(known);
    return found && { id, inputs: sameFields(known, found), state: { ...state, ...found } };
  },
  delete: async (id, asked) => {
    const found = await live(asked.inputs);
    if (found === undefined) return;
    const path = await pathOf(client, asked.inputs);
    const { status, body } = await client.call('DELETE', path, { propagationPolicy: 'Foreground' });
    if (status >= 400 && status !== 404) throw new Error(`${asked.inputs.kind} ${id}: ${body.message}`);
    const gone = await until(asked, async () => (await live(asked.inputs))?.metadata.uid !== found.metadata.uid);
    if (!gone) throw new Error(`${asked.inputs.kind} ${id} is still there`);
  },
});

const idOf = ({ metadata: { namespace, name } }: Properties): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

/** Of `<namespace>/<name>`, or `<name>`. */
function metadataOf(id: string) {
  const [name, namespace] = id.split('/').reverse();
  return { metadata: { name, namespace } };
}

/** Of a type such as `kubernetes:apps/v1:StatefulSet`. */
function kindOf(type: string) {
  const [, version, kind] = type.split(':');
  return { apiVersion: version?.replace(/^core\//, ''), kind };
}

async function live(object: Properties): Promise<Properties> {
  const { status, body } = await read(client, object);
  if (status === 404) return undefined;
  if (status !== 200) throw new Error(`${object.kind} ${idOf(object)}: ${JSON.stringify(body)}`);
  return body;
}

/** @param manager whose fields they are, unless the object says it itself */
async function apply(
  object: Properties,
  manager: string,
  { dryRun = false, force = false }: { readonly dryRun?: boolean; readonly force?: boolean } = {},
): Promise<Properties> {
  const fieldManager = object.metadata.annotations?.['pulumi.com/patchFieldManager'] ?? manager;
  const query = new URLSearchParams({
    fieldManager,
    ...(dryRun && { dryRun: 'All' }),
    ...(force && { force: 'true' }),
  });
  const { status, body } = await client.call('PATCH', `${await pathOf(client, object)}?${query}`, object, {
    contentType: 'application/apply-patch+yaml',
  });
  if (status === 409) throw new Error(conflict(fieldManager, body.message));
  if (status !== 200 && status !== 201) throw new Error(`${object.kind} ${idOf(object)}: ${body.message}`);
  return { ...body, __fieldManager: manager };
}

const conflict = (manager: string, message: string): string =>
  `server-side apply field conflict detected: The resource managed by field manager "${manager}" had an apply conflict: ${message}`;

/** What would come of it. Its status is not known before; and of what has no namespace yet, nothing is. */
async function trial(object: Properties, manager: string): Promise<Properties> {
  const { namespace } = object.metadata;
  const waits =
    namespace !== undefined &&
    (await live({ apiVersion: 'v1', kind: 'Namespace', ...metadataOf(namespace) })) === undefined;
  if (waits || isUnknown(object)) return object;
  const options = { dryRun: true, force: true };
  const { status, ...rest } = await apply(object, manager, options).catch((error: Error) => {
    if (!error.message.endsWith('field is immutable')) throw error;
    const { name } = object.metadata;
    return apply(
      { ...object, metadata: { ...object.metadata, name: `${name}-${randomBytes(4).toString('hex')}` } },
      manager,
      options,
    );
  });
  return rest;
}

/** Whether some of it is not known before the update. */
const isUnknown = (object: Properties): boolean => JSON.stringify(object).includes(unknown);

/** As the engine sends it. The SDK's own constant would load all of the SDK. */
const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

async function settled(id: string, asked: Asked, applied: Properties): Promise<Resource> {
  let state = applied;
  let lack: string | undefined;
  const endpoints = endpointsOf(applied);
  const ready = await until(asked, async () => {
    state = { ...applied, ...(await live(applied)) };
    lack = await missing(state, endpoints);
    return lack === undefined;
  });
  if (ready) return { id, state };
  throw new NotReady(`${asked.inputs.kind} ${id}: ${lack}`, { id, state });
}

/** Of a Service, by its name; `quiet` counts from the first call. */
function endpointsOf({ metadata: { namespace, name } }: Properties): () => Promise<Endpoints> {
  let version: string | undefined;
  let since = Date.now();
  return async () => {
    const { metadata, subsets = [] } = (await client.call('GET', `/api/v1/namespaces/${namespace}/endpoints/${name}`))
      .body;
    if (metadata?.resourceVersion !== version) since = Date.now();
    version = metadata?.resourceVersion;
    const pending = subsets.some(({ notReadyAddresses = [] }: Properties) => notReadyAddresses.length > 0);
    return { pending, quiet: Date.now() - since >= 10 * second };
  };
}

/** Whether it came to be in time. */
async function until({ seconds }: Asked, done: () => Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + (seconds || patience) * second; Date.now() < end; await pause(200)) {
    if (await done()) return true;
  }
  return false;
}

/** What the server has of the fields that were declared. */
function sameFields(declared: Properties, found: Properties): Properties {
  if (Array.isArray(declared) && Array.isArray(found)) return declared.map((it, i) => sameFields(it, found[i]));
  if (typeof declared !== 'object' || declared === null || typeof found !== 'object') return found;
  const fields = Object.keys(declared).filter((field) => field in found);
  return Object.fromEntries(fields.map((field) => [field, sameFields(declared[field], found[field])]));
}
