import { columns } from '../formats/columns';
import type { Page } from '../formats/page';
import { type ImageUse, isCopy, type PlannedImage } from './images';

/** For a terminal: each image, what it is a copy of, and all that run it. */
export function imagesText(images: readonly PlannedImage[]): string {
  const runs = images.flatMap(({ uses }, of) => alike(uses).map((each) => ({ ...each, of })));
  const lines = columns(runs.map(({ workload, container, members }) => [workload, container, members.join(', ')]));
  const sections = images.map((image, of) => [
    image.image,
    ...origin(image).map((line) => `  ${line}`),
    ...lines.filter((_, i) => runs[i]?.of === of).map((line) => `  ${line}`),
  ]);
  return sections.map((each) => each.map((line) => `${line}\n`).join('')).join('\n');
}

/** The same as a table of a page. */
export const imagesPage = (images: readonly PlannedImage[]): Page => ({
  title: 'Images',
  blocks: [
    {
      head: ['Image', 'From', 'Run by'],
      rows: images.map((image) => [`\`${image.image}\``, origin(image).join(), runBy(image)]),
    },
  ],
});

/** The same as rows for a spreadsheet, one for each container; the first one names the fields. */
export const imagesRows = (images: readonly PlannedImage[]): readonly (readonly string[])[] => [
  ['Image', 'From', 'Member', 'Namespace', 'Workload', 'Container', 'Init container'],
  ...images.flatMap((image) =>
    image.uses.map(({ member, namespace, workload, container, isInit }) => [
      image.image,
      origin(image).join(),
      member,
      namespace,
      workload,
      container,
      isInit ? 'yes' : 'no',
    ]),
  ),
];

/** What is not seen by its name. */
function origin(image: PlannedImage): readonly string[] {
  const { published, isUnpublished } = image;
  const nobody = 'nobody has published: build it with FATE-Builder';
  if (isCopy(image)) return [isUnpublished ? `copy of ${published}, which ${nobody}` : `copy of ${published}`];
  return isUnpublished ? [`which ${nobody}`] : [];
}

const runBy = ({ uses }: PlannedImage): string =>
  alike(uses)
    .map(({ workload, container, members }) => `${workload} (${container}) of ${members.join(', ')}`)
    .join('; ');

interface Runners {
  readonly workload: string;
  /** With a word of it where it is an init container. */
  readonly container: string;
  readonly members: readonly string[];
}

/** Containers of the same name at several members, as one. */
function alike(uses: readonly ImageUse[]): readonly Runners[] {
  const byName = new Map<string, readonly ImageUse[]>();
  for (const use of uses) {
    const name = `${use.workload} ${use.container}`;
    byName.set(name, [...(byName.get(name) ?? []), use]);
  }
  return [...byName.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          {
            workload: first.workload,
            container: first.isInit ? `${first.container}, init` : first.container,
            members: [first, ...others].map(({ member }) => member),
          },
        ],
  );
}
