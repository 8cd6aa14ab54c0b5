# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever stands in any one member, header or parameter of any operation: it is answered, and nothing
ends by it."""

import json

import botocore.session
import pytest

from clients import ROLE, SKLEARN, XGBOOST, wait_for_job
from operations import OPERATIONS, PREFIXES
from raw import Connection, assert_alive, request_bytes
from test_endpoints import Deployer, train
from wire import JSON_1_1

TEXTS = ["", " ", "/", "?", ",", "-", "-1", "bytes=-", "9" * 40, "x" * 5000, "\xff\xfe", "%00", "%", "../..", '"']

HEADERS = [
    "Content-MD5", "Content-Type", "Content-Encoding", "Content-Disposition", "Cache-Control", "Expires", "Expect",
    "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Range", "x-amz-acl",
    "x-amz-bucket-object-lock-enabled", "x-amz-checksum-algorithm", "x-amz-checksum-crc32", "x-amz-checksum-crc64nvme",
    "x-amz-checksum-mode", "x-amz-checksum-sha256", "x-amz-checksum-type", "x-amz-copy-source",
    "x-amz-copy-source-if-match", "x-amz-copy-source-if-modified-since", "x-amz-copy-source-range",
    "x-amz-decoded-content-length", "x-amz-expected-bucket-owner", "x-amz-meta-", "x-amz-meta-a",
    "x-amz-metadata-directive", "x-amz-mp-object-size", "x-amz-security-token", "x-amz-server-side-encryption",
    "x-amz-storage-class", "x-amz-tagging", "x-amz-trailer",
]

PARAMETERS = [
    "acl", "continuation-token", "delete", "delimiter", "encoding-type", "fetch-owner", "key-marker", "list-type",
    "location", "marker", "max-keys", "max-parts", "max-uploads", "part-number-marker", "partNumber", "prefix",
    "response-content-type", "response-expires", "start-after", "tagging", "upload-id-marker", "uploadId", "uploads",
    "versionId", "versioning", "x-id",
]

# Method, target and headers of one good request each.
COPY = [("x-amz-copy-source", "{bucket}/there")]
REQUESTS = {
    "ListBuckets": ("GET", "/", []), "ListObjects": ("GET", "/{bucket}", []), "CreateBucket": ("PUT", "/{bucket}", []),
    "ListObjectsV2": ("GET", "/{bucket}?list-type=2", []), "ListUploads": ("GET", "/{bucket}?uploads=", []),
    "HeadBucket": ("HEAD", "/{bucket}", []), "DeleteObjects": ("POST", "/{bucket}?delete=", []),
    "GetObject": ("GET", "/{bucket}/there", []), "HeadObject": ("HEAD", "/{bucket}/there", []),
    "PutObject": ("PUT", "/{bucket}/new", []), "CopyObject": ("PUT", "/{bucket}/new", COPY),
    "UploadPart": ("PUT", "/{bucket}/part?partNumber=1&uploadId={upload}", []),
    "UploadPartCopy": ("PUT", "/{bucket}/part?partNumber=1&uploadId={upload}", COPY),
    "ListParts": ("GET", "/{bucket}/part?uploadId={upload}", []),
    "CompleteUpload": ("POST", "/{bucket}/part?uploadId={upload}", []),
    "CreateUpload": ("POST", "/{bucket}/other?uploads=", []), "DeleteObject": ("DELETE", "/{bucket}/none", []),
}


@pytest.fixture(scope="module")
def swept(engine_factory):
    """An engine of this file's own, for some of what is asked for is done. It has one of each kind."""
    engine = engine_factory()
    s3, sagemaker = engine.client("s3"), engine.client("sagemaker")
    s3.create_bucket(Bucket="swept")
    s3.put_object(Bucket="swept", Key="key", Body=b"no archive")
    command = ["/bin/sh", "-c", "echo line"]
    sagemaker.create_processing_job(
        ProcessingJobName="swept", RoleArn=ROLE,
        AppSpecification={"ImageUri": SKLEARN, "ContainerEntrypoint": command},
        ProcessingResources={"ClusterConfig": {
            "InstanceCount": 1, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}})
    sagemaker.create_training_job(
        TrainingJobName="swept", RoleArn=ROLE, OutputDataConfig={"S3OutputPath": "s3://swept/m"},
        AlgorithmSpecification={"TrainingImage": SKLEARN, "TrainingInputMode": "File", "ContainerEntrypoint": command},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60})
    sagemaker.create_model(ModelName="swept", ExecutionRoleArn=ROLE, PrimaryContainer={
        "Image": XGBOOST, "ModelDataUrl": "s3://swept/key"})
    sagemaker.create_endpoint_config(EndpointConfigName="swept", ProductionVariants=[{
        "VariantName": "A", "ModelName": "swept", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}])
    sagemaker.create_endpoint(EndpointName="swept", EndpointConfigName="swept")
    sagemaker.create_model_package_group(ModelPackageGroupName="swept")
    package = sagemaker.create_model_package(ModelPackageGroupName="swept")["ModelPackageArn"]
    sagemaker.create_pipeline(PipelineName="swept", RoleArn=ROLE, PipelineDefinition=PIPELINE)
    execution = sagemaker.start_pipeline_execution(PipelineName="swept")["PipelineExecutionArn"]
    wait_for_job(sagemaker, "processing", "swept")
    wait_for_job(sagemaker, "training", "swept")
    stream = engine.client("logs").describe_log_streams(logGroupName=LOG_GROUP)["logStreams"][0]["logStreamName"]
    engine.there = {"ModelPackageArn": package, "ModelPackageName": package, "PipelineExecutionArn": execution,
                    "logStreamName": stream, "logGroupName": LOG_GROUP, "ResourceArn": package.rsplit("/", 1)[0].replace(
                        "model-package/", "model-package-group/"), "PipelineDefinition": PIPELINE}
    return engine


