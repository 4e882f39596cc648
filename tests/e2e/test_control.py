"""The control plane steers a running gateway, and may die at any moment; so may the data plane."""
import pathlib

import pytest
from prometheus_client.parser import text_string_to_metric_families

import clients
from lab.gateway import CONTROL_USER, DATAPLANE_USER
from lab.lab import stop_quietly
from lab.shell import wait_until


def history(lab):
    """All commits, newest first."""
    return lab.gateway.items("policy", "history", "--limit", "1000")


def block_news(directory):
    """Takes `news` out of the ministry's yearly list (the hospital keeps it)."""
    file = directory / "organisations.yaml"
    before, ministry, after = file.read_text().partition("- id: ministry")
    edited = after.replace("        - news\n", "", 1)
    assert edited != after
    file.write_text(before + ministry + edited)


def test_a_commit_changes_verdicts_and_undo_takes_it_back(lab, policy):
    clients.text_of(lab, "ministry", "https://news.example/")
    block_news(policy)
    lab.gateway.commit(policy, "no news today")
    clients.assert_reset(lab, "ministry", "https://news.example/")
    assert clients.assert_page(lab, "ministry", "http://news.example/", 6)[0] == 3001
    clients.text_of(lab, "hospital", "https://news.example/")
    lab.gateway.ctl("policy", "undo", "--reason", "news again")
    lab.gateway.wait_in_force()
    clients.text_of(lab, "ministry", "https://news.example/")


def test_live_flows_follow_a_commit(lab, policy):
    with clients.connect(lab, "ministry", "news.example", 80) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 200"
        block_news(policy)
        lab.gateway.commit(policy, "no news for live flows either")
        def ended():
            try:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n")
                data = connection.recv(65536)
                return data == b"" or b" 403 " in data
            except (ConnectionResetError, BrokenPipeError):
                return True
        wait_until(ended, "the live flow to be stopped")


def test_a_wrong_policy_is_refused_and_changes_nothing(lab, policy):
    head = history(lab)[0]
    (policy / "organisations.yaml").write_text("organisations: [{id: ministry, colour: red}]\n")
    done = lab.gateway.ctl("policy", "commit", policy, "--reason", "typo", check=False)
    assert done.returncode == 6, done.stderr
    assert "organisations.yaml:1:" in done.stderr + done.stdout
    assert history(lab)[0] == head
    clients.text_of(lab, "ministry", "https://news.example/")


def test_forwarding_goes_on_without_sluiced_and_nothing_is_lost(lab, policy):
    block_news(policy)
    lab.gateway.commit(policy, "kept across a crash")
    commits = history(lab)
    stop_quietly(lab, "sluiced")
    wait_until(lambda: not lab.processes.alive("sluiced"), "sluiced to be gone")
    assert lab.gateway.ctl("status", check=False).returncode == 3
    clients.text_of(lab, "ministry", "https://bank.example/")
    clients.assert_reset(lab, "ministry", "https://news.example/")
    lab.gateway.start_control()
    lab.gateway.wait_in_force()
    assert history(lab) == commits
    clients.assert_reset(lab, "ministry", "https://news.example/")


def test_killed_in_the_middle_of_a_commit(lab, policy):
    """Whenever it dies, what is in force afterwards is one of the two policies, whole."""
    block_news(policy)
    for _ in range(5):
        before = history(lab)
        committing = lab.gateway.begin("policy", "commit", policy, "--reason", "dies meanwhile")
        stop_quietly(lab, "sluiced")
        committing.wait(timeout=30)
        wait_until(lambda: not lab.processes.alive("sluiced"), "sluiced to be gone")
        lab.gateway.start_control()
        lab.gateway.wait_in_force()
        after = history(lab)
        assert after[-len(before):] == before or after == before
        if committing.returncode == 0:
            clients.assert_reset(lab, "ministry", "https://news.example/")


