/** A program that registers the same resources and knows their inputs already: `bare-program.ts <file of resources>`. */
import { readFileSync } from 'node:fs';
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { type Registered, run } from './pulumi';

const [, , file = ''] = process.argv;
const resources: Registered[] = JSON.parse(readFileSync(file, 'utf8'));

class Resource extends pulumi.CustomResource {}

run(() => {
  for (const { type, name, inputs, custom } of resources) {
    if (!custom) new pulumi.ComponentResource(type, name);
    else if (type === 'pulumi:providers:kubernetes') new kubernetes.Provider(name);
    else new Resource(type, name, inputs);
  }
});