LOG_GROUP = "/aws/sagemaker/ProcessingJobs"
PIPELINE = json.dumps({"Version": "2020-12-01", "Steps": [
    {"Name": "F", "Type": "Fail", "Arguments": {"ErrorMessage": "m"}}]})


class Asker:
    """Sends one request after the other over a local socket, on one connection while that is kept."""

    def __init__(self, engine, path=None):
        self.engine, self.path, self.connection = engine, path or engine.socket, None

    def ask(self, method, target, headers, body=b""):
        if self.connection is None:
            self.connection = Connection(self.engine, self.path, seconds=30)
        self.connection.send(request_bytes(method, target, [("Host", "localhost"), *headers,
                                                             ("Content-Length", len(body))], body))
        while (reply := self.connection.reply(head=method == "HEAD")) is not None and reply.status == 100:
            pass
        if reply is None or reply.headers.get("connection", "").lower() == "close":
            self.connection.socket.close()
            self.connection = None
        return reply


@pytest.mark.parametrize("operation", REQUESTS)
def test_objects(swept, operation):
    method, target, headers = REQUESTS[operation]
    s3, bucket = swept.client("s3"), "swept"
    s3.put_object(Bucket=bucket, Key="there", Body=b"x" * 10)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="part")["UploadId"]
    target = target.format(bucket=bucket, upload=upload)
    headers = [(name, value.format(bucket=bucket)) for name, value in headers]
    asker, failed = Asker(swept), []

    def ask(what, target, headers):
        reply = asker.ask(method, target, headers)
        if reply is None or reply.status >= 500 and reply.status != 501:
            failed.append((what, reply and (reply.status, reply.body)))

    for name in HEADERS:
        others = [pair for pair in headers if pair[0] != name]
        for text in TEXTS:
            ask((name, text), target, [*others, (name, text)])
    for name in PARAMETERS:
        for text in ("", "%20", "%2F", "%22", "0", "-1", "9" * 40, "x" * 5000, "%00", "%FF", "%", "..", "%0D%0A"):
            path, _, rest = target.partition("?")
            ask((name, text), path + "?" + "&".join(sorted(filter(None, [rest, f"{name}={text}"]))), headers)
    assert failed == []
    assert_alive(swept)


# --- members of operations in JSON ---

MODELS = {name: botocore.session.get_session().get_service_model(name) for name in PREFIXES}

