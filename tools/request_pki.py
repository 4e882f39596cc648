#!/usr/bin/python3
"""A PKI for trying signed requests, and the signatures of its organisations (openssl).

  tools/request_pki.py make DIR NAME=IDENTIFIER ...   root, authority, lists, a signer for each NAME
  tools/request_pki.py sign DIR NAME FILE [--detached] [--pem] [--out OUT]
  tools/request_pki.py revoke DIR NAME                the authority's list has the signer from now on

DIR/trust and DIR/crls are what requests.yaml names; the identifier stands in the subject's OU as
BIN<IDENTIFIER>. For tests and trials: its keys lie there unprotected.
"""
import argparse
import pathlib
import subprocess

CONFIG = """
[ca]
default_ca = own
[own]
database = {dir}/{name}.index
crlnumber = {dir}/{name}.crlnumber
default_md = sha256
default_crl_days = 30
unique_subject = no
crl_extensions = list
[list]
authorityKeyIdentifier = keyid:always
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[signer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
"""


def openssl(*argv):
    done = subprocess.run(["openssl", *map(str, argv)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"openssl {argv[0]}: {done.stderr.strip()}")


class Pki:
    """The files of one PKI under a directory."""

    def __init__(self, directory):
        self.dir = pathlib.Path(directory)

    def path(self, name):
        return self.dir / name

    def issue(self, name, subject, kind, issuer):
        """A key and a certificate by `issuer`; itself when it is its own."""
        key, request, cert = (self.path(f"{name}.{end}") for end in ("key", "csr", "crt"))
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", key, "-out", request, "-subj", subject)
        by = (["-signkey", key] if issuer == name else
              ["-CA", self.path(f"{issuer}.crt"), "-CAkey", self.path(f"{issuer}.key"),
               "-CAcreateserial"])
        openssl("x509", "-req", "-in", request, *by, "-days", "365", "-sha256", "-out", cert,
                "-extfile", self.config(issuer), "-extensions", kind)

    def config(self, name):
        """The configuration of openssl for an authority."""
        file = self.path(f"{name}.cnf")
        file.write_text(CONFIG.format(dir=self.dir, name=name), encoding="ascii")
        return file

    def write_list(self, name):
        """The authority's revocation list, put where sluiced reads it: whole or not at all."""
        new = self.path(f"{name}.crl.new")
        openssl("ca", "-gencrl", "-config", self.config(name), "-cert", self.path(f"{name}.crt"),
                "-keyfile", self.path(f"{name}.key"), "-out", new)
        new.rename(self.path(f"crls/{name}.crl"))

    def make(self, signers):
        """All of it."""
        for part in ("trust", "crls"):
            self.path(part).mkdir(parents=True, exist_ok=True)
        self.issue("root", "/CN=Trial root", "authority", "root")
        self.issue("authority", "/CN=Trial authority", "authority", "root")
        self.path("trust/root.pem").write_bytes(self.path("root.crt").read_bytes())
        for name in ("root", "authority"):
            self.path(f"{name}.index").touch()
            self.path(f"{name}.crlnumber").write_text("01\n", encoding="ascii")
            self.write_list(name)
        for name, identifier in signers.items():
            self.issue(name, f"/CN={name}/OU=BIN{identifier}", "signer", "authority")

    def sign(self, name, file, out, detached=False, pem=False):
        """A CMS message of the signer over the file."""
        openssl("cms", "-sign", "-binary", "-in", file, "-signer", self.path(f"{name}.crt"), "-inkey",
                self.path(f"{name}.key"), "-certfile", self.path("authority.crt"), "-md", "sha256",
                "-outform", "PEM" if pem else "DER", "-out", out,
                *([] if detached else ["-nodetach"]))

    def revoke(self, name):
        """The signer's certificate no longer counts."""
        openssl("ca", "-revoke", self.path(f"{name}.crt"), "-config", self.config("authority"),
                "-cert", self.path("authority.crt"), "-keyfile", self.path("authority.key"))
        self.write_list("authority")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    make = verbs.add_parser("make")
    make.add_argument("dir")
    make.add_argument("signers", nargs="+", metavar="NAME=IDENTIFIER")
    sign = verbs.add_parser("sign")
    for word in ("dir", "name", "file"):
        sign.add_argument(word)
    sign.add_argument("--detached", action="store_true")
    sign.add_argument("--pem", action="store_true")
    sign.add_argument("--out", help="FILE.p7s (detached) or FILE.p7m unless given")
    revoke = verbs.add_parser("revoke")
    revoke.add_argument("dir")
    revoke.add_argument("name")
    args = parser.parse_args()
    pki = Pki(args.dir)
    if args.verb == "make":
        pki.make(dict(s.split("=", 1) for s in args.signers))
    elif args.verb == "sign":
        out = args.out or args.file + (".p7s" if args.detached else ".p7m")
        pki.sign(args.name, args.file, out, args.detached, args.pem)
    else:
        pki.revoke(args.name)


if __name__ == "__main__":
    main()
