# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates made for a test, and an engine as other machines see it: through TLS."""

import hashlib
import ssl
import subprocess
from pathlib import Path

import boto3
from botocore.config import Config


class Certificate:
    """A certificate that vouches for itself, and its key."""

    def __init__(self, folder, name, *options, common_name=None, names="DNS:localhost,IP:127.0.0.1",
                 key=None):
        self.path = Path(folder) / f"{name}.pem"
        self.key = key or Path(folder) / f"{name}.key"
        if not key:
            subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
                            "ec_paramgen_curve:P-256", "-out", self.key],
                           check=True, capture_output=True)
            self.key.chmod(0o600)
        subprocess.run(["openssl", "req", "-new", "-x509", "-key", self.key, "-out", self.path,
                        "-subj", f"/CN={common_name or name}", "-addext", f"subjectAltName={names}",
                        *(options or ("-days", "30"))], check=True, capture_output=True)

    @property
    def der(self):
        return ssl.PEM_cert_to_DER_cert(self.path.read_text())

    @property
    def pin(self):
        """Of the whole certificate, as openssl's fingerprint has it."""
        digest = hashlib.sha256(self.der).hexdigest().upper()
        return "sha256:" + ":".join(digest[i:i + 2] for i in range(0, 64, 2))

    @property
    def fingerprint(self):
        return self.pin.removeprefix("sha256:")

    @property
    def key_pin(self):
        """Of its public key alone, which a renewed certificate keeps."""
        der = subprocess.run(["openssl", "pkey", "-in", self.key, "-pubout", "-outform", "DER"],
                             check=True, capture_output=True).stdout
        return "sha256:" + hashlib.sha256(der).hexdigest()

    def copy_to(self, other):
        """Takes the place of another certificate's files, as a renewal does."""
        for source, target in ((self.path, other.path), (self.key, other.key)):
            fresh = target.with_suffix(".new")
            fresh.write_bytes(source.read_bytes())
            fresh.chmod(0o600)
            fresh.rename(target)


def write_config(path, certificate=None, listen="127.0.0.1:0", clients="none", names="localhost",
                 pins=None):
    """A configuration file. `pins`: pins by user."""
    lines = ["[server]", f"listen={listen}", f"client-certificates={clients}"]
    lines += [f"names={names}"] if names else []
    if certificate:
        lines += [f"tls-certificate={certificate.path}", f"tls-key={certificate.key}"]
    if pins:
        lines += ["[clients]", *(f"{user}={';'.join(theirs)}" for user, theirs in pins.items())]
    Path(path).write_text("\n".join(lines) + "\n")
    return path


def trusting(ca, client=None):
    """A context of TLS that takes nothing but what `ca` vouches for, and shows `client`'s."""
    context = ssl.create_default_context(cafile=str(ca.path))
    if client:
        context.load_cert_chain(client.path, client.key)
    return context


class Public:
    """The TLS port of an engine, for the tools that take an engine."""

    def __init__(self, engine, ca, client=None, context=None):
        self.engine = engine
        self.ca = ca
        self.client_certificate = client
        self.ssl_context = context or trusting(ca, client)
        self.port = int(engine.public_endpoint_url.rsplit(":", 1)[1])
        self.endpoint_url = f"https://localhost:{self.port}"

    def __getattr__(self, name):
        return getattr(self.engine, name)

    def client(self, service, **options):
        options.setdefault("retries", {"max_attempts": 0})
        certificate = self.client_certificate
        if certificate:
            options["client_cert"] = (str(certificate.path), str(certificate.key))
        return boto3.client(service, endpoint_url=self.endpoint_url, verify=str(self.ca.path),
                            aws_access_key_id=self.access_key_id,
                            aws_secret_access_key=self.secret_access_key, region_name=self.region,
                            config=Config(**options))
