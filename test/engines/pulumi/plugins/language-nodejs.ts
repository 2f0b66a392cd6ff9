/**
 * Stands in for Pulumi's language host for Node.js, which runs a project's program. This one knows a program that runs as it
 * is: the options `typescript: false` and `nodeargs` of `Pulumi.yaml`. It installs nothing, and names no plugins: the engine
 * takes those that resources ask for.
 *
 * The program itself runs in the SDK's own runner, as with Pulumi's.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { LanguageRuntimeService } from '@pulumi/pulumi/proto/language_grpc_pb';
import {
  GetRequiredPackagesResponse,
  LanguageHandshakeResponse,
  type RunRequest,
  RunResponse,
} from '@pulumi/pulumi/proto/language_pb';
import { PluginInfo } from '@pulumi/pulumi/proto/plugin_pb';
import { serve } from './serve';

/** Exit code of a program that has said itself what is wrong. */
const saidSo = 32;

const engine = process.argv[2] ?? '';

async function run(request: RunRequest): Promise<RunResponse> {
  const info = request.getInfo();
  const options = info?.getOptions()?.toJavaScript() ?? {};
  const command = [
    ...`${options['nodeargs'] ?? ''}`.split(' ').filter(Boolean),
    require.resolve('@pulumi/pulumi/cmd/run', { paths: [request.getPwd()] }),
    ...['--monitor', request.getMonitorAddress(), '--engine', engine],
    ...['--organization', request.getOrganization(), '--project', request.getProject(), '--stack', request.getStack()],
    ...['--root-directory', info?.getRootDirectory() ?? '', '--pwd', request.getPwd()],
    ...['--parallel', `${request.getParallel()}`],
    ...(request.getDryrun() ? ['--dry-run'] : []),
    info?.getEntryPoint() ?? '',
  ];
  const config = JSON.stringify(Object.fromEntries(request.getConfigMap().toArray()));
  const secretKeys = JSON.stringify(request.getConfigsecretkeysList());
  const program = spawn(process.execPath, command, {
    cwd: request.getPwd(),
    env: {
      ...process.env,
      PULUMI_CONFIG: config,
      PULUMI_CONFIG_SECRET_KEYS: secretKeys,
      PULUMI_NODEJS_TYPESCRIPT: `${options['typescript'] ?? true}`,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const kill = () => program.kill('SIGKILL');
  process.on('exit', kill);
  const [code, signal] = await once(program, 'exit');
  process.off('exit', kill);
  const response = new RunResponse();
  if (code === saidSo) response.setBail(true);
  else if (code !== 0) response.setError(`the program ended with ${signal ?? `exit code ${code}`}`);
  return response;
}

const answer =
  <Response>(respond: () => Response) =>
  (_: unknown, callback: sendUnaryData<Response>) =>
    callback(null, respond());

serve(LanguageRuntimeService, {
  handshake: answer(() => new LanguageHandshakeResponse()),
  getPluginInfo: answer(() => new PluginInfo()),
  getRequiredPackages: answer(() => new GetRequiredPackagesResponse()),
  run: ({ request }: ServerUnaryCall<RunRequest, RunResponse>, callback: sendUnaryData<RunResponse>) => {
    run(request).then((response) => callback(null, response), callback);
  },
});
