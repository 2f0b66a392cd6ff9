import { isDeepStrictEqual } from 'node:util';
import * as pulumi from '@pulumi/pulumi';
import * as state from '@pulumi/pulumi/runtime/state';

/**
 * Runs a Pulumi program as the engine would, and keeps every request it makes. Each run has its own runtime state, so
 * runs in one process do not see each other.
 *
 *     const run = await record(async () => { new Party('party', …); return { … }; }, { preview: true });
 *     expect(run.get('kubernetes:core/v1:Service', 'fate-30000/nginx').parent).toBe('kubefate-tanzu:index:Party::party');
 *
 * Throws what the program or a resource throws; {@link failureOf} is for runs that must fail.
 */
export async function record(program: () => Promise<unknown>, world: World = {}): Promise<Recording> {
  const { recording, errors } = await attempt(program, world);
  if (errors[0] !== undefined) throw errors[0];
  return recording;
}

/** What a program that fails says, and what it had asked for by then. */
export async function failureOf(
  program: () => Promise<unknown>,
  world: World = {},
): Promise<{ readonly message: string; readonly errors: readonly Error[]; readonly recording: Recording }> {
  const { recording, errors } = await attempt(program, world);
  if (errors.length === 0) throw new Error('nothing failed');
  return { message: [...new Set(errors.map(({ message }) => message))].join('\n'), errors, recording };
}