ODD = {
    "string": ["", " ", "/", ":", "s3://", "s3:///", "arn:aws:sagemaker:us-east-1:000000000000:",
               "arn:aws:sagemaker:us-east-1:000000000000:x/", "\x7f", "..", "x" * 3000, 1, {}],
    "integer": [0, -1, 2 ** 31 - 1, 2 ** 63 - 1, "", True, 1.5],
    "double": [0, -1, 1e308, -1e308, 5e-324, "", []],
    "boolean": ["", 0, []],
    "timestamp": [0, -1e11, 253402300799, 1e308, "", []],
    "list": [[], [None], [[]], [{}], ["x"] * 300, "", {}],
    "map": [{}, {"": ""}, {" ": None}, {"x": {}}, {str(i): "x" for i in range(300)}, "", []],
    "structure": [{}, [], "", {"x": 1}],
}
ODD["long"], ODD["float"] = ODD["integer"], ODD["double"]


def sample_text(name, shape, there):
    if name in there or shape.enum:
        return there.get(name) or shape.enum[0]
    for ending, text in (("RoleArn", ROLE), ("Arn", "arn:aws:sagemaker:us-east-1:000000000000:model/swept"),
                         ("Image", XGBOOST), ("Uri", "s3://swept/key"), ("Url", "s3://swept/key"),
                         ("Path", "s3://swept/key"), ("Token", "t" * 40)):
        if name.endswith(ending):
            return text
    return "swept"


def sample(name, shape, there):
    """Something that the model lets pass, with what must be there and no more."""
    kind = shape.type_name
    if kind == "structure":
        return {member: sample(member, shape.members[member], there) for member in shape.required_members}
    if kind == "list":
        return [sample(name, shape.member, there)]
    if kind == "map":
        return {"k": sample(name, shape.value, there)}
    if kind == "string":
        return sample_text(name, shape, there)
    return {"boolean": False, "timestamp": 1700000000}.get(kind, max(1, shape.metadata.get("min", 1)))


def variations(name, shape, there, depth=0):
    """Values for one member, each odd in one place."""
    yield from ODD.get(shape.type_name, [])
    if depth > 4:
        return
    if shape.type_name == "structure":
        for member, inner in shape.members.items():
            for value in variations(member, inner, there, depth + 1):
                yield {**sample(name, shape, there), member: value}
    elif shape.type_name == "list":
        for value in variations(name, shape.member, there, depth + 1):
            yield [value]
    elif shape.type_name == "map":
        for value in variations(name, shape.value, there, depth + 1):
            yield {"k": value}


@pytest.mark.parametrize("service, operation", [pair[:2] for pair in OPERATIONS])
def test_members(swept, service, operation):
    asker, failed = Asker(swept), []
    if operation not in MODELS[service].operation_names:
        pytest.skip("newer than the client")
    shape = MODELS[service].operation_model(operation).input_shape
    headers = [("Content-Type", JSON_1_1), ("X-Amz-Target", PREFIXES[service] + operation)]
    for body in variations(operation, shape, swept.there) if shape else [{}]:
        reply = asker.ask("POST", "/", headers, json.dumps(body).encode())
        if reply is None or reply.status not in (200, 400):
            failed.append((body, reply and (reply.status, reply.body)))
    assert failed == []
    assert_alive(swept)


FORMS = [b"", b"=", b"&&&", b"Action", b"Action=", b"Action=GetRole", b"Action=GetRole&RoleName=",
         b"Action=GetRole&Action=GetCallerIdentity", b"Action=GetRole&RoleName=%00", b"Action=GetRole&RoleName=%ff",
         b"Action=GetRole&RoleName=%", b"Action=GetRole&RoleName=" + b"x" * 70000, b"Action=%47etRole&RoleName=..",
         b"Action=Nothing&Version=2010-05-08", b"\0", b"\xff", b"Version=2011-06-15", b"a=b&" * 20000,
         b"Action=GetRole&RoleName=SagebrushExecution\0x", b"Action=GetCallerIdentity&Version=1&Version=2"]


@pytest.mark.parametrize("number", range(len(FORMS)))
def test_forms(swept, number):
    reply = Asker(swept).ask("POST", "/", [("Content-Type", "application/x-www-form-urlencoded")], FORMS[number])
    assert 400 <= reply.status < 500, reply.body
    assert_alive(swept)


# --- paths of our own, and those of a Jupyter server ---

