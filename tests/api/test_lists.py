# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists: filters, orders, pages and page tokens."""

import base64
import datetime

import pytest

from clients import ROLE, SKLEARN, wait_for_job
from wire import call, refusal

COUNT = 27

HOSTILE = ["%", "_", "' OR 1=1 --", "\" OR \"\"=\"", "; DROP TABLE resource", "*", "[a-z]", "\\"]


def names():
    """Groups that sort differently by name than by creation."""
    return [f"list-{(i * 11) % COUNT:02}-{'Even' if i % 2 == 0 else 'odd'}" for i in range(COUNT)]


@pytest.fixture(scope="module")
def listed(engine_factory):
    """An engine whose groups, and nothing else, are these."""
    engine = engine_factory()
    client = engine.client("sagemaker")
    for name in names():
        client.create_model_package_group(ModelPackageGroupName=name)

    return engine


@pytest.fixture
def groups(listed):
    """Lists the groups in pages of any size; returns their names."""
    client = listed.client("sagemaker")

    def read(size=10, **members):
        pages = client.get_paginator("list_model_package_groups").paginate(
            PaginationConfig={"PageSize": size}, **members)
        return [g["ModelPackageGroupName"] for page in pages
                for g in page["ModelPackageGroupSummaryList"]]

    return read


@pytest.fixture
def client(listed):
    return listed.client("sagemaker")


# --- orders and pages ---


@pytest.mark.parametrize("size", [1, 2, 9, 13, 26, 27, 28, 100])
def test_pages_hold_everything_once(groups, size):
    assert groups(size) == names()[::-1]


def test_orders(groups):
    made = names()
    assert groups() == made[::-1]  # newest first, unless asked otherwise
    assert groups(SortBy="CreationTime") == made[::-1]
    assert groups(SortBy="CreationTime", SortOrder="Ascending") == made
    assert groups(SortBy="CreationTime", SortOrder="Descending") == made[::-1]
    assert groups(SortBy="Name") == sorted(made)
    assert groups(SortBy="Name", SortOrder="Ascending", size=4) == sorted(made)
    assert groups(SortBy="Name", SortOrder="Descending", size=4) == sorted(made)[::-1]


def test_default_page(client):
    reply = client.list_model_package_groups()
    assert len(reply["ModelPackageGroupSummaryList"]) == 10 and reply["NextToken"]


def test_last_page_has_no_token(client):
    reply = client.list_model_package_groups(MaxResults=COUNT)
    assert len(reply["ModelPackageGroupSummaryList"]) == COUNT and "NextToken" not in reply


def test_rows_made_meanwhile_disturb_nothing(engine_factory):
    engine = engine_factory()
    client = engine.client("sagemaker")
    for i in range(6):
        client.create_model_package_group(ModelPackageGroupName=f"g{i}")
    seen, token = [], {}
    while True:
        reply = client.list_model_package_groups(MaxResults=2, **token)
        seen += [g["ModelPackageGroupName"] for g in reply["ModelPackageGroupSummaryList"]]
        client.create_model_package_group(ModelPackageGroupName=f"new{len(seen)}")
        client.delete_model_package_group(ModelPackageGroupName=seen[-1])
        if "NextToken" not in reply:
            break
        token = {"NextToken": reply["NextToken"]}
    engine.stop()
    assert seen == ["g5", "g4", "g3", "g2", "g1", "g0"]


def test_tokens_outlive_a_restart(engine_factory):
    engine = engine_factory()
    client = engine.client("sagemaker")
    for i in range(3):
        client.create_model_package_group(ModelPackageGroupName=f"g{i}")
    token = client.list_model_package_groups(MaxResults=1)["NextToken"]
    assert engine.stop() == 0
    engine.start()
    reply = engine.client("sagemaker").list_model_package_groups(MaxResults=1, NextToken=token)
    engine.stop()
    assert [g["ModelPackageGroupName"] for g in reply["ModelPackageGroupSummaryList"]] == ["g1"]


# --- filters ---


def test_name_contains(groups):
    assert groups(NameContains="odd") == [n for n in names()[::-1] if "odd" in n]
    assert groups(NameContains="EVEN") == [n for n in names()[::-1] if "Even" in n]
    assert groups(NameContains="list-0") == [n for n in names()[::-1] if "list-0" in n]
    assert groups(NameContains="never") == []