/** What surrounds the program. */
export interface World {
  /** A preview: resources have no id yet, and of their outputs only what equals their inputs. */
  readonly preview?: boolean;
  /** In a preview, the resources that exist from an earlier update, and so have their id and outputs. */
  readonly deployed?: (resource: RecordedResource) => boolean;
  /** Inputs of an earlier update. Where they differ from the new ones, the resource's hooks `beforeUpdate` run. */
  readonly previous?: (resource: RecordedResource) => Readonly<Record<string, unknown>> | undefined;
  /** Outputs of an earlier update, for the same hooks. @default {} */
  readonly told?: (resource: RecordedResource) => Readonly<Record<string, unknown>> | undefined;
  /** @default 'kubefate-tanzu' */
  readonly project?: string;
  /** @default 'test' */
  readonly stack?: string;
  /** @default 'acme' */
  readonly organization?: string;
  /** By full key (`kubefate-tanzu:party`); what is no string is written as JSON, as Pulumi does. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly secretConfig?: Readonly<Record<string, unknown>>;
  /** Outputs of the other stacks, by full name (`acme/kubefate-tanzu/exchange`). */
  readonly stacks?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Those of their outputs that are secret, by output name. */
  readonly secretOutputs?: readonly string[];
  /** Outputs that a provider adds to a resource's inputs. What it throws fails the resource. */
  readonly resource?: (
    resource: RecordedResource,
  ) => Readonly<Record<string, unknown>> | undefined | Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Answers of the data sources. What it throws fails the call. */
  readonly invoke?: (token: string, args: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

/** A resource as the program registered it. Others are named `type::name`, as at the end of a URN. */
export interface RecordedResource {
  readonly key: string;
  readonly type: string;
  readonly name: string;
  /** False for a component. */
  readonly custom: boolean;
  /** As on the wire, secrets unwrapped and {@link unknown} for what is not known yet. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Paths of the secret inputs: `spec.password`, `items[0].key`. */
  readonly secretInputs: readonly string[];
  /** None for a child of the stack. */
  readonly parent?: string;
  readonly dependencies: readonly string[];
  /** By input. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** Explicit or inherited provider. */
  readonly provider?: string;
  /** Of a component, by package. */
  readonly providers: Readonly<Record<string, string>>;
  readonly options: RecordedOptions;
  /** Names of hooks. */
  readonly beforeUpdate: readonly string[];
  /** Id of a resource that was read and not created. */
  readonly readId?: string;
}

/** Those that were set. */
export interface RecordedOptions {
  readonly version?: string;
  readonly pluginDownloadURL?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly deleteBeforeReplace?: boolean;
  readonly ignoreChanges?: readonly string[];
  readonly replaceOnChanges?: readonly string[];
  readonly additionalSecretOutputs?: readonly string[];
  readonly aliases?: readonly unknown[];
  readonly import?: string;
  readonly deletedWith?: string;
  readonly customTimeouts?: { readonly create?: string; readonly update?: string; readonly delete?: string };
}

export interface RecordedInvoke {
  readonly token: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly provider?: string;
  readonly version?: string;
}

/** Stands in inputs and outputs for what a preview does not know. */
export const unknown = '<unknown>';

export class Recording {
  /** In the order of registration, which follows the values and not the program; without the stack itself. */
  readonly resources: RecordedResource[] = [];
  readonly invokes: RecordedInvoke[] = [];
  readonly log: { readonly severity: 'debug' | 'info' | 'warn' | 'error'; readonly message: string }[] = [];
  /** By name. */
  readonly hooks = new Map<string, pulumi.ResourceHook>();
  /** Those of the whole stack. They are kept and not asked: that the engine does. */
  readonly transforms: pulumi.ResourceTransform[] = [];
  /** Of components, by `type::name`; what {@link outputs} is for the stack. */
  readonly registeredOutputs: Record<string, Readonly<Record<string, unknown>>> = {};
  /** Stack outputs, secrets unwrapped. */
  outputs: Readonly<Record<string, unknown>> = {};
  /** Paths of the secret stack outputs. */
  secretOutputs: readonly string[] = [];

  /** @throws when there is no such resource; the message lists those there are */
  get(type: string, name: string): RecordedResource {
    const found = this.resources.find(({ key }) => key === `${type}::${name}`);
    if (found === undefined) {
      throw new Error(`no ${type}::${name} among\n${this.resources.map(({ key }) => key).join('\n')}`);
    }
    return found;
  }

  ofType(type: string): readonly RecordedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  warnings(): readonly string[] {
    return this.log.filter(({ severity }) => severity === 'warn').map(({ message }) => message);
  }
}

/** What a program comes to, whatever that is. */
export async function attempt(
  program: () => Promise<unknown>,
  world: World = {},
): Promise<{ readonly recording: Recording; readonly errors: readonly Error[] }> {
  const recording = new Recording();
  const errors: Error[] = [];
  const { promise: failed, fail } = failure(errors);
  // Pulumi's runtime reports a failed registration as an unhandled rejection, which ends the program's process.
  const listeners = process.rawListeners('unhandledRejection') as NodeJS.UnhandledRejectionListener[];
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', fail);
  try {
    await isolated(async () => {
      await start(recording, world);
      const ended = pulumi.runtime
        .runInPulumiStack(program)
        .catch(fail)
        .then(() => pulumi.runtime.disconnect());
      // A resource whose inputs fail is never registered, and nobody waits for it: a real program ends when nothing else is left.
      await Promise.race([ended, failed]);
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate); // rejections are reported after the microtasks
    });
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  }
  return { recording, errors };
}

/** Where errors go, and the first of them. */
function failure(errors: Error[]) {
  let first = () => {};
  const promise = new Promise<void>((resolve) => (first = resolve));
  const fail = (error: unknown) => {
    errors.push(error instanceof Error ? error : new Error(String(error)));
    first();
  };
  return { promise, fail };
}

/** With runtime state of its own. */
export const { withLocalStorage: isolated } = state as unknown as {
  withLocalStorage<Result>(run: () => Promise<Result>): Promise<Result>;
};
const { getStore } = state as unknown as {
  getStore(): { settings: { engine?: unknown; monitor: Monitor }; callbacks?: unknown };
};

async function start(recording: Recording, world: World): Promise<void> {
  const { project = 'kubefate-tanzu', stack = 'test', organization = 'acme', preview = false } = world;
  await pulumi.runtime.setMocks(answers(recording, world), project, stack, preview, organization);
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const config = Object.entries({ ...world.config, ...world.secretConfig }).map(([key, value]) => [key, text(value)]);
  pulumi.runtime.setAllConfig(Object.fromEntries(config), Object.keys(world.secretConfig ?? {}));
  const store = getStore();
  store.settings.engine = engine(recording);
  store.callbacks = callbacks(recording);
  Object.assign(store.settings.monitor, { registerResourceHook: true }); // the mocks have none
  listen(store.settings.monitor, recording);
}

/** In the place of the server through which the engine calls hooks and transforms back. */
const callbacks = ({ hooks, transforms }: Recording) => ({
  registerStackTransform: (transform: pulumi.ResourceTransform) => void transforms.push(transform),
  registerResourceHook: async (hook: pulumi.ResourceHook) => void hooks.set(hook.name, hook),
  awaitStackRegistrations: async () => {},
  shutdown: () => {},
});

/** The two services that the runtime asks of the engine itself. */
function engine(recording: Recording) {
  const severities = ['debug', 'info', 'warn', 'error'] as const;
  const done = (_: unknown, callback: (error: null, response: object) => void) => callback(null, {});
  return {
    log(request: Request, callback: () => void) {
      const severity = severities[request.getSeverity()] ?? 'error';
      if (severity !== 'debug') recording.log.push({ severity, message: request.getMessage() });
      callback();
    },
    setRootResource: done,
    close: () => {},
  };
}

/** A request of the runtime; generated code that has no useful types. */
// biome-ignore lint/suspicious/noExplicitAny: see above
type Request = any;
type Callback = (error: unknown, response?: unknown) => void;
type Method = (request: Request, callback: Callback) => unknown;

/** Pulumi's mock monitor. */
type Monitor = Record<'registerResource' | 'readResource' | 'registerResourceOutputs' | 'invoke', Method>;

/** Keeps what passes through the monitor's methods. */
function listen(monitor: Monitor, recording: Recording): void {
  const wrap = (method: keyof Monitor, before: (request: Request) => void) => {
    const original = monitor[method].bind(monitor);
    monitor[method] = (request, callback) => {
      try {
        before(request);
      } catch (error) {
        return callback(error);
      }
      // The runtime shows a failed call's `details`, which only errors of gRPC have.
      return original(request, (error, response) =>
        callback(error instanceof Error ? Object.assign(error, { details: error.message }) : error, response),
      );
    };
  };
  const add = (resource: RecordedResource) => {
    if (resource.type === stackType) return;
    if (recording.resources.some(({ key }) => key === resource.key)) {
      throw new Error(`Duplicate resource URN: ${resource.key}`);
    }
    recording.resources.push(resource);
  };
  wrap('registerResource', (request) => add(registered(request)));
  wrap('readResource', (request) => add(read(request)));
  wrap('invoke', (request) => {
    recording.invokes.push({
      token: request.getTok(),
      args: decode(request.getArgs()).value,
      ...set({ provider: providerKey(request.getProvider()), version: request.getVersion() }),
    });
  });
  wrap('registerResourceOutputs', (request) => {
    const { value, secrets } = decode(request.getOutputs());
    const key = keyOf(request.getUrn());
    if (!key.startsWith(`${stackType}::`)) recording.registeredOutputs[key] = value;
    else {
      recording.outputs = value;
      recording.secretOutputs = secrets;
    }
  });
}

/** What the providers of this world answer. */
function answers(recording: Recording, world: World): pulumi.runtime.Mocks {
  return {
    async newResource({ type, name, inputs, id }) {
      if (type === stackType) return { id: undefined, state: inputs };
      if (type === 'pulumi:pulumi:StackReference') return { id, state: stackReference(world, String(inputs['name'])) };
      const resource = recording.get(type, name);
      await beforeUpdate(recording, resource, world);
      const exists = !world.preview || resource.readId !== undefined || world.deployed?.(resource) === true;
      if (!exists) return { id: undefined, state: markSecrets(resource, inputs) };
      const outputs = { ...inputs, ...(await world.resource?.(resource)) };
      return { id: resource.custom ? id || `${name}-id` : undefined, state: markSecrets(resource, outputs) };
    },
    call({ token }) {
      const asked = recording.invokes.at(-1);
      if (world.invoke === undefined || asked?.token !== token) throw new Error(`no answer for ${token}`);
      return world.invoke(token, asked.args);
    },
  };
}

/** Runs the hooks of a resource that changes, as the engine does; what one throws fails the resource. */
async function beforeUpdate({ hooks }: Recording, resource: RecordedResource, { previous, told, preview }: World) {
  const oldInputs = previous?.(resource);
  if (oldInputs === undefined || isDeepStrictEqual(oldInputs, resource.inputs)) return;
  const { type, name, inputs: newInputs } = resource;
  for (const hook of resource.beforeUpdate.map((hook) => hooks.get(hook))) {
    if (preview && !hook?.opts?.onDryRun) continue;
    await hook?.callback({
      urn: `urn:pulumi:test::test::${type}::${name}`,
      id: name,
      type,
      name,
      oldInputs,
      newInputs,
      oldOutputs: told?.(resource),
    });
  }
}

/** As the engine does for `additionalSecretOutputs`. */
function markSecrets({ options }: RecordedResource, outputs: Readonly<Record<string, unknown>>) {
  const secret = options.additionalSecretOutputs ?? [];
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [key, secret.includes(key) ? pulumi.secret(value) : value]),
  );
}

