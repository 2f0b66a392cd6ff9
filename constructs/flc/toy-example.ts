import { createHash } from 'node:crypto';
import { Construct } from 'constructs';
import type { Job, JobSpec } from 'kubernetes-types/batch/v1';
import { isJoined } from '../../lib/federation/neighbours';
import type { PartyPlan } from '../../lib/federation/party';
import {
  hostsOf,
  planVerification,
  type VerificationProps,
  verificationResources,
} from '../../lib/federation/verification';
import { Problems } from '../../lib/input/problems';
import { patienceSeconds, toyExample, toySeconds, type VerifyRequest, verifyRequest } from '../../lib/jobs/toy-example';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { rights } from '../../lib/kubernetes/rights';
import { Manifest } from '../app/manifest';
import { ConfigFiles } from '../parts/config-files';
import { variables } from '../parts/container';
import { podTemplate } from '../parts/pod';
import { toyExampleScript } from './toy-example-script';

/** Whose toy example, and with whom. */
export interface ToyExampleProps extends VerificationProps {
  /** The party that is the guest, alone and with others. */
  readonly plan: PartyPlan;
}

/**
 * A Job that runs FATE's toy example once, when FATE Flow answers: for a chart of the party's namespace, beside the party's own objects
 * or KubeFATE's. Its log and the message of its ended container have a line for each run, and it fails if one does.
 *
 * Nothing of a Job can be changed: it has a name of what it runs and of the plan that it runs on, so that the same is left alone, and
 * another plan is verified by another Job. Those that have run stay until somebody deletes them.
 */
export class ToyExample extends Construct {
  /** Of the Job. */
  readonly name: string;

  /** @throws {InvalidInput} where it could not run */
  constructor(scope: Construct, id: string, { plan, with: partners }: ToyExampleProps) {
    super(scope, id);
    const request = verifyRequest(plan, hostsOf(plan, checked(plan, { with: partners })));
    const config = new ConfigFiles(this, toyExample, {
      'toy-example.py': toyExampleScript,
      [requestFile]: `${JSON.stringify(request, undefined, 2)}\n`,
    });
    const spec = jobSpec(plan, request, config);
    const { access: _, ...deployed } = plan;
    this.name = `${toyExample}-${hash({ deployed, request, spec, script: toyExampleScript })}`;
    new Manifest<Job>(this, 'job', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: this.name, labels },
      spec,
    });
  }
}

function checked(plan: PartyPlan, props: VerificationProps) {
  const problems = Problems.none();
  const verification = planVerification(problems, props, { ...plan, isJoined: isJoined(plan) });
  problems.throwIfAny(`toy example of party ${plan.id}`);
  return verification;
}

const hash = (of: object): string => createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 8);

const jobSpec = (plan: PartyPlan, { runs }: VerifyRequest, config: ConfigFiles): JobSpec => ({
  backoffLimit: 0, // the second run of a failing one fails, too
  activeDeadlineSeconds: 2 * patienceSeconds + runs.length * (toySeconds + asideSeconds), // its own image may take as long
  template: podTemplate(plan, 'client', {
    metadata: { labels },
    spec: {
      restartPolicy: 'Never',
      containers: [
        {
          name: toyExample,
          image: plan.images.client,
          command: ['python3', `${scripts}/toy-example.py`, `${scripts}/${requestFile}`],
          env: variables({ RESULT: resultFile }),
          volumeMounts: [config.mountAt(scripts)],
          resources: spelledResources(verificationResources),
          terminationMessagePath: resultFile,
          terminationMessagePolicy: 'FallbackToLogsOnError',
          rights: rights.toyExample,
        },
      ],
      volumes: [config.volume],
    },
  }),
});

const labels = { 'app.kubernetes.io/name': toyExample };
const scripts = '/opt/kubefate-tanzu';
const requestFile = 'request.json';
/** What the kubelet reads when the container has ended. */
const resultFile = '/tmp/result';
/** To submit a job, to stop it, and to ask why. */
const asideSeconds = 300;
