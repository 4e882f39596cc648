"""Notices reach people: a real Postfix and a real HTTPS server, and the deadline that waits for the
operator to have its notice (G13)."""
import email
import email.policy
import hashlib
import hmac
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import sys

import pytest

from lab import origins
from lab.gateway import CONTROL_USER
from lab.shell import accepts, run, wait_until, write

OPERATOR = "telco-a"
KEY = "a key of sixteen bytes and more"
# Programs of one Postfix that only takes mail and puts it into mailboxes.
SERVICES = """
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
postlog unix-dgram n - n - 1 postlogd
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def certificate(lab, directory):
    """Of 127.0.0.1, by the lab's CA."""
    certs = lab.plan.state / "certs"
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "30", "-CA", origins.ca_file(lab.plan), "-CAkey", certs / "lab-ca.key", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext",
         "basicConstraints=critical,CA:FALSE", "-keyout", directory / "key.pem", "-out",
         directory / "cert.pem"])


class Postfix:
    def __init__(self, lab, directory):
        self.lab, self.dir, self.port = lab, directory, free_port()
        self.mailbox = directory / "mail/inbox"
        owner = pwd.getpwnam("postfix")
        for name in ("queue", "data", "mail", "conf"):
            (directory / name).mkdir()
        for name in ("data", "mail"):
            os.chown(directory / name, owner.pw_uid, owner.pw_gid)
        certificate(lab, directory)
        write(directory / "conf/main.cf", f"""
compatibility_level = 3.6
queue_directory = {directory}/queue
data_directory = {directory}/data
mail_owner = postfix
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination =
virtual_mailbox_domains = telco-a.example, gateway.example
virtual_mailbox_base = {directory}/mail
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:{owner.pw_uid}
virtual_gid_maps = static:{owner.pw_gid}
smtpd_tls_security_level = may
smtpd_tls_chain_files = {directory}/key.pem, {directory}/cert.pem
smtpd_recipient_restrictions = reject_unauth_destination
maillog_file = {directory}/log
maillog_file_prefixes = {directory}
""")
        write(directory / "conf/master.cf", SERVICES.format(port=f"127.0.0.1:{self.port}"))

    def start(self):
        # What `postfix start-fg` does, but for the shell between: it would not pass on how it is ended.
        run(["postfix", "-c", self.dir / "conf", "check"])
        daemons = run(["postconf", "-c", self.dir / "conf", "-h", "daemon_directory"]).stdout.strip()
        self.lab.processes.start("postfix", [f"{daemons}/master", "-c", self.dir / "conf", "-d"],
                                 new_log=True)
        wait_until(lambda: accepts(None, "127.0.0.1", self.port), "Postfix to listen", 20)

    def stop(self):
        self.lab.processes.stop("postfix")
        wait_until(lambda: not accepts(None, "127.0.0.1", self.port), "Postfix to end", 20)

    def mails_of(self, case, least=1):
        """Those about a case, once so many are in the mailbox: Postfix has taken them before."""
        def found():
            return [m for m in self._mails() if case in m["Subject"]]
        wait_until(lambda: len(found()) >= least, f"mail about {case}", 20)
        return found()

    def _mails(self):
        return [email.message_from_bytes(f.read_bytes(), policy=email.policy.default)
                for f in sorted((self.mailbox / "new").glob("*"))]


HOOK = """
import http.server, json, pathlib, socketserver, ssl, sys
port, directory = int(sys.argv[1]), pathlib.Path(sys.argv[2])
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = int((directory / "answer").read_text())
        with open(directory / "got", "a") as got:
            got.write(json.dumps([answer, dict(self.headers), body.decode()]) + "\\n")
        self.send_response(answer)
        self.end_headers()
    def log_message(self, *_):
        pass
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
server = Server(("127.0.0.1", port), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(directory / "cert.pem", directory / "key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True,
                                     do_handshake_on_connect=False)
server.serve_forever()
"""


class Hook:
    """An HTTPS server that answers as it is told."""

    def __init__(self, lab, directory):
        self.lab, self.dir, self.port = lab, directory, free_port()
        directory.mkdir()
        certificate(lab, directory)
        self.answers(204)
        program = write(directory / "hook.py", HOOK)
        lab.processes.start("hook", [sys.executable, program, self.port, directory], new_log=True)
        wait_until(lambda: accepts(None, "127.0.0.1", self.port), "the webhook's server")

    def answers(self, status):
        write(self.dir / "answer", str(status))

    def got(self):
        file = self.dir / "got"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def stop(self):
        self.lab.processes.stop("hook")