function stackReference({ stacks = {}, secretOutputs = [] }: World, name: string) {
  const outputs = stacks[name];
  if (outputs === undefined) throw new Error(`unknown stack "${name}"`);
  const secretOutputNames = Object.keys(outputs).filter((output) => secretOutputs.includes(output));
  const marked = Object.entries(outputs).map(([output, value]) => [
    output,
    secretOutputNames.includes(output) ? pulumi.secret(value) : value,
  ]);
  return { name, outputs: Object.fromEntries(marked), secretOutputNames };
}

function registered(request: Request): RecordedResource {
  const { create, update, pb_delete: remove } = request.getCustomtimeouts().toObject();
  return {
    ...common(request, request.getObject()),
    custom: request.getCustom(),
    beforeUpdate: request.getHooks()?.getBeforeUpdateList() ?? [],
    propertyDependencies: Object.fromEntries(
      [...request.getPropertydependenciesMap().entries()].map(([input, urns]) => [
        input,
        urns.getUrnsList().map(keyOf),
      ]),
    ),
    providers: Object.fromEntries(
      [...request.getProvidersMap().entries()].map(([name, provider]) => [name, providerKey(provider) ?? '']),
    ),
    options: set({
      ...commonOptions(request),
      protect: request.hasProtect() ? request.getProtect() : undefined,
      retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
      deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
      ignoreChanges: request.getIgnorechangesList(),
      replaceOnChanges: request.getReplaceonchangesList(),
      aliases: request.getAliasesList().map(alias),
      import: request.getImportid(),
      deletedWith: request.getDeletedwith() && keyOf(request.getDeletedwith()),
      customTimeouts: create || update || remove ? set({ create, update, delete: remove }) : undefined,
    }),
  };
}

