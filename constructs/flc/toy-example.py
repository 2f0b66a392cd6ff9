# Runs FATE's toy example by FATE Flow's interface, and says how it went. What FATE's own commands print is for people: they end in
# exit code 0 whatever came of the job, leave it behind with its cores when they give up, and some ask for more cores than there are.
#
# usage: python3 toy-example.py request.json
#        or a program on standard input, of this file and of its last line: main(request)
#
# request: what is to be done, and what for; lib/jobs/toy-example.ts makes it
# environment:
#   RESULT   file for the lines of `verify` [none]
#
# For Python 3.6 and later, with its standard library only.
import io
import json
import os
import re
import signal
import sys
import tarfile
import time
from contextlib import contextmanager
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

ENDS = ("success", "failed", "canceled", "timeout")
# Nothing here is behind a proxy, whatever the environment says.
OPENER = build_opener(ProxyHandler({}))
# Of one answer; logs of a job are the longest.
MOST_BYTES = 64 << 20


class Refusal(Exception):
    """What FATE Flow, or whoever stands in its place, says instead of doing it."""


@contextmanager
def understood():
    """An answer that has not the form that it should have is a refusal, too."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Refusal("FATE Flow answers what makes no sense")


def main(request):
    flow = Flow(request)
    if request["do"] == "verify":
        return verify(flow, request)
    try:
        answer = ONE_BY_ONE[request["do"]](flow, request)
    except Refusal as refusal:
        answer = {"refusal": str(refusal)}
    print(json.dumps(answer))
    return 0


# One by one, for a program that goes from one to the next.


def reach(flow, request):
    flow.reach(request.get("host"))
    return {}


def submit(flow, request):
    return {"job": flow.submit(request["submission"])}


def watch(flow, request):
    """The state of a job as soon as it is another one than was known, or after some seconds."""
    until = time.time() + request["seconds"]
    while True:
        state = flow.state(request["job"])
        if state != request.get("known") or time.time() > until:
            return {"state": state}
        time.sleep(1)


def why(flow, request):
    return {"reasons": flow.reasons(request["job"], request["roles"])}


def stop(flow, request):
    flow.stop(request["job"])
    return {}


ONE_BY_ONE = {"reach": reach, "submit": submit, "watch": watch, "why": why, "stop": stop}


# All of it at once, for a pod of its own.


class Ended(BaseException):
    """The pod is to end: by its deadline, or because somebody deleted it."""


def verify(flow, request):
    def end(number, frame):
        raise Ended

    signal.signal(signal.SIGTERM, end)
    lines, holds = [], True
    until = time.time() + request["patience"]
    try:
        for run in request["runs"]:
            started = time.time()
            reason = outcome(flow, run, until, request["timeout"])
            seconds = "in %d s" % (time.time() - started)
            lines.append(name(flow.party, run["host"]) + (": success " + seconds if reason is None else ": failed: " + reason))
            holds = holds and reason is None
            print(lines[-1], flush=True)
    except Ended:
        lines.append("ended from outside before all was done")
        holds = False
        print(lines[-1], flush=True)
    if "RESULT" in os.environ:
        with open(os.environ["RESULT"], "w") as file:
            file.write("".join(line + "\n" for line in lines)[-4000:])  # the kubelet reads 4 KiB
    return 0 if holds else 1


def name(guest, host):
    return "%d alone" % guest if guest == host else "%d with %d" % (guest, host)


def outcome(flow, run, until, timeout):
    """Why the toy example failed; nothing where it succeeded."""
    try:
        wait(flow, None, until)
        if run["host"] != flow.party:
            wait(flow, run["host"], until)
        job = flow.submit(run["submission"])
    except Refusal as refusal:
        return str(refusal)
    print("%s: job %s" % (name(flow.party, run["host"]), job), flush=True)
    try:
        state = end_of(flow, job, timeout)
    except Ended:
        quietly(flow.stop, job)
        raise
    if state == "success":
        return None
    if state in ENDS:
        roles = ["guest", "host"] if run["host"] == flow.party else ["guest"]
        return "; ".join(["job %s is %s" % (job, state)] + flow.reasons(job, roles))
    quietly(flow.stop, job)
    return "job %s is still %s after %d s, and is stopped" % (job, state, timeout)


def wait(flow, host, until):
    """Until FATE Flow answers: the party's own, or through the exchange that of another."""
    told = None
    while True:
        try:
            return flow.reach(host)
        except Refusal as refusal:
            if time.time() > until:
                raise Refusal("%s, for as long as it was waited for" % refusal)
            if str(refusal) != told:
                told = str(refusal)
                print(told, flush=True)
        time.sleep(5)


def end_of(flow, job, timeout):
    """The state in which a job ends, or in which it is when its time is over."""
    until, state, told = time.time() + timeout, None, None
    while True:
        try:
            state = flow.state(job)
        except Refusal as refusal:  # FATE Flow starts again, say
            print(refusal, flush=True)
        if state != told:
            told = state
            print("job %s is %s" % (job, state), flush=True)
        if state in ENDS or time.time() > until:
            return state
        time.sleep(2)


def quietly(ask, job):
    try:
        ask(job)
    except Refusal as refusal:
        print("job %s is not stopped: %s" % (job, refusal), flush=True)