@pytest.fixture(name="post")
def fixture_post(lab, tmp_path):
    """Postfix for one operator, a hook for the other; sluiced sends by them."""
    if not shutil.which("postfix"):
        pytest.skip("Postfix is not installed: tools/install-packages")
    tmp_path.chmod(0o755)
    pathlib.Path(tmp_path).parent.chmod(0o755)
    pathlib.Path(tmp_path).parent.parent.chmod(0o755)
    (tmp_path / "postfix").mkdir()
    postfix, hook = Postfix(lab, tmp_path / "postfix"), Hook(lab, tmp_path / "hook")
    postfix.start()
    key = write(tmp_path / "webhook.key", KEY + "\n")
    key.chmod(0o400)
    os.chown(key, *map(int, CONTROL_USER.split(":")))
    lab.gateway.notices = write(tmp_path / "notices.yaml", f"""
from: sluice@gateway.example
smtp:
  url: smtp://127.0.0.1:{postfix.port}
  ca_file: {origins.ca_file(lab.plan)}
  tls: required
webhook_key_file: {key}
webhook_ca_file: {origins.ca_file(lab.plan)}
addressees:
  - {{to: operator, recipient: {OPERATOR}, mail: [noc@telco-a.example]}}
  - {{to: operator, recipient: telco-b, webhook: "https://127.0.0.1:{hook.port}/notices"}}
  - {{to: service, mail: [security@gateway.example]}}
  - {{to: user, mail: [users@gateway.example]}}
""")
    restart(lab)
    yield postfix, hook
    lab.gateway.notices = None
    restart(lab)
    postfix.stop()
    hook.stop()


def restart(lab, *options, how=signal.SIGTERM):
    lab.processes.stop("sluiced", how)
    lab.gateway.control_options = ["--clock", "any", *options]
    lab.gateway.start_control()
    lab.gateway.wait_in_force()


def notices(lab, case):
    return [n for n in lab.gateway.items("notice", "list", "--limit", "1000") if n["case"] == case]


def strange_case(lab, operator=OPERATOR):
    """A case of an address nobody knows, as staff would open it."""
    done = lab.gateway.ctl("-o", "json", "case", "open", "unknown-source", "seen", "--field",
                           f"operator={operator}", "--field", "addresses=192.0.2.77/32",
                           "--reason", "e2e")
    return json.loads(done.stdout)["items"][0]["id"]


def state(lab, case):
    return lab.gateway.items("case", "show", case)[0]["state"]


def dismiss(lab, case):
    lab.gateway.ctl("case", "event", case, "dismiss", "--reason", "end of a test")


def test_an_operator_has_its_notice_in_three_languages_and_its_days_begin(lab, post):
    postfix, _ = post
    case = strange_case(lab)
    wait_until(lambda: state(lab, case) == "notified", "the operator to have its notice", 20)
    [mail] = postfix.mails_of(case)
    assert mail["From"] == "sluice@gateway.example" and mail["To"] == "noc@telco-a.example"
    assert mail["Message-ID"].startswith(f"<{case}.")
    text = mail.get_content()
    assert "192.0.2.77" in text
    for words in ("бес жұмыс күні", "пяти рабочих дней", "five working days"):
        assert words in text
    [notice] = [n for n in notices(lab, case) if n["notice"] == "list"]
    assert notice["state"] == "delivered" and notice["tries"] == 1
    dismiss(lab, case)


def test_a_mail_server_that_is_down_begins_no_deadline_and_status_says_so(lab, post):
    postfix, _ = post
    postfix.stop()
    case = strange_case(lab)
    wait_until(lambda: notices(lab, case)[0]["tries"] >= 1, "a try", 20)
    [notice] = notices(lab, case)
    assert notice["state"] == "pending" and "127.0.0.1" in notice["trouble"]
    assert state(lab, case) == "seen"
    wait_until(lambda: "is not delivered" in lab.gateway.ctl("status", check=False).stdout,
               "status to say so", 10)
    postfix.start()
    lab.gateway.ctl("notice", "retry", notice["id"], "--reason", "the server is back")
    wait_until(lambda: state(lab, case) == "notified", "the operator to have its notice", 20)
    assert len(postfix.mails_of(case)) == 1
    dismiss(lab, case)


def test_a_kill_loses_no_notice(lab, post):
    postfix, _ = post
    cases = []
    for _ in range(3):
        cases.append(strange_case(lab))
        restart(lab, how=signal.SIGKILL)
        wait_until(lambda: state(lab, cases[-1]) == "notified", "its notice", 20)
        dismiss(lab, cases[-1])
    for case in cases:
        ids = {m["Message-ID"] for m in postfix.mails_of(f"{case}: list")}
        assert len(ids) == 1  # perhaps twice, and then under the same id


def test_a_webhook_is_signed_and_tried_until_it_is_taken(lab, post):
    _, hook = post
    hook.answers(503)
    case = strange_case(lab, "telco-b")
    wait_until(lambda: notices(lab, case)[0]["tries"] >= 1, "a try", 20)
    [notice] = notices(lab, case)
    assert notice["state"] == "pending" and "HTTP status 503" in notice["trouble"]
    assert state(lab, case) == "seen"
    hook.answers(204)
    lab.gateway.ctl("notice", "retry", notice["id"], "--reason", "it answers again")
    wait_until(lambda: state(lab, case) == "notified", "the operator to have its notice", 20)
    tries = [row for row in hook.got() if json.loads(row[2])["case"] == case]
    assert [row[0] for row in tries] == [503] * (len(tries) - 1) + [204]
    _, headers, body = tries[-1]
    digest = hmac.new(KEY.encode(), body.encode(), hashlib.sha256).hexdigest()
    assert headers["X-Sluice-Signature"] == "sha256=" + digest
    document = json.loads(body)
    assert headers["X-Sluice-Message-Id"] == document["id"] == json.loads(tries[0][2])["id"]
    assert "192.0.2.77" in document["en"] and document["recipient"] == "telco-b"
    dismiss(lab, case)