@pytest.mark.parametrize("text", HOSTILE)
def test_name_contains_is_literal(listed, text):
    """Where AWS's own pattern lets the text through, it is a text and no pattern or SQL."""
    for operation, member in [("ListModelPackageGroups", "ModelPackageGroupSummaryList"),
                              ("ListTrainingJobs", "TrainingJobSummaries"),
                              ("ListModels", "Models")]:
        answer = call(listed, operation, {"NameContains": text})
        if answer.status == 200:
            assert answer.json == {member: []}
        else:
            assert answer.code == "ValidationException" and "nameContains" in answer.message
    assert call(listed, "ListModelPackageGroups", {}).status == 200


def test_nul_in_a_filter(listed):
    answer = call(listed, "ListModelPackageGroups", {"NameContains": "a\0b"})
    assert answer.status == 400


def test_times(listed):
    """boto3 cuts times to seconds; the wire does not."""

    def read(**members):
        answer = call(listed, "ListModelPackageGroups", {"MaxResults": 100, **members})
        return {g["ModelPackageGroupName"]: g["CreationTime"]
                for g in answer.json["ModelPackageGroupSummaryList"]}

    made, times = names(), read()
    assert sorted(made, key=times.get) == made
    for i in (0, 10, COUNT - 1):
        middle = times[made[i]]
        assert list(read(CreationTimeAfter=middle)) == [
            n for n in made[::-1] if times[n] > middle]
        assert list(read(CreationTimeBefore=middle)) == [
            n for n in made[::-1] if times[n] < middle]
    between = read(CreationTimeAfter=times[made[5]], CreationTimeBefore=times[made[9]])
    assert list(between) == [n for n in made[::-1] if times[made[5]] < times[n] < times[made[9]]]


def test_times_of_boto3(groups):
    now = datetime.datetime.now(datetime.timezone.utc)
    hour = datetime.timedelta(hours=1)
    assert groups(CreationTimeAfter=now - hour) == names()[::-1]
    assert groups(CreationTimeAfter=now + hour) == groups(CreationTimeBefore=now - hour) == []


@pytest.fixture(scope="module")
def jobs(listed):
    """Training jobs in three states; returns their names by state."""
    client = listed.client("sagemaker")
    listed.client("s3").create_bucket(Bucket="lists")
    for name, command in [("b-fails", "exit 1"), ("a-works", "true"), ("c-works", "true")]:
        client.create_training_job(
            TrainingJobName=name, RoleArn=ROLE,
            AlgorithmSpecification={"TrainingImage": SKLEARN, "TrainingInputMode": "File",
                                    "ContainerEntrypoint": ["/bin/sh", "-c", command]},
            OutputDataConfig={"S3OutputPath": "s3://lists/m"},
            ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            StoppingCondition={"MaxRuntimeInSeconds": 60})
        wait_for_job(client, "training", name)

    return client


def training(client, **members):
    return [j["TrainingJobName"] for j in client.list_training_jobs(**members)
            ["TrainingJobSummaries"]]


def test_job_orders_and_filters(jobs):
    assert training(jobs) == ["c-works", "a-works", "b-fails"]
    assert training(jobs, StatusEquals="Failed") == ["b-fails"]
    assert training(jobs, StatusEquals="InProgress") == []
    assert training(jobs, SortBy="Name") == ["a-works", "b-fails", "c-works"]
    assert training(jobs, SortBy="Status", SortOrder="Descending")[0] == "b-fails"
    assert training(jobs, SortBy="Status", SortOrder="Ascending")[-1] == "b-fails"
    assert training(jobs, WarmPoolStatusEquals="Available") == []


def test_modified_times(jobs, listed):
    def read(**members):
        return {j["TrainingJobName"]: j["LastModifiedTime"] for j in call(
            listed, "ListTrainingJobs", members).json["TrainingJobSummaries"]}

    times = read()
    assert list(read(LastModifiedTimeAfter=times["b-fails"])) == ["c-works", "a-works"]
    assert list(read(LastModifiedTimeBefore=times["a-works"])) == ["b-fails"]


def test_job_summaries(jobs):
    summary = jobs.list_training_jobs(NameContains="b-fails")["TrainingJobSummaries"][0]
    described = jobs.describe_training_job(TrainingJobName="b-fails")
    assert set(summary) == {"TrainingJobName", "TrainingJobArn", "CreationTime", "TrainingEndTime",
                            "LastModifiedTime", "TrainingJobStatus", "SecondaryStatus"}
    for member, value in summary.items():
        assert described[member] == value


