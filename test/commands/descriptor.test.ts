import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandLine } from '../support/command-line';

let tool: ReturnType<typeof commandLine>;
let folder: string;
const ca = 'certificates/30000.example.com/ca.cert.pem';
const sign = (source: string) => tool.run(folder, 'descriptor', 'sign', source);
const verify = (...args: string[]) => tool.run(folder, 'descriptor', 'verify', ...args);
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);

let signed: string;
beforeAll(() => {
  tool = commandLine();
  folder = tool.folder();
  expect(tool.run(folder, 'certificates', 'issue').status).toBe(0);
  signed = sign('party-40000.json').stdout;
  write('party-40000.jws', signed);
});
afterAll(() => tool.close());

test('a descriptor that one member signs is verified by another, who is shown what it says', () => {
  const { status, stdout, stderr } = verify('party-40000.jws', '--ca', ca);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toBe(
    'party-40000.jws is the word of 40000.example.com:\n' +
      '  nginx 192.0.2.165:9300\n  pulsar 192.0.2.164:6651\n  FATE 1.6.1, mutual-tls\n',
  );
  const { holds, descriptor } = JSON.parse(verify('party-40000.jws', '--ca', ca, '--json').stdout);
  expect({ holds, descriptor }).toEqual({
    holds: true,
    descriptor: JSON.parse(readFileSync(join(folder, 'party-40000.json'), 'utf8')),
  });
});

test("a declaration is signed as its member's descriptor, an exchange's too", () => {
  write('own.jws', sign('exchange.yaml').stdout);
  expect(verify('own.jws', '--ca', ca).stdout).toMatch(/^own\.jws is the word of the exchange of example\.com:\n/);
});

test('a signed descriptor takes the place of an unsigned one, and needs no further word', () => {
  write(
    'signed.yaml',
    'federation: { domain: example.com }\nca: certificates/proxy.example.com/ca.cert.pem\nparties:\n  - { id: 40000, file: party-40000.jws }\n',
  );
  expect(tool.run(folder, 'check', 'signed.yaml').stdout).toMatch(/^signed\.yaml is sound/);
  write('windows.yaml', readFileSync(join(folder, 'signed.yaml'), 'utf8').replace('40000.jws', '40000.utf16'));
  write('party-40000.utf16', Buffer.from(`\ufeff${signed.trim()}\r\n`, 'utf16le'));
  expect(tool.run(folder, 'check', 'windows.yaml').stdout).toMatch(/^windows\.yaml is sound/);
});

test('what does not hold is exit code 1, with the reason', () => {
  const [header, , signature] = signed.split('.');
  write('changed.jws', `${header}.${Buffer.from('{}').toString('base64url')}.${signature}`);
  const { status, stdout } = verify('changed.jws', '--ca', ca);
  expect(status).toBe(1);
  expect(stdout).toContain('was changed after it was signed');
  expect(JSON.parse(verify('party-40000.json', '--ca', ca, '--json').stdout)).toMatchObject({ holds: false });
});

test('a descriptor that would write to a terminal is not shown', () => {
  const text = JSON.stringify({
    ...JSON.parse(readFileSync(join(folder, 'party-40000.json'), 'utf8')),
    fate: '\u001b[2J',
  });
  write('hostile.json', text);
  const { status, stderr, stdout } = sign('hostile.json');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).not.toContain('\u001b[2J');
});

test.each<[string, string, RegExp]>([
  ['a file that is not there', 'nowhere.json', /nowhere\.json/],
  ['more than one member', 'federation.yaml', /declares more than one member/],
  ['a member without a certificate here', 'other.yaml', /holds no certificate and key/],
  ['a member without addresses', 'silent.yaml', /says no addresses yet/],
])('%s is wrong use, said without a trace', (_, source, message) => {
  write(
    'other.yaml',
    'federation: { domain: example.com }\nparty: { id: 7, addresses: { nginx: 192.0.2.7, pulsar: 192.0.2.8 } }\n',
  );
  write('silent.yaml', 'federation: { domain: example.com }\nparty: { id: 30000 }\n');
  const { status, stderr, stdout } = sign(source);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/\n\s+at /);
});
