#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes sigv4-vectors.json: requests as botocore signs and sends them, at a fixed time.

Usage: make-sigv4-vectors.py > sigv4-vectors.json
"""

import datetime
import hashlib
import json
import sys
from unittest import mock
from urllib.parse import urlsplit

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEYS = Credentials('AKIDEXAMPLE', 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY')
NOW = 1440938160  # 2015-08-30T12:36:00Z, the time of AWS's own test suite
HOST = 'http://127.0.0.1:5577'
JSON = {'Content-Type': 'application/x-amz-json-1.1'}

# Name, signer, service, method, URL, headers, body.
CASES = [
    ('json-empty', 'v4', 'sagemaker', 'POST', '/',
     {**JSON, 'X-Amz-Target': 'SageMaker.ListTrainingJobs'}, b'{}'),
    ('json-utf8', 'v4', 'sagemaker', 'POST', '/',
     {**JSON, 'X-Amz-Target': 'SageMaker.AddTags'}, '{"Tags":[{"Key":"ü"}]}'.encode()),
    ('json-prefix', 'v4', 'sagemaker', 'POST', '/aws/v1/', {**JSON, 'X-Amz-Target': 'X.Y'}, b'{}'),
    ('logs', 'v4', 'logs', 'POST', '/', {**JSON, 'X-Amz-Target': 'Logs_20140328.GetLogEvents'},
     b'{}'),
    ('form', 'v4', 'sts', 'POST', '/',
     {'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8'},
     b'Action=GetCallerIdentity&Version=2011-06-15'),
    ('runtime', 'v4', 'sagemaker', 'POST', '/endpoints/my-endpoint/invocations',
     {'Content-Type': 'text/csv', 'X-Amzn-SageMaker-Custom-Attributes': ' a   b ',
      'Accept': 'application/json'}, b'1,2,3\n'),
    ('path-encoded', 'v4', 'sagemaker', 'GET', '/FeatureGroup/a%20b%2Fc', {}, b''),
    ('path-dots', 'v4', 'sagemaker', 'GET', '/a/./b/../c//d/', {}, b''),
    ('path-only-dots', 'v4', 'sagemaker', 'GET', '/..', {}, b''),
    ('path-unreserved', 'v4', 'sagemaker', 'GET', '/-._~0AZaz', {}, b''),
    ('query-order', 'v4', 'sagemaker', 'GET', '/?b=2&a=2&a=1&A=3', {}, b''),
    ('query-encoded', 'v4', 'sagemaker', 'GET', '/?FeatureName=a%20b&FeatureName=%C3%BC%2F', {}, b''),
    ('query-valueless', 'v4', 'sagemaker', 'GET', '/?delete', {}, b''),
    ('header-spaces', 'v4', 'sagemaker', 'GET', '/', {'My-Header': '  a   b\t c  '}, b''),
    ('s3-get', 's3', 's3', 'GET', '/bucket/key', {}, b''),
    ('s3-odd-key', 's3', 's3', 'GET', '/bucket/a%20b/../%C3%BC//~%2B.%2E', {}, b''),
    ('s3-list', 's3', 's3', 'GET', '/bucket?list-type=2&prefix=a%2Fb&delimiter=%2F&marker=', {}, b''),
    ('s3-delete-many', 's3', 's3', 'POST', '/bucket?delete', {'Content-MD5': 'x'}, b'<Delete/>'),
    ('s3-put', 's3', 's3', 'PUT', '/bucket/key', {'x-amz-meta-a': 'b', 'Expect': '100-continue'},
     b'hello'),
    ('s3-trailer', 's3', 's3', 'PUT', '/bucket/key',
     {'X-Amz-Content-SHA256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'Content-Encoding': 'aws-chunked', 'X-Amz-Trailer': 'x-amz-checksum-crc32',
      'X-Amz-Decoded-Content-Length': '5', 'Transfer-Encoding': 'chunked'}, b''),
    ('presigned-get', 's3-query', 's3', 'GET', '/bucket/a%20key', {}, b''),
    ('presigned-put', 's3-query', 's3', 'PUT', '/bucket/key', {'x-amz-meta-a': 'b'}, b''),
    ('presigned-query', 's3-query', 's3', 'GET', '/bucket/key?response-content-type=text%2Fcsv', {},
     b''),
    ('presigned-sts', 'v4-query', 'sts', 'GET', '/?Action=GetCallerIdentity&Version=2011-06-15', {},
     b''),
    ('v2-get', 'v2-query', 's3', 'GET', '/bucket/a%20key', {}, b''),
    ('v2-subresource', 'v2-query', 's3', 'GET', '/bucket/key?versionId=7&response-content-type=a%2Fb&x=1',
     {}, b''),
    ('v2-put', 'v2-query', 's3', 'PUT', '/bucket/key',
     {'Content-Type': 'text/csv', 'x-amz-meta-a': 'b'}, b''),
]

SIGNERS = {
    'v4': lambda service: botocore.auth.SigV4Auth(KEYS, service, 'us-east-1'),
    's3': lambda service: botocore.auth.S3SigV4Auth(KEYS, service, 'us-east-1'),
    'v4-query': lambda service: botocore.auth.SigV4QueryAuth(KEYS, service, 'us-east-1', 3600),
    's3-query': lambda service: botocore.auth.S3SigV4QueryAuth(KEYS, service, 'us-east-1', 3600),
    'v2-query': lambda service: botocore.auth.HmacV1QueryAuth(KEYS, 3600),
}


class Clock(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return datetime.datetime(2015, 8, 30, 12, 36)

    @classmethod
    def now(cls, tz=None):
        return datetime.datetime(2015, 8, 30, 12, 36, tzinfo=tz)


def vector(name, signer, service, method, url, headers, body):
    request = AWSRequest(method=method, url=HOST + url, headers=headers, data=body or None)
    with mock.patch('botocore.auth.datetime.datetime', Clock), \
            mock.patch('botocore.auth.time.time', lambda: NOW):
        SIGNERS[signer](service).add_auth(request)
    parts = urlsplit(request.url)
    sent = [('Host', parts.netloc)] + [
        (key, value) for key, value in request.headers.items()
        # botocore moves these into the query of a version 2 URL.
        if not (signer == 'v2-query' and (key.lower().startswith('x-amz-')
                                          or key.lower() in ('content-type', 'date')))]
    return {
        'name': name, 'service': service, 'method': method, 'path': parts.path,
        'query': parts.query, 'headers': [text for pair in sent for text in pair],
        'body_sha256': hashlib.sha256(body).hexdigest(),
    }


def main():
    print(json.dumps({'now': NOW, 'secret': KEYS.secret_key,
                      'vectors': [vector(*case) for case in CASES]},
                     indent=1, ensure_ascii=True))
    return 0


if __name__ == '__main__':
    sys.exit(main())
