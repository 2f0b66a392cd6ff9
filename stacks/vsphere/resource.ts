import * as pulumi from '@pulumi/pulumi';

/** Release of `@pulumi/vsphere` whose tokens and properties are bound here, and of the plugin that is asked for. */
export const version = '4.17.0';

/**
 * What a binding knows of a property beyond its type.
 * - `identity`: an input that the plugin fails or forgets to change in place, without asking for a replacement.
 * - a list: an input with secrets at these paths in it.
 * - `output`: known from the plugin only.
 */
type Property = 'input' | 'identity' | 'output' | readonly string[];

type Table<Args, Computed> = Readonly<
  Record<keyof Args, Exclude<Property, 'output'>> & Record<Exclude<keyof Computed, keyof Args>, 'output'>
>;

type Outputs<Values> = { readonly [Key in keyof Values]-?: pulumi.Output<pulumi.Unwrap<Values[Key]>> };

/** A resource as the SDK gives it to a program: its inputs and what the plugin adds, all as outputs. */
export type Resource<Args, Computed = object> = pulumi.CustomResource & Outputs<Args> & Outputs<Computed>;

/** What makes resources of one type. */
export interface ResourceClass<Args, Computed> {
  new (name: string, args: Args, options?: pulumi.CustomResourceOptions): Resource<Args, Computed>;
  isInstance(value: unknown): value is Resource<Args, Computed>;
}

/** The same, for a type whose resources can be read by their id. */
export interface ReadableClass<Args, Computed> extends ResourceClass<Args, Computed> {
  /** The resource that exists under this id; it stays outside of the stack. */
  get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Resource<Args, Computed>;
}

/** A resource that the plugin can create and cannot read by its id. */
export function resource<Args extends object, Computed extends object = object>(
  token: string,
  table: Table<Args, Computed>,
): ResourceClass<Args, Computed> {
  return bind(token, table) as unknown as ResourceClass<Args, Computed>;
}

/** A resource that can also be read by its id: the plugin has an importer for it. */
export function readable<Args extends object, Computed extends object = object>(
  token: string,
  table: Table<Args, Computed>,
): ReadableClass<Args, Computed> {
  return class extends bind(token, table) {
    static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions) {
      return new this(name, {}, { ...options, id });
    }
  } as unknown as ReadableClass<Args, Computed>;
}

function bind(token: string, table: Readonly<Record<string, Property>>) {
  const named = (fits: (property: Property) => boolean) =>
    Object.entries(table).flatMap(([name, property]) => (fits(property) ? [name] : []));
  const identity = named((property) => property === 'identity');
  const secret = named(isPaths);
  const defaults: pulumi.CustomResourceOptions = {
    version,
    ...(identity.length > 0 && { replaceOnChanges: identity, deleteBeforeReplace: true }),
    additionalSecretOutputs: secret,
  };
  return class extends pulumi.CustomResource {
    static override isInstance(value: unknown): value is pulumi.CustomResource {
      return typeof value === 'object' && value !== null && Reflect.get(value, '__pulumiType') === token;
    }

    constructor(name: string, args: Readonly<Record<string, unknown>>, options?: pulumi.CustomResourceOptions) {
      super(token, name, inputs(table, args), pulumi.mergeOptions(defaults, options));
    }
  };
}

/** Outputs are named too, as `undefined`: the SDK gives the object a field for what is named, and for nothing else. */
const inputs = (table: Readonly<Record<string, Property>>, args: Readonly<Record<string, unknown>>): pulumi.Inputs =>
  Object.fromEntries(
    Object.entries(table).map(([name, property]) => {
      const value = property === 'output' ? undefined : args[name];
      return [name, isPaths(property) ? property.reduce(hide, value) : value];
    }),
  );

const isPaths = (property: Property): property is readonly string[] => Array.isArray(property);

/** The value with what is at `path` in it secret; all of it, where it is not plain on the way there. */
function hide(value: unknown, path: string): unknown {
  if (value === undefined || value === null) return value;
  if (path === '' || pulumi.Output.isInstance(value) || value instanceof Promise) return pulumi.secret(value);
  const [key = '', ...rest] = path.split('.');
  const inner = Reflect.get(Object(value), key);
  return inner === undefined ? value : { ...value, [key]: hide(inner, rest.join('.')) };
}

/** A data source, asked with plain values. */
export const lookup =
  <Args extends object, Result>(name: string) =>
  (args: Args, options?: pulumi.InvokeOptions): Promise<Result> =>
    pulumi.runtime.invoke(lookupToken(name), { ...args }, { version, ...options });

/** A data source that is asked once its arguments and `dependsOn` are there: in a preview perhaps not at all. */
export const lookupOutput =
  <Args extends object, Result>(name: string) =>
  (args: pulumi.Inputs & Args, options?: pulumi.InvokeOutputOptions): pulumi.Output<Result> =>
    pulumi.runtime.invokeOutput(lookupToken(name), { ...args }, { version, ...options });

const lookupToken = (name: string): string => `vsphere:index/${name}:${name}`;