def test_a_dead_data_plane_is_told_and_fed_again(lab):
    stop_quietly(lab, "sluice-dataplane")
    def told():
        row = lab.gateway.part("dataplane", "sluice-dataplane")
        return row and not row["ok"]
    wait_until(told, "status to say that the data plane is gone")
    assert lab.gateway.ctl("status", check=False).returncode == 1
    assert lab.curl("ministry", "https://bank.example/", seconds=1).returncode != 0
    lab.gateway.start_dataplane()
    lab.gateway.wait_in_force()
    clients.text_of(lab, "ministry", "https://bank.example/")
    clients.assert_reset(lab, "ministry", "https://casino.example/")


@pytest.mark.parametrize("words, subject", [
    (("whatis", "casino.example"), "casino"), (("catalog", "lookup", "10.10.0.5"), "ministry"),
    (("uplink", "show"), "telco-a-main"), (("policy", "show"), "ministry"),
    (("policy", "history"), "sample"), (("counters",), "forwarded"), (("status",), "sluiced")])
def test_commands_answer_in_both_forms(lab, words, subject):
    table = lab.gateway.ctl(*words, check=False)
    assert subject in table.stdout, table.stdout + table.stderr
    assert subject in str(lab.gateway.items(*words))


def test_packets_are_all_accounted_for(lab):
    """rx = forwarded + dropped + blocked + held, exactly, once the traffic has come to rest."""
    clients.text_of(lab, "ministry", "https://bank.example/")
    clients.assert_reset(lab, "ministry", "https://casino.example/")
    def balance():
        c = lab.gateway.counters()
        worker = c["worker"]
        out = (worker["forwarded"] + worker["held"] + sum(c["dropped"].values())
               + sum(c["blocked"].values()))
        return worker["rx"] > 0 and worker["rx"] == out
    assert balance()
    wait_until(lambda: lab.gateway.counters()["worker"]["held"] == 0, "nothing to be held")
    assert balance()
    row = lab.gateway.part("counters", "balance")
    assert row["ok"], row


def test_processes_have_given_up_what_they_do_not_need(lab):
    """Each its own user, no way back, and a list of system calls (design section 1)."""
    for name, user, part in (("sluiced", CONTROL_USER, ("control", "sluiced")),
                             ("sluice-dataplane", DATAPLANE_USER, ("dataplane", "sluice-dataplane"))):
        told = dict(line.split(":\t", 1) for line in
                    pathlib.Path(f"/proc/{lab.processes.pid(name)}/status").read_text().splitlines()
                    if ":\t" in line)
        uid, gid = user.split(":")
        assert told["Uid"].split() == [uid] * 4, name
        assert told["Gid"].split() == [gid] * 4, name
        assert told["Seccomp"] == "2" and told["NoNewPrivs"] == "1", name
        assert int(told["CapEff"], 16) == 0, name
        detail = lab.gateway.part(*part)["detail"]
        assert f"user {uid}, system calls limited" in detail


def metrics(lab):
    """{(name, labels): value}, read as Prometheus reads them."""
    done = lab.gateway.raw_get("/metrics")
    return {(s.name, tuple(sorted(s.labels.items()))): s.value
            for family in text_string_to_metric_families(done) for s in family.samples}


def test_metrics_count_what_happens_and_name_nobody(lab):
    refused = ("sluice_flows_total", (("reason", "not_granted"), ("verdict", "block")))
    before = metrics(lab)
    assert before[("sluice_dataplane_up", ())] == before[("sluice_bundle_equal", ())] == 1
    clients.assert_reset(lab, "ministry", "https://casino.example/")
    wait_until(lambda: metrics(lab)[refused] > before[refused], "the refused flow to be counted")
    user_rx = ("sluice_port_bytes_total",
               (("dir", "rx"), ("side", "user"), ("wire", "telco-a-main")))
    assert metrics(lab)[user_rx] > before[user_rx]
    text = lab.gateway.raw_get("/metrics")
    assert not any(secret in text for secret in ("casino.example", "ministry", "10.10.0.5"))
