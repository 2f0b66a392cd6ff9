import * as pulumi from '@pulumi/pulumi';

/** Full name of a stack, which one of this project and organisation may be called without: `party-30000`. */
export const qualified = (stack: string): string =>
  stack.includes('/') ? stack : [pulumi.getOrganization(), pulumi.getProject(), stack].join('/');
