# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests that boto3 would not send, signed by botocore's own signer, and what clients see of an
answer."""

import http.client
import json
import socket
import urllib.parse

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

JSON_1_1 = "application/x-amz-json-1.1"
TARGETS = {"sagemaker": "SageMaker", "logs": "Logs_20140328"}


class Answer:
    """An HTTP answer with the AWS error in it, if it is one."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()
        try:
            self.json = json.loads(self.text) if self.text else None
        except ValueError:
            self.json = None

    @property
    def code(self):
        return self.json.get("__type") if self.json else None

    @property
    def message(self):
        return self.json.get("Message", self.json.get("message")) if self.json else None


class SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def signed_headers(engine, body, headers, service="sagemaker", path="/", **credentials):
    """The headers of a POST with botocore's signature over them and the body."""
    request = AWSRequest("POST", engine.endpoint_url + path, headers=headers, data=body)
    keys = Credentials(credentials.get("key", engine.access_key_id),
                       credentials.get("secret", engine.secret_access_key))
    SigV4Auth(keys, service, engine.region).add_auth(request)

    return dict(request.headers.items())


def send(engine, body, headers, path="/", method="POST"):
    """Sends bytes as they are."""
    address = urllib.parse.urlsplit(engine.endpoint_url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    try:
        connection.request(method, path, body=body, headers=headers)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def call(engine, operation, body, service="sagemaker", target=None, **credentials):
    """A signed call whose body is bytes, text or something to make JSON of."""
    if not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    body = body.encode() if isinstance(body, str) else body
    headers = {"Content-Type": JSON_1_1,
               "X-Amz-Target": target or f"{TARGETS[service]}.{operation}"}

    return send(engine, body, signed_headers(engine, body, headers, service, **credentials))


def refusal(function, **arguments):
    """Code and message of the error that a boto3 call must end in."""
    with pytest.raises(ClientError) as caught:
        function(**arguments)
    error = caught.value.response["Error"]

    return error["Code"], error["Message"]
