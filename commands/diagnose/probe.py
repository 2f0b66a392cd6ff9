# Asks from inside a pod what it is told to ask, and prints the answers. Runs on the standard library of Python 3.6 to 3.13, in a
# pod that has nothing else: it is sent to it, and nothing is written there.
#
# globals that it is run with:
#   questions   maps with "id", "ask" (the function below that answers) and its arguments
#   seconds     that one connection may take to say something
#   patience    seconds after which it prints what it has
#
# It prints one line of JSON: id -> answer; of what failed "kind" and "error".
import errno
import http.client
import json
import os
import socket
import ssl
import threading
import time
from urllib.parse import quote, urlsplit


def dns(name):
    found = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)
    return {"addresses": sorted({entry[4][0] for entry in found})}


def tcp(host, port, greeting=False):
    connection = socket.create_connection((host, port), seconds)
    try:
        answer = {"address": connection.getpeername()[0]}
        if greeting:
            answer["greeting"] = connection.recv(512).decode("latin-1")
        return answer
    finally:
        connection.close()


def tls(host, port, name):
    """TLS 1.2 sends certificates in the clear, before a server looks at its client's: they are read even if it then refuses."""
    heard, own, failed = shake_hands(host, port, name, True)
    chain = certificates_in(heard)
    if not chain and kind_of(failed) == "tls":  # it may speak TLS 1.3 alone
        heard, own, failed = shake_hands(host, port, name, False)
        chain = [own] if own else []
    answer = {"certificates": [ssl.DER_cert_to_PEM_cert(each) for each in chain]}
    if failed:
        answer.update(described(failed))
    return answer


def shake_hands(host, port, name, in_the_clear):
    """What was heard until it ended, the certificate of the other end, and why it failed."""
    connection = socket.create_connection((host, port), seconds)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = unverifying(in_the_clear).wrap_bio(incoming, outgoing, server_hostname=name)
    heard = b""
    try:
        while True:
            try:
                session.do_handshake()
                connection.sendall(outgoing.read())
                return heard, session.getpeercert(True), None
            except ssl.SSLWantReadError:
                connection.sendall(outgoing.read())
                data = connection.recv(65536)
                if not data:
                    return heard, None, ConnectionResetError("the connection was closed")
                heard += data
                incoming.write(data)
    except (OSError, ValueError) as error:
        return heard, None, error
    finally:
        connection.close()


def unverifying(in_the_clear):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if in_the_clear and hasattr(ssl, "TLSVersion"):
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    elif in_the_clear:
        context.options |= getattr(ssl, "OP_NO_TLSv1_3", 0)
    return context


def certificates_in(heard):
    handshake, certificates = b"", []
    while len(heard) > 5 and heard[0] == 22:  # until the other end changes to ciphers
        end = 5 + int.from_bytes(heard[3:5], "big")
        handshake, heard = handshake + heard[5:end], heard[end:]
    while len(handshake) > 4:
        kind, end = handshake[0], 4 + int.from_bytes(handshake[1:4], "big")
        body, handshake = handshake[7:end], handshake[end:]
        while kind == 11 and len(body) > 3:
            end = 3 + int.from_bytes(body[:3], "big")
            certificates.append(body[3:end])
            body = body[end:]
    return certificates


def http_call(url, method="GET", headers={}, body=None, leads=0):
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname, place.port or 80, timeout=seconds)
    try:
        path = place.path + ("?" + place.query if place.query else "")
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        if leads and response.status == 307:
            return http_call(response.getheader("Location"), method, headers, body, leads - 1)
        text = response.read(most_bytes).decode("utf-8", "replace")
        return {"status": response.status, "type": response.getheader("Content-Type", ""), "text": text}
    finally:
        connection.close()


def file(path):
    with open(path, "rb") as opened:
        return {"text": opened.read(most_bytes).decode("utf-8", "replace")}


def replication(admin, tenant, most):
    """Topics of the latest jobs: the namespaces of a tenant are named by them."""
    namespaces = sorted(listed(admin, "namespaces/" + tenant), reverse=True)
    topics = []
    for namespace in namespaces[:most]:
        for topic in sorted(listed(admin, "persistent/" + namespace)):
            if len(topics) == most or time.time() > deadline - 1:
                return {"topics": topics, "whole": False}
            topics.append(statistics(admin, topic.split("://")[-1]))
    return {"topics": topics, "whole": len(namespaces) <= most}


def statistics(admin, topic):
    """A broker that has not the topic leads to another one: to whoever knows which, and that to the one."""
    answer = http_call("%s/persistent/%s/stats" % (admin, quote(topic)), leads=3)
    stats = json.loads(answer["text"]) if answer["status"] == 200 else {}
    clusters = stats.get("replication") or {}
    return {
        "topic": topic,
        "replication": {
            name: {"connected": each.get("connected"), "backlog": each.get("replicationBacklog")}
            for name, each in clusters.items()
        },
    }


def listed(admin, path):
    answer = http_call("%s/%s" % (admin, quote(path)))
    if answer["status"] == 404:
        return []
    if answer["status"] != 200:
        raise ValueError("%s answers %s" % (path, answer["status"]))
    return json.loads(answer["text"])


def clock():
    return {"now": time.time()}


def described(error):
    return {"kind": kind_of(error), "error": (str(error) or type(error).__name__)[:300]}


def kind_of(error):
    if isinstance(error, socket.gaierror):
        return "dns"
    if isinstance(error, (socket.timeout, TimeoutError)):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ssl.SSLError):
        return "plain" if any(it in str(error) for it in plain_text) else "tls"
    if isinstance(error, (ConnectionError, http.client.IncompleteRead)):
        return "closed"
    if isinstance(error, OSError) and error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return "unreachable"
    return "other"


# What OpenSSL says of something that speaks no TLS.
plain_text = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE")
most_bytes = 1 << 20
asks = {"dns": dns, "tcp": tcp, "tls": tls, "http": http_call, "file": file, "replication": replication, "clock": clock}
deadline = time.time() + patience
late = {"kind": "timeout", "error": "no answer within %d s" % patience}
answers = {question["id"]: late for question in questions}


def answer(id, ask, arguments):
    try:
        found = asks[ask](**arguments)
    except Exception as error:  # whatever it is, it is the answer
        found = described(error)
    answers[id] = found


threads = [
    threading.Thread(
        target=answer,
        args=(each["id"], each["ask"], {name: it for name, it in each.items() if name not in ("id", "ask")}),
        daemon=True,
    )
    for each in questions
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(max(0, deadline - time.time()))
print(json.dumps(dict(answers)), flush=True)
os._exit(0)  # without waiting for those that hang