OTHER = {
    "POST /sagebrush/v1/login": {"User": "u", "Password": "p" * 12, "DurationSeconds": 900},
    "POST /sagebrush/v1/setup": {"Token": "t", "Name": "n", "Password": "p" * 12},
    "POST /sagebrush/v1/users": {"Name": "n", "Role": "viewer", "Password": "p" * 12},
    "PUT /sagebrush/v1/users/n/role": {"Role": "viewer"},
    "PUT /sagebrush/v1/users/n/password": {"Password": "p" * 12},
    "PUT /sagebrush/v1/password": {"OldPassword": "o" * 12, "Password": "p" * 12},
    "POST /sagebrush/v1/users/n/keys": {},
    "PUT /sagebrush/v1/kernels/none/keep": {"Seq": 1},
    "POST /api/kernels": {"name": "none", "path": "x", "env": {"KERNEL_ID": "x"}},
    "POST /api/kernels/none/interrupt": {}, "POST /api/kernels/none/restart": {},
    "POST /api/sessions": {"path": "x", "type": "notebook", "name": "n", "kernel": {"name": "none", "id": "none"}},
    "PATCH /api/sessions/none": {"path": "x", "name": "n", "type": "t", "kernel": {"name": "none", "id": "none"}},
}
WORDS = ["", " ", "/", "..", "\x7f", "x" * 5000, 1, -1, 2 ** 63 - 1, 1.5, True, None, [], [None], {}, {"x": {}}]
BODIES = [b"", b"{", b"[]", b"null", b"1", b'""', b"\xff", b"\0", b'{"a":1,"a":2}', b"[" * 5000]
QUERIES = ["", "&&", "=", "a", "%00", "%ff", "%", "after=", "after=-1", "after=" + "9" * 40, "session_id=", "since=",
           "since=-1", "since=" + "9" * 40, "since=x", "at=", "at=" + "9" * 40, "project=", "project=%2Fetc",
           "project=..", "permissions=", "permissions=%7B", "permissions=%5B%5D", "permissions=%7B%22a%22%3A1%7D"]
PATHS = ["/sagebrush/v1/users", "/sagebrush/v1/users/", "/sagebrush/v1/users/%00", "/sagebrush/v1/users/a%2Fb",
         "/sagebrush/v1/users/n/keys/", "/sagebrush/v1/users/n/keys/x/y", "/sagebrush/v1/kernels/",
         "/sagebrush/v1/kernels//journal", "/sagebrush/v1/kernels/../journal", "/sagebrush/v1/kernels/none/journal",
         "/sagebrush/v1/events", "/sagebrush/v1/login", "/sagebrush/v1/setup", "/sagebrush/v1/", "/api", "/api/",
         "/api/me", "/api/status", "/api/kernels", "/api/kernels/", "/api/kernels//", "/api/kernels/..",
         "/api/kernels/none", "/api/kernels/none/channels", "/api/kernels/none/x", "/api/kernelspecs",
         "/api/kernelspecs/", "/api/kernelspecs/..", "/api/kernelspecs/none", "/api/sessions/", "/api/sessions/none",
         "/kernelspecs/", "/kernelspecs/..", "/kernelspecs/none/logo-64x64.png", "/kernelspecs/none/../x",
         "/kernelspecs/%2e%2e/x"]


def odd_objects(good):
    """An object with each of its members left out, or odd."""
    yield good
    yield {**good, "Another": 1}
    for name, value in good.items():
        yield {other: value for other, value in good.items() if other != name}
        for word in [*WORDS, *(odd_objects(value) if isinstance(value, dict) else [])]:
            yield {**good, name: word}


def starts_a_kernel(path, body):
    """Whether a kernel is asked for, if only by not saying which; each takes its time."""
    if path not in ("/api/kernels", "/api/sessions"):
        return False
    wanted = body if path == "/api/kernels" else body.get("kernel")
    return not (isinstance(wanted, dict) and wanted.get("name") == "none")


def test_other_bodies(swept):
    asker, failed = Asker(swept), []
    for place, good in OTHER.items():
        method, path = place.split()
        for body in [*BODIES[1:], *(json.dumps(each).encode() for each in odd_objects(good)
                                    if method != "POST" or not starts_a_kernel(path, each))]:
            reply = asker.ask(method, path, [("Content-Type", "application/json")], body)
            # a kernel that nobody has installed is a 501 of Jupyter's
            if reply is None or reply.status >= 500 and (path.startswith("/sagebrush") or reply.status != 501):
                failed.append((place, body[:200], reply and (reply.status, reply.body)))
    assert failed == []
    assert_alive(swept)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