# --- bounds and tokens ---


@pytest.mark.parametrize("value", [0, -1, 101, 2 ** 31, 2 ** 63, 1.5, 1e300])
def test_max_results_bounds(listed, value):
    answer = call(listed, "ListModelPackageGroups", {"MaxResults": value})
    assert answer.status == 400, answer.text
    assert answer.code in ("ValidationException", "SerializationException")


@pytest.mark.parametrize("value", ['"10"', "true", "[10]", "{}", "1e400", "NaN"])
def test_max_results_types(listed, value):
    answer = call(listed, "ListModelPackageGroups", '{"MaxResults":%s}' % value)
    assert (answer.status, answer.code) == (400, "SerializationException"), answer.text


@pytest.mark.parametrize("value", [1, 100])
def test_max_results_at_the_bounds(client, value):
    reply = client.list_model_package_groups(MaxResults=value)
    assert len(reply["ModelPackageGroupSummaryList"]) == min(value, COUNT)


@pytest.fixture
def token(client):
    return client.list_model_package_groups(MaxResults=3)["NextToken"]


def invalid(function, **members):
    code, message = refusal(function, **members)
    assert code == "ValidationException", (code, message)
    assert message.startswith("Invalid pagination token"), message


@pytest.mark.parametrize("garbage", ["x", "AAAA", "!" * 40, "0" * 5000, "eyJhIjoxfQ==",
                                     base64.b64encode(b"\0" * 60).decode()])
def test_garbage_tokens(client, garbage):
    invalid(client.list_model_package_groups, NextToken=garbage)


def test_token_too_long(client):
    code, message = refusal(client.list_model_package_groups, NextToken="A" * 8193)
    assert code == "ValidationException" and "'nextToken'" in message


def test_every_bit_of_a_token_counts(client, token):
    raw = base64.b64decode(token)
    for at in range(0, len(raw), 3):
        changed = bytearray(raw)
        changed[at] ^= 1
        invalid(client.list_model_package_groups, NextToken=base64.b64encode(changed).decode())
    invalid(client.list_model_package_groups, NextToken=base64.b64encode(raw[:-1]).decode())
    invalid(client.list_model_package_groups, NextToken=base64.b64encode(raw + b"0").decode())


def test_token_of_other_filters(client, token):
    invalid(client.list_model_package_groups, NextToken=token, NameContains="odd")
    invalid(client.list_model_package_groups, NextToken=token, SortOrder="Ascending")
    # Another size of page is no other listing.
    reply = client.list_model_package_groups(NextToken=token, MaxResults=50)
    assert len(reply["ModelPackageGroupSummaryList"]) == COUNT - 3


def test_token_of_another_operation(client, token):
    invalid(client.list_models, NextToken=token)
    invalid(client.list_training_jobs, NextToken=token)


def test_token_of_another_engine(engine, token):
    invalid(engine.client("sagemaker").list_model_package_groups, NextToken=token)


def test_lists_of_an_empty_engine(fresh_engine):
    """Every list answers with an empty one before anything exists."""
    client = fresh_engine.client("sagemaker")
    for operation, member in [
            ("list_training_jobs", "TrainingJobSummaries"),
            ("list_processing_jobs", "ProcessingJobSummaries"), ("list_models", "Models"),
            ("list_model_package_groups", "ModelPackageGroupSummaryList"),
            ("list_model_packages", "ModelPackageSummaryList")]:
        reply = getattr(client, operation)()
        assert reply[member] == [] and "NextToken" not in reply


def test_cli_pages(listed):
    result = listed.aws("sagemaker", "list-model-package-groups", "--page-size", "4", "--query",
                        "ModelPackageGroupSummaryList[].ModelPackageGroupName")
    assert result.json == names()[::-1]


def test_hundreds_of_rows(engine_factory):
    engine = engine_factory()
    client = engine.client("sagemaker")
    for i in range(400):
        client.create_model_package_group(ModelPackageGroupName=f"g{i:04}")
    seen = [g["ModelPackageGroupName"] for page in client.get_paginator(
        "list_model_package_groups").paginate(PaginationConfig={"PageSize": 100})
        for g in page["ModelPackageGroupSummaryList"]]
    engine.stop()
    assert seen == [f"g{i:04}" for i in range(399, -1, -1)]
