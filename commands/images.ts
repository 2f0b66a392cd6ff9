import type { KubeFateRelease } from '../lib/kubefate/service/service-releases';
import type { RegistryTool } from '../lib/reports/image-scripts';
import type { PlannedImage, PlanWithPods } from '../lib/reports/images';
import { type Report, reportingCommand } from './arguments';
import { declarationFile, type Member, membersOf, planDeclared } from './declaration-file';
import { type ListFormat, listFormat, listText } from './list-format';
import { Mistake } from './mistake';
import { type Selection, selected, selectionOptions } from './selection';

/** For whoever approves images, and whoever brings them to a registry. */
export const images = reportingCommand({
  command: 'images [declaration]',
  describe:
    'List every image that members pull, and who runs it; or write scripts that copy them, or lock their digests',
  examples: [
    ['$0 images', 'of the federation of ./federation.yaml'],
    ['$0 images --format csv --with ingress-controller > images.csv', 'for a spreadsheet, with an ingress controller'],
    ['$0 images party-30000.yaml --json', 'of one organisation, for a program'],
    ['$0 images --lock skopeo > lock.sh', 'a script that prints images.lock.json'],
  ],
  options: (yargs) =>
    yargs
      .positional('declaration', declarationFile)
      .options(selectionOptions)
      .option('with', {
        choices: ['ingress-controller', 'image-disk-mount'] as const,
        array: true,
        nargs: 1,
        default: [] as AddOn[],
        defaultDescription: 'none',
        describe: 'What stands on the clusters of the members beside them, from the same registry; may be repeated',
      })
      .option('kubefate', {
        choices: ['1.6.1', '1.7.0', '1.7.1', '1.7.2', '1.8.0', '1.11.2', '2.0.0'] as const satisfies KubeFateRelease[],
        describe: 'Release of KubeFATE whose service stands there, too',
      })
      .option('format', listFormat)
      .option('script', {
        choices: tools,
        describe: 'In the place of the list, a script that copies images to the registry that members declare',
      })
      .option('lock', {
        choices: tools,
        describe: 'In the place of the list, a script that prints the digests of images, for a file of `digests`',
      })
      .conflicts('script', 'lock'),
  run: (options) => report(options),
});

/** Those of `registryTools`, which is loaded when the command runs. */
const tools = ['skopeo', 'crane'] as const satisfies readonly RegistryTool[];

type AddOn = 'ingress-controller' | 'image-disk-mount';

interface Options extends Selection {
  readonly with: readonly AddOn[];
  readonly kubefate?: KubeFateRelease;
  readonly format: ListFormat;
  readonly script?: RegistryTool;
  readonly lock?: RegistryTool;
}

async function report({ format, script, lock, ...options }: Options): Promise<Report> {
  const { images } = await import('../lib/reports/images.js');
  const { copyScript, lockScript } = await import('../lib/reports/image-scripts.js');
  const members = membersOf(
    selected(await planDeclared(options.declaration, { isUnlocked: lock !== undefined }), options),
  ).map(({ plan }) => plan);
  const found = images([...members, ...(await besides(members, options))]);
  const json = { images: found };
  if (lock !== undefined) return { text: lockScript(found, lock), json };
  if (script === undefined) return { text: await listed(found, format), json };
  if (members.every(({ registry }) => registry === undefined))
    throw new Mistake(`${options.declaration}: no member declares a registry, so there is nothing to copy`);
  return { text: copyScript(found, script), json };
}

/** Plans of what stands beside members, once for those that pull from one registry on one release of Kubernetes. */
async function besides(
  members: readonly Member['plan'][],
  { with: addOns, kubefate: release }: Pick<Options, 'with' | 'kubefate'>,
): Promise<readonly PlanWithPods[]> {
  const { imageDiskMountPlan, ingressControllerPlan } = await import('../lib/tanzu/cluster/addons.js');
  const { kubeFatePlan } = await import('../lib/kubefate/service/service.js');
  const clusters = members.map(({ kubernetes, registry }) => ({ kubernetes, registry }));
  const different = [...new Map(clusters.map((each) => [Object.values(each).join(' '), each])).values()];
  const planOf = { 'ingress-controller': ingressControllerPlan, 'image-disk-mount': imageDiskMountPlan };
  const anywhere = { host: 'kubefate.invalid', clusterWide: true };
  return different.flatMap((cluster) => [
    ...addOns.map((each) => planOf[each](cluster)),
    ...(release === undefined ? [] : [kubeFatePlan({ ...anywhere, release, registry: cluster.registry })]),
  ]);
}

async function listed(found: readonly PlannedImage[], format: ListFormat): Promise<string> {
  const { imagesPage, imagesRows, imagesText } = await import('../lib/reports/images-text.js');
  const list = { text: () => imagesText(found), page: () => imagesPage(found), rows: () => imagesRows(found) };
  return listText(format, list);
}
