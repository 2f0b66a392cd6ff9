"""FATE Flow of this party, for the notebooks beside this file: uploads, jobs, and what has come of them.

flow.json says how the FATE Flow of the party's release is asked, and has the jobs.
"""

import json
import os
import tarfile
import time
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

HERE = os.path.dirname(os.path.abspath(__file__))
WORK = os.path.join(HERE, '..', 'persistence', 'credit-card')
ENDS = ('success', 'failed', 'canceled', 'timeout')
OPENER = build_opener(ProxyHandler({}))  # FATE Flow is behind no proxy, whatever the environment says

with open(os.path.join(HERE, 'flow.json')) as file:
    PARTY = json.load(file)
JOBS, CALLS = PARTY['jobs'], PARTY['calls']


class Refusal(Exception):
    """What FATE Flow, or whoever stands in its place, says instead of doing it."""


def work():
    """Has all that follows happen in a folder that survives a restart of the notebook."""
    os.makedirs(WORK, exist_ok=True)
    os.chdir(WORK)
    print('in', os.path.realpath(WORK))


def upload(path, table):
    """Makes a table of a file; it takes the place of one that has its name."""
    fields, is_form = PARTY['uploads'][table], CALLS['upload']['fields'] == 'form'
    method, address = CALLS['upload']['call'].split(' ')
    edge = 'rows-of-' + table
    parts = ['name="%s"\r\n\r\n%s' % field for field in fields.items()] if is_form else []
    parts.append('name="file"; filename="%s.csv"\r\nContent-Type: text/csv\r\n\r\n' % table)
    head = '\r\n'.join('--%s\r\nContent-Disposition: form-data; %s' % (edge, part) for part in parts)
    with open(path, 'rb') as rows:
        body = head.encode() + rows.read() + ('\r\n--%s--\r\n' % edge).encode()
    query = '' if is_form else '?' + urlencode(fields)
    answer = understood(sent(method, address + query, body, 'multipart/form-data; boundary=' + edge).read())
    ended(answer[JOBS['answer']['job']])


def train(host):
    """Trains with that party; its id. Gives the job's."""
    return submitted(filled(PARTY['train'], host))


def predict(trained, host):
    """Has the model of a job say what it makes of the rows that it was trained on. Gives the id of another job."""
    version = trained
    if 'deployment' in PARTY:
        version = asked(CALLS['deploy'], filled(PARTY['deployment'], host, trained))['data']['model_version']
    return submitted(filled(PARTY['predict'], host, version))


def metrics(job):
    """How good the model is."""
    return asked(CALLS['metrics'], of_task(job, PARTY['tasks']['evaluation'])).get('data')


def prediction(job, path):
    """Writes what the model has said of each row into a file."""
    output = CALLS['output']
    archive = called(output['call'], of_task(job, PARTY['tasks']['model']), output.get('inBody', False))
    try:
        with tarfile.open(fileobj=archive, mode='r|gz') as files:
            for each in files:
                if each.name.endswith('.csv'):
                    with open(path, 'wb') as rows:
                        rows.write(files.extractfile(each).read())
                    return
    except tarfile.TarError:
        pass
    raise Refusal('FATE Flow has no prediction of job %s' % job)


def filled(job, host, trained=''):
    """A job with the party and the model that it was made without."""
    stand_ins = PARTY['standIns']
    text = json.dumps(job).replace(stand_ins['job'], trained).replace(str(stand_ins['host']), str(int(host)))
    return json.loads(text)


def submitted(job):
    return ended(asked(JOBS['submit'], job)[JOBS['answer']['job']])


def ended(job):
    """The job, once it has ended in success; tells each of its states."""
    told = None
    while told not in ENDS:
        rows = asked(JOBS['states'], {'job_id': job}).get('data') or [{}]
        state = rows[0].get(JOBS['prefix'] + 'status')
        if state != told:
            print('job', job, state, flush=True)
            told = state
        time.sleep(1)
    if told != 'success':
        raise Refusal('job %s: %s' % (job, '; '.join(faults(job)) or told))
    return job


def faults(job):
    for row in asked(JOBS['tasks'], {'job_id': job}).get('data') or []:
        task, role, state, report = (
            row.get(JOBS['prefix'] + of) for of in (CALLS['task'], 'role', 'party_status', 'error_report')
        )
        if state in ENDS[1:]:
            yield ' '.join([task, 'of', role, 'is', state, *(report or '').strip().splitlines()[-1:]])


def of_task(job, task):
    return {'job_id': job, 'role': 'guest', 'party_id': str(PARTY['party']), CALLS['task']: task}


def asked(call, fields):
    return understood(called(call, fields).read())


def understood(text):
    """An answer in which FATE Flow reports no failure, whatever its status."""
    try:
        answer = json.loads(text.decode())
        code, message = answer[JOBS['answer']['code']], answer.get(JOBS['answer']['message'])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Refusal('it is not FATE Flow that answers, but: %r' % text[:400])
    if code != 0:
        raise Refusal('FATE Flow refuses: %s' % message)
    return answer


def called(call, fields, in_body=False):
    method, address = call.split(' ')
    if in_body or method == 'POST':
        return sent(method, address, json.dumps(fields).encode(), 'application/json')
    return sent(method, address + '?' + urlencode(fields), None, 'application/json')


def sent(method, address, body, kind):
    request = Request(PARTY['fateflow'] + address, body, {'Content-Type': kind}, method=method)
    try:
        return OPENER.open(request, timeout=300)
    except HTTPError as error:
        return error
    except OSError as error:
        raise Refusal('FATE Flow does not answer: %s' % getattr(error, 'reason', error))
