/** The program of a party's stack. */
import { partyStack } from 'kubefate-tanzu/stacks';
import { run } from './pulumi';

run(() => partyStack({ federation: { domain: 'example.com' }, party: { id: 30000 } }));