def test_other_queries(swept, method):
    asker, failed = Asker(swept), []
    for path in PATHS:
        for query in QUERIES if (method, path.rstrip("/")) != ("POST", "/api/kernels") else []:
            reply = asker.ask(method, f"{path}?{query}", [("Content-Type", "application/json")], b"")
            if reply is None or reply.status >= 500:
                failed.append((path, query, reply and (reply.status, reply.body)))
    assert failed == []
    assert_alive(swept)


# --- a model's answers ---

TYPES = ["", "text/csv", "text/libsvm", "text/x-libsvm", "application/json", "application/jsonlines",
         "application/x-recordio-protobuf", "text/csv; label_size=-1", "text/csv;", ";", "x" * 5000, "\xff", "*/*"]
ROWS = [b"", b"\n", b"\r\n\r\n", b",", b",,,,", b"1", b"1,2,3,4,5", b"1,2,3,4,5,6", b"1,2,3,4,5\n1", b"nan,inf,-inf,1e999,0x1",
        b"1,2,3,4,5\0", b"\0", b"\xff\xfe", b'"1","2","3","4","5"', b'"', b"1 2 3", b"0:1", b"0:1 0:2", b"-1:1",
        b"4294967296:1", b"99999999999999999999:1", b"0:", b":", b"0:x", b"0:1 4:2 2:3", b"1 0:1", b"#", b"{}", b"[]", b"null",
        b'{"instances":1}', b'{"instances":[]}', b'{"instances":[1]}', b'{"instances":[{}]}', b'{"instances":[[1,2,3,4,5]]}',
        b'{"instances":[{"features":[]}]}', b'{"instances":[{"features":[1,2,3,4,"x"]}]}',
        b'{"instances":[{"features":[1,2,3,4,1e999]}]}', b'{"instances":[{"features":{"a":1}}]}',
        b'{"instances":[{"features":[[1],[2],[3],[4],[5]]}]}', b'{"instances":[{"data":{"features":{"values":[1]}}}]}',
        b"[" * 5000, b"1," * 200000, b"1\n" * 100000, b"x" * 1000000]
INVOCATION_HEADERS = ["Accept", "X-Amzn-SageMaker-Custom-Attributes", "X-Amzn-SageMaker-Target-Model",
                      "X-Amzn-SageMaker-Target-Variant", "X-Amzn-SageMaker-Target-Container-Hostname",
                      "X-Amzn-SageMaker-Inference-Id", "X-Amzn-SageMaker-Enable-Explanations",
                      "X-Amzn-SageMaker-Inference-Component", "X-Amzn-SageMaker-Session-Id"]


@pytest.fixture(scope="module")
def endpoint(swept):
    counter = iter(range(100))
    deployer = Deployer(swept, lambda word: f"{word}-{next(counter)}")
    return deployer.endpoint(deployer.config(deployer.xgboost(train()[0])))


@pytest.mark.parametrize("through", ["engine", "gateway"])
def test_invocations(swept, endpoint, through):
    """Odd rows in every format, and odd headers: refused or answered, by the endpoint that goes on."""
    path = swept.socket if through == "engine" else swept.data_dir / "gateway" / "gateway.sock"
    asker, failed = Asker(swept, path), []
    target, good = f"/endpoints/{endpoint}/invocations", b"1,2,3,4,5"

    def ask(headers, body):
        reply = asker.ask("POST", target, headers, body)
        if reply is None or reply.status not in (200, 400, 424):
            failed.append((headers, body[:100], reply and (reply.status, reply.body)))
        return reply

    for content_type in TYPES:
        for body in ROWS:
            ask([("Content-Type", content_type)], body)
    for name in INVOCATION_HEADERS:
        for text in [*TEXTS, "a\tb", "application/json;q=x", "AllTraffic", "text/csv,"]:
            ask([("Content-Type", "text/csv"), (name, text)], good)
    assert failed == []
    assert ask([("Content-Type", "text/csv")], good).status == 200
    assert_alive(swept)