const read = (request: Request): RecordedResource => ({
  ...common(request, request.getProperties()),
  custom: true,
  beforeUpdate: [],
  propertyDependencies: {},
  providers: {},
  options: set(commonOptions(request)),
  readId: request.getId(),
});

function common(request: Request, properties: Request) {
  const { value: inputs, secrets: secretInputs } = decode(properties);
  const parent = keyOf(request.getParent());
  return {
    key: `${request.getType()}::${request.getName()}`,
    type: request.getType(),
    name: request.getName(),
    inputs,
    secretInputs,
    dependencies: request.getDependenciesList().map(keyOf),
    ...set({ parent: parent.startsWith(stackType) ? undefined : parent, provider: providerKey(request.getProvider()) }),
  };
}

const commonOptions = (request: Request) => ({
  version: request.getVersion(),
  pluginDownloadURL: request.getPlugindownloadurl(),
  additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
});

const alias = (request: Request): unknown => request.getUrn() || set(request.getSpec()?.toObject() ?? {});

const stackType = 'pulumi:pulumi:Stack';

/** `type::name` of a URN, whose types are joined by `$` from the outermost parent on. */
function keyOf(urn: string): string {
  const [, , types = '', ...name] = urn.split('::');
  return urn && `${types.split('$').at(-1)}::${name.join('::')}`;
}

/** A provider is referred to by its URN and id. */
const providerKey = (reference: string): string | undefined => keyOf(reference.split('::').slice(0, -1).join('::'));

/** Without what was not set: protocol buffers have empty values for that. */
const set = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== '' && !isEmptyList(value)),
  ) as Partial<T>;

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** Plain values of a `Struct`, and where in it the secrets are. */
function decode(struct: Request): { value: Record<string, unknown>; secrets: string[] } {
  const secrets = new Set<string>();
  const plain = (value: unknown, path: string): unknown => {
    if (value === pulumi.runtime.unknownValue) return unknown;
    if (Array.isArray(value)) return value.map((item, i) => plain(item, `${path}[${i}]`));
    if (typeof value !== 'object' || value === null) return value;
    if (Reflect.get(value, pulumi.runtime.specialSigKey) === pulumi.runtime.specialSecretSig) {
      secrets.add(path);
      return plain(Reflect.get(value, 'value'), path);
    }
    const below = (key: string) => (path === '' ? key : `${path}.${key}`);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, below(key))]));
  };
  return { value: plain(struct?.toJavaScript() ?? {}, '') as Record<string, unknown>, secrets: [...secrets] };
}
