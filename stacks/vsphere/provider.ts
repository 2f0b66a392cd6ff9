import * as pulumi from '@pulumi/pulumi';
import { version } from './resource';

/** How to reach a vCenter. Every value has the environment variable that the plugin reads in its absence. */
export interface ProviderArgs {
  /** vCenter, `host` or `host:port`; always over TLS. @default VSPHERE_SERVER */
  readonly vsphereServer?: pulumi.Input<string>;
  /** As vCenter's login takes it: `user@domain`. @default VSPHERE_USER */
  readonly user?: pulumi.Input<string>;
  /** Kept secret, though the provider's schema does not say so. @default VSPHERE_PASSWORD */
  readonly password?: pulumi.Input<string>;
  /** Whether any certificate of vCenter will do. @default VSPHERE_ALLOW_UNVERIFIED_SSL, else false */
  readonly allowUnverifiedSsl?: pulumi.Input<boolean>;
  /** Limit of one API call in minutes. @default VSPHERE_API_TIMEOUT, else 5 */
  readonly apiTimeout?: pulumi.Input<number>;
  /** Time between two calls that keep a session alive, in minutes. @default VSPHERE_VIM_KEEP_ALIVE, else 10 */
  readonly vimKeepAlive?: pulumi.Input<number>;
  /** Whether sessions are kept in files, and used again. @default VSPHERE_PERSIST_SESSION, else false */
  readonly persistSession?: pulumi.Input<boolean>;
  /** Directory of sessions of the SOAP API. @default VSPHERE_VIM_SESSION_PATH, else '~/.govmomi/sessions' */
  readonly vimSessionPath?: pulumi.Input<string>;
  /** Directory of sessions of the REST API. @default VSPHERE_REST_SESSION_PATH, else '~/.govmomi/rest_sessions' */
  readonly restSessionPath?: pulumi.Input<string>;
}

/**
 * Access to one vCenter. A `Provider` of `@pulumi/vsphere` serves as well wherever an option `provider` is taken.
 *
 * The plugin is not in `node_modules`, so `pulumi install` does not know it; `pulumi up` fetches it when it is needed, or
 * `pulumi plugin install resource vsphere 4.17.0` before.
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, options?: pulumi.ResourceOptions) {
    const { allowUnverifiedSsl, apiTimeout, vimKeepAlive, persistSession, password, ...texts } = args;
    const inputs = {
      ...texts,
      password: password === undefined ? undefined : pulumi.secret(password),
      allowUnverifiedSsl: json(allowUnverifiedSsl),
      apiTimeout: json(apiTimeout),
      vimKeepAlive: json(vimKeepAlive),
      persistSession: json(persistSession),
    };
    super('vsphere', name, inputs, pulumi.mergeOptions({ version, additionalSecretOutputs: ['password'] }, options));
  }
}

/** Providers take their configuration as text. */
const json = (value: pulumi.Input<boolean | number> | undefined): pulumi.Output<string> | undefined =>
  value === undefined ? undefined : pulumi.output(value).apply((plain) => JSON.stringify(plain));
