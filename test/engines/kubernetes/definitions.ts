import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { calicoSchemas } from '../../constructs/tanzu/crds/calico';
import { tanzuSchemas } from '../../constructs/tanzu/crds/tanzu-kubernetes-cluster';
import type { AnyObject } from '../../support/objects';
import { cache } from '../support/engines';

/** Of cert-manager's kinds, its own. */
export const certManagerDefinitions = (): AnyObject[] => definitionsIn('cert-manager-definitions');

/** Of the Prometheus operator's kinds, as far as they are drawn, its own. */
export const prometheusDefinitions = (): AnyObject[] => definitionsIn('monitoring/definitions');

const definitionsIn = (folder: string): AnyObject[] =>
  readdirSync(join(cache, folder)).map((file) => parse(readFileSync(join(cache, folder, file), 'utf8')));

export type DefinedKind = 'Cluster' | 'TanzuKubernetesCluster' | keyof typeof calicoSchemas;

/** The definition of a Tanzu kind. @param apiVersions of one group, and no others: nothing here converts between them */
export function definitionOf(kind: DefinedKind, apiVersions: readonly string[]): AnyObject {
  const [group] = `${apiVersions[0]}`.split('/');
  const plural = `${kind.toLowerCase()}s`;
  const versions = apiVersions.map((it, i) => {
    const name = `${it.split('/')[1]}`;
    const known = kind === 'Cluster' ? clusterApi(name) : standIn(kind, name);
    return { ...known, name, served: true, storage: i === 0 };
  });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural },
      versions,
    },
  };
}

/** Cluster API's own. */
function clusterApi(version: string): AnyObject {
  const { spec } = parse(readFileSync(join(cache, 'cluster-api/clusters.yaml'), 'utf8'));
  return spec.versions.find(({ name }: AnyObject) => name === version);
}

/** Names, types and required fields as far as they are public; none of the Supervisor's admission. */
function standIn(kind: Exclude<DefinedKind, 'Cluster'>, version: string): AnyObject {
  const known =
    kind === 'TanzuKubernetesCluster' ? tanzuSchemas[version as keyof typeof tanzuSchemas] : calicoSchemas[kind];
  const { properties, ...schema } = known;
  return { schema: { openAPIV3Schema: structural({ ...schema, properties: { spec: properties['spec'] } }) } };
}

/** Without what a definition may not say; unknown fields are refused by strict validation itself. */
function structural(schema: AnyObject): AnyObject {
  if (Array.isArray(schema) || typeof schema !== 'object') return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => key !== 'additionalProperties' || value !== false)
      .map(([key, value]) => [key, structural(value)]),
  );
}
