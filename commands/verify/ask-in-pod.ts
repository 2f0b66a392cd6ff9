import type { Pod } from 'kubernetes-types/core/v1';
import { toyExampleScript } from '../../constructs/flc/toy-example-script';
import { oneLine } from '../../lib/diagnosis/answers';
import { releases } from '../../lib/fate/releases';
import type { PartyPlan } from '../../lib/federation/party';
import { stepAnswer } from '../../lib/jobs/step-answer';
import type { StepRequest } from '../../lib/jobs/toy-example';
import type { Access } from '../cluster/access';
import { Mistake } from '../mistake';
import type { Ask } from './run-pair';

/**
 * Asks FATE Flow from within a pod that the party has anyway, the client's or, where that is not ready, FATE Flow's own. A Job would
 * take the right to make pods, and with it to read every Secret of the namespace, an image on its node, and time; what is run in a
 * pod takes what `diagnose` takes, too. All images have Python.
 */
export const askInPod =
  (access: Access, plan: PartyPlan): Ask =>
  async (request, signal) => {
    const { pod, container } = placeOf(await access.pods(), plan, access.namespace);
    const running = access.exec(pod, container, ['python3', '-'], program(request), patience);
    const { code, stdout, stderr } = await orAborted(running, signal);
    const lines = stdout.trim().split('\n');
    const answer = code === 0 ? stepAnswer(`${lines.at(-1)}`) : undefined;
    if (answer !== undefined) return answer;
    const last = oneLine(stderr.trim().split('\n').at(-1) || `${lines.at(-1)}`) || 'nothing';
    throw new Mistake(`python3 in pod ${oneLine(pod)} ends in ${code}, and says: ${last}`);
  };

/** The program with its request as last line: its standard input, since an API server takes short commands only. */
export const program = (request: StepRequest): string =>
  `${toyExampleScript}\nsys.exit(main(json.loads(${JSON.stringify(JSON.stringify(request))})))\n`;

/** FATE Flow calls a party that is away three times, at its own pace. */
const patience = 180;

function placeOf(pods: readonly Pod[], { fate }: PartyPlan, namespace: string) {
  const places = pods.flatMap(({ metadata, status }) =>
    (status?.containerStatuses ?? []).flatMap(({ name, ready }) =>
      ready ? [{ pod: `${metadata?.name}`, container: name }] : [],
    ),
  );
  const wanted = ['client', releases[fate].fateflow.container];
  const [place] = wanted.flatMap((name) => places.find(({ container }) => container === name) ?? []);
  if (place !== undefined) return place;
  throw new Mistake(
    `namespace ${namespace} has no container ${wanted.join(' or ')} that is ready; look at kubectl -n ${namespace} get pods`,
  );
}

/** Whoever gives up waits no longer; the question goes on to its end. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let end = () => {};
  const aborted = new Promise<never>((_, reject) => {
    end = () => reject(new Mistake('ended here'));
  });
  if (signal.aborted) end();
  signal.addEventListener('abort', end);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', end);
    work.catch(() => {}); // nobody waits for it any more
  }
}