class Flow:
    """FATE Flow of a party."""

    def __init__(self, request):
        self.party = request["party"]
        self.address = request["fateflow"]
        self.proxy = request["proxy"]
        self.probe = request["probe"]
        self.calls = request["jobs"]

    def reach(self, host=None):
        """Asks FATE Flow a question that anybody may ask: its own, or through its nginx another party's."""
        # In a body: nginx lets pass no path that is longer than the one of the call.
        fields = {"module": "FATE"} if self.probe.startswith("POST ") else {}
        try:
            if host is None:
                return self.ask(self.address, self.probe, fields, {})
            headers = {"dest-party-id": str(host), "service": "fateflow"}
            return self.ask(self.proxy, self.probe, fields, headers)
        except Refusal as refusal:
            where = "FATE Flow of %d" % (host or self.party) + ("" if host is None else ", asked through nginx,")
            raise Refusal("%s does not answer: %s" % (where, refusal))

    def submit(self, submission):
        with understood():
            return self.job_call("submit", submission)[self.calls["answer"]["job"]]

    def state(self, job):
        with understood():
            for row in self.job_call("states", {"job_id": job, "role": "guest"}).get("data") or []:
                return row[self.calls["prefix"] + "status"]
        raise Refusal("FATE Flow knows no job %s" % job)

    def stop(self, job):
        self.job_call("stop", {"job_id": job})

    def reasons(self, job, roles):
        """What FATE Flow knows of why a job failed: of what this party was in it. Each party knows its own errors, and the state of others at most."""
        for left in range(2, -1, -1):
            known = self.known(job, roles)
            reasons = [reason for reason, _ in known]
            if any(is_error for _, is_error in known):
                return reasons
            if left:
                time.sleep(1)  # FATE Flow 2 has the state first, and then the error
        return reasons + ["%d has no error of its own" % self.party]

    def known(self, job, roles):
        """What it tells, each with whether it is an error."""
        known = []
        for told in (self.failed_tasks(job), self.last_errors(job, roles)):
            try:
                with understood():
                    known.extend(told)
            except Refusal as refusal:
                known.append((str(refusal), True))
        return known

    def failed_tasks(self, job):
        prefix = self.calls["prefix"]
        for row in self.job_call("tasks", {"job_id": job}).get("data") or []:
            of = {key: row.get(prefix + key) for key in ("role", "party_id", "party_status", "error_report")}
            if of["party_status"] in ENDS[1:]:
                report = last_line(of["error_report"] or "")
                yield "%(role)s %(party_id)s is %(party_status)s" % of + (report and ": " + report), report != ""

    def last_errors(self, job, roles):
        last = self.last_archived if self.calls["errors"].get("archived") else self.last_logged
        for role, line in last(job, roles):
            if line:
                yield "the %s's log ends in: %s" % (role, line), True

    def last_logged(self, job, roles):
        errors = self.calls["errors"]
        for role in roles:
            of_role = {"job_id": job, "role": role, "party_id": str(self.party)}
            lines = self.ask(self.address, errors["call"], dict(of_role, **errors["fields"]), {}).get("data") or []
            yield role, last_line("\n".join(each["content"] for each in lines))

    def last_archived(self, job, roles):
        archive = self.send(self.address, self.calls["errors"]["call"], {"job_id": job}, {}, in_body=True)
        try:
            with tarfile.open(fileobj=io.BytesIO(archive)) as files:
                for role in roles:
                    of_role = [it for it in files if it.name.lstrip("./").startswith("%s/%d/" % (role, self.party))]
                    texts = [files.extractfile(it).read().decode("utf-8", "replace") for it in of_role if it.name.endswith("/ERROR.log")]
                    yield role, last_line("\n".join(texts))
        except tarfile.TarError:
            raise Refusal("FATE Flow has no logs of job %s" % job)

    def job_call(self, which, fields):
        return self.ask(self.address, self.calls[which], fields, {})

    def ask(self, address, call, fields, headers):
        """An answer in which FATE Flow reports no failure, whatever its status."""
        text = self.send(address, call, fields, headers)
        keys = self.calls["answer"]
        try:
            answer = json.loads(text.decode("utf-8", "replace"))
            code = answer[keys["code"]]
        except (ValueError, TypeError, KeyError):
            raise Refusal("it is not FATE Flow that answers, but: " + in_short(text.decode("utf-8", "replace")))
        if code != 0:
            raise Refusal(in_short("%s %s" % (answer.get(keys["message"]), json.dumps(answer["data"]) if answer.get("data") else "")))
        return answer

    def send(self, address, call, fields, headers, in_body=False):
        method, path = call.split(" ")
        in_body = in_body or method == "POST"
        url = address + path + ("" if in_body or not fields else "?" + urlencode(fields))
        body = json.dumps(fields).encode() if in_body else None
        request = Request(url, body, dict(headers, **{"Content-Type": "application/json"}), method=method)
        try:
            with OPENER.open(request, timeout=120) as response:
                return response.read(MOST_BYTES)
        except HTTPError as error:
            return error.read(MOST_BYTES) or ("status %d" % error.code).encode()
        except (OSError, HTTPException) as error:
            raise Refusal("%s: %s" % (address, getattr(error, "reason", error)))


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return in_short(lines[-1]) if lines else ""


def in_short(text):
    """One line of a few hundred characters without markup, for terminals of any encoding, which nothing in it moves."""
    line = " ".join(re.sub("<[^>]*>", " ", text).split()).encode("ascii", "backslashreplace").decode()
    line = re.sub("[^ -~]", lambda found: "\\x%02x" % ord(found.group()), line)
    return line if len(line) <= 400 else line[:397] + "..."


if __name__ == "__main__" and len(sys.argv) > 1:
    with open(sys.argv[1]) as declared:
        sys.exit(main(json.load(declared)))
