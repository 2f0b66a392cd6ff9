import * as pulumi from '@pulumi/pulumi';
import { isFileName } from '../../lib/input/checks';

/**
 * Whether a stack can be called so, with `<organisation>/` and `<project>/` before it or without. With another name the engine
 * would end the program, and show it as it is.
 *
 * @see pulumi v3, `sdk/go/common/tokens/stack_name.go`
 */
export const isStackName = (name: unknown): name is string =>
  typeof name === 'string' && /^([\w.-]{1,100}\/){0,2}[\w.-]{1,100}$/.test(name);

/** Whether a source can be called so. */
export const isSourceName = (kind: 'stack' | 'file', name: unknown): name is string =>
  kind === 'stack' ? isStackName(name) : isFileName(name);

/** Full name of a stack, which one of this project and organisation may be called without: `party-30000`. */
export const qualified = (stack: string): string =>
  stack.includes('/') ? stack : [pulumi.getOrganization(), pulumi.getProject(), stack].join('/');
