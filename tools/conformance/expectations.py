"""What an expectations.jsonl says: one line a capture (shape: README.md)."""
import json

NAME_KINDS = ("tls_sni", "quic_sni", "http_host", "h2_authority", "dns_q")


def flow_key(proto, src, sport, dst, dport):
    """Both directions of a conversation are one flow."""
    ends = sorted([(str(src), int(sport or 0)), (str(dst), int(dport or 0))])
    return (proto.lower(), *ends[0], *ends[1])


def plain_name(text):
    """As names are compared: lower case, no port, no dot at the end."""
    text = str(text).strip().lower()
    if text.startswith("["):
        text = text[1:].split("]")[0]
    elif text.count(":") == 1:
        text = text.split(":")[0]
    return text.rstrip(".")


class Expected:
    """One capture: names by flow, and facts that explain differences."""

    def __init__(self, line):
        self.path = line["pcap"]
        self.layers = set(line.get("layers") or [])
        self.tags = set(line.get("tags") or [])
        self.names = {}   # flow key -> {kind: set of names}
        self.ja4 = {}
        self.alpn = {}
        for host in line.get("hosts") or []:
            self._add_host(host)
        for flow in line.get("flows") or []:
            self._add_flow(flow)

    def _add_host(self, host):
        if host["kind"] not in NAME_KINDS or not host.get("l4"):
            return
        # "<root>" and the like are words of the recorder, not names.
        names = {plain_name(v) for v in host["values"]
                 if isinstance(v, str) and plain_name(v) and not v.startswith("<")}
        if names:
            kinds = self.names.setdefault(self._key(host), {})
            kinds.setdefault(host["kind"], set()).update(names)

    def _add_flow(self, flow):
        if flow["l4"] in ("TCP", "UDP") and flow.get("ja4"):
            self.ja4[self._key(flow)] = flow["ja4"]

    @staticmethod
    def _key(row):
        return flow_key(row["l4"], row["src"], row["sport"], row["dst"], row["dport"])


class Expectations:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.captures = [Expected(json.loads(line)) for line in file if line.strip()]

    def __iter__(self):
        return iter(self.captures)
