import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { toolInFolder } from '../support/command-line';

const { run, path } = toolInFolder();

interface Listed {
  readonly image: string;
  readonly uses: readonly { readonly member: string }[];
}

function listed(...args: readonly string[]): readonly Listed[] {
  const { stdout, status, stderr } = run('images', ...args, '--json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout).images;
}
const membersIn = (found: readonly Listed[]) => [
  ...new Set(found.flatMap(({ uses }) => uses.map(({ member }) => member))),
];

test('the images of all members are listed, or of those that are named', () => {
  expect(membersIn(listed()).sort()).toEqual(['exchange', 'party 30000', 'party 40000']);
  expect(membersIn(listed('--party', '40000'))).toEqual(['party 40000']);
  expect(membersIn(listed('--exchange'))).toEqual(['exchange']);
});

test('what stands beside members is listed where it is asked for, from their registry', () => {
  writeFileSync(
    path('mirrored.yaml'),
    'federation: { domain: example.com }\nparty: { id: 30000, registry: harbor.example.com/fate, kubernetes: "1.27" }\n',
  );
  const args = ['--with', 'ingress-controller', '--with', 'image-disk-mount', '--kubefate', '1.11.2'];
  const found = listed('mirrored.yaml', ...args);
  expect(membersIn(found).sort()).toEqual([
    'KubeFATE service',
    'image disk mount',
    'ingress controller',
    'party 30000',
  ]);
  expect(found.map(({ image }) => image)).toContain('harbor.example.com/fate/kubefate:v1.4.5');
  expect(found.filter(({ image }) => !image.startsWith('harbor.example.com/fate/'))).toEqual([]);
});

test('the formats tell the same images', () => {
  const names = listed().map(({ image }) => image);
  const of = (format: string) => run('images', '--format', format).stdout;
  expect(of('text').match(/^\S+$/gm)).toEqual(names);
  expect([...of('markdown').matchAll(/^\| `(.*?)` \|/gm)].map(([, image]) => image)).toEqual(names);
  const [head, ...rows] = of('csv').trimEnd().split('\r\n');
  expect(head).toBe('Image,From,Member,Namespace,Workload,Container,Init container');
  expect([...new Set(rows.map((row) => row.split(',')[0]))]).toEqual(names);
});

test('a script of copies needs a registry to copy to', () => {
  expect(run('images', '--script', 'crane')).toMatchObject({
    status: 2,
    stderr: 'error: federation.yaml: no member declares a registry, so there is nothing to copy\n',
  });
  expect(run('images', 'mirrored.yaml', '--script', 'crane').stdout).toContain(
    "\ncrane copy 'mysql:8.0.28' 'harbor.example.com/fate/mysql:8.0.28'\n",
  );
  expect(run('images', '--script', 'crane', '--lock', 'crane').status).toBe(2);
});

test('digests can be looked up before they are known, and where the lock has not all of them', () => {
  const declared = 'federation: { domain: example.com }\nparty: { id: 30000, digests: { file: images.lock.json } }\n';
  writeFileSync(path('locked.yaml'), declared);
  const script = run('images', 'locked.yaml', '--lock', 'skopeo');
  expect(script).toMatchObject({ status: 0, stderr: '' });
  expect(script.stdout).toContain("\nadd 'mysql:8.0.28'\n");
  writeFileSync(path('images.lock.json'), '{}');
  expect(run('images', 'locked.yaml', '--lock', 'skopeo').stdout).toBe(script.stdout);
  expect(run('images', 'locked.yaml').stderr).toContain('locked.yaml:2:30 party.digests: has none of mysql:8.0.28, ');
});
