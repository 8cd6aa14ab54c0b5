# SPDX-License-Identifier: GPL-3.0-or-later
"""Pipelines through boto3 and the AWS CLI: definitions, executions, their steps and their ends."""

import concurrent.futures
import datetime
import json
import subprocess
import time
import uuid

import pytest
from botocore.exceptions import BotoCoreError, HTTPClientError

from clients import BUILD, ROLE, XGBOOST, wait_for
from pipelines import (
    ENDED, TRIVIAL, condition, create, definition, equals, fail, finish, get, join, model,
    processing, refused, register, start, steps, training,
)
from wire import call

# Pipelines.


def test_create_and_describe(sagemaker, unique):
    name = unique("Described")
    text = json.dumps(TRIVIAL)
    arn = sagemaker.create_pipeline(
        PipelineName=name,
        PipelineDisplayName="Shown",
        PipelineDescription="What it does",
        RoleArn=ROLE,
        PipelineDefinition=text,
        ParallelismConfiguration={"MaxParallelExecutionSteps": 3},
        Tags=[{"Key": "team", "Value": "a"}],
    )["PipelineArn"]
    assert arn == f"arn:aws:sagemaker:us-east-1:000000000000:pipeline/{name.lower()}"
    for key in (name, arn, name.upper()):
        described = sagemaker.describe_pipeline(PipelineName=key)
        assert described["PipelineName"] == name
        assert described["PipelineArn"] == arn
        assert described["PipelineDefinition"] == text
        assert described["PipelineDescription"] == "What it does"
        assert described["PipelineDisplayName"] == "Shown"
        assert described["PipelineStatus"] == "Active"
        assert described["ParallelismConfiguration"] == {"MaxParallelExecutionSteps": 3}
        assert described["CreationTime"] == described["LastModifiedTime"]
        assert "LastRunTime" not in described
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "a"}]


def test_name_is_taken(sagemaker, create):
    name = create(TRIVIAL)
    message = refused(
        "ValidationException",
        sagemaker.create_pipeline,
        PipelineName=name.upper(),
        RoleArn=ROLE,
        PipelineDefinition=json.dumps(TRIVIAL),
    )
    assert "already exists" in message
    assert "names must be unique within an AWS account" in message


def test_create_token(sagemaker, unique):
    name = unique("token")
    token = uuid.uuid4().hex
    request = dict(
        PipelineName=name,
        RoleArn=ROLE,
        PipelineDefinition=json.dumps(TRIVIAL),
        ClientRequestToken=token,
    )
    first = sagemaker.create_pipeline(**request)["PipelineArn"]
    assert sagemaker.create_pipeline(**request)["PipelineArn"] == first
    request["PipelineDescription"] = "another request"
    refused("ConflictException", sagemaker.create_pipeline, **request)


@pytest.mark.parametrize("length", [31, 129])
def test_token_length(engine, sagemaker, create, length):
    """C13; the client itself refuses the short one."""
    answer = call(engine, "StartPipelineExecution",
                  {"PipelineName": create(TRIVIAL), "ClientRequestToken": "x" * length})
    assert (answer.status, answer.code) == (400, "ValidationException")
    assert "clientRequestToken" in answer.message


def test_definition_from_s3(sagemaker, s3, bucket, unique):
    text = json.dumps(TRIVIAL)
    s3.put_object(Bucket=bucket, Key="pipelines/definition.json", Body=text.encode())
    name = unique("from-s3")
    location = {"Bucket": bucket, "ObjectKey": "pipelines/definition.json"}
    sagemaker.create_pipeline(PipelineName=name, RoleArn=ROLE, PipelineDefinitionS3Location=location)
    assert sagemaker.describe_pipeline(PipelineName=name)["PipelineDefinition"] == text
    message = refused(
        "ValidationException",
        sagemaker.create_pipeline,
        PipelineName=unique("from-s3"),
        RoleArn=ROLE,
        PipelineDefinitionS3Location={"Bucket": bucket, "ObjectKey": "pipelines/missing.json"},
    )
    assert "pipelines/missing.json" in message
    message = refused(
        "ValidationException",
        sagemaker.create_pipeline,
        PipelineName=unique("from-s3"),
        RoleArn=ROLE,
        PipelineDefinition=text,
        PipelineDefinitionS3Location=location,
    )
    assert "Only one of" in message


@pytest.mark.parametrize(
    "document, where",
    [
        ({"Version": "2020-12-01", "Steps": []}, "Steps: "),
        (definition({"Name": "L", "Type": "Lambda", "Arguments": {}}), "Steps[0].Type: Step type 'Lambda'"),
        (definition(fail("A", "m"), fail("a", "m")), "Steps[1].Name: "),
        (definition(fail("A", get("Parameters.Nope"))), "Steps[0].Arguments.ErrorMessage.Get: "),
        (
            definition(
                condition("A", [equals(1, 1)], DependsOn=["B"]),
                condition("B", [equals(1, 1)], DependsOn=["A"]),
            ),
            "Steps: The steps depend on each other in a circle: B -> A -> B",
        ),
        (
            definition(condition("A", [equals(1, 1)], [condition("B", [equals(1, 1)])])),
            "Steps[0].Arguments.IfSteps[0].Type: A Condition step cannot stand in a branch",
        ),
        (
            definition(processing("P", "true"), fail("F", get("Steps.P.NoSuch"))),
            "Steps[1].Arguments.ErrorMessage.Get: 'Steps.P.NoSuch': DescribeProcessingJob answers no",
        ),
        (
            definition(condition("A", [equals(1, "1")])),
            "Steps[0].Arguments.Conditions[0]: LeftValue is an integer and RightValue a string",
        ),
        (
            definition(fail("F", "m"), parameters=[{"Name": "P", "Type": "Integer", "DefaultValue": "x"}]),
            "Parameters[0].DefaultValue: Expected a value of type Integer",
        ),
    ],
)
def test_definition_is_refused(sagemaker, unique, document, where):
    message = refused(
        "ValidationException",
        sagemaker.create_pipeline,
        PipelineName=unique("refused"),
        RoleArn=ROLE,
        PipelineDefinition=json.dumps(document),
    )
    assert message.startswith("Unable to parse pipeline definition. " + where), message


def padded(length):
    """A definition of exactly so many characters."""
    document = {**TRIVIAL, "Metadata": {"x": ""}}
    document["Metadata"]["x"] = "x" * (length - len(json.dumps(document)))
    return json.dumps(document)


def test_definition_at_its_limits(sagemaker, unique):
    """C4: what is just within them is taken, and soon."""

    def make(text):
        name = unique("limit")
        begun = time.monotonic()
        sagemaker.create_pipeline(PipelineName=name, RoleArn=ROLE, PipelineDefinition=text)
        # The target is 1 s; the sanitizers, on a busy machine, get more.
        assert time.monotonic() - begun < 10
        assert sagemaker.describe_pipeline(PipelineName=name)["PipelineDefinition"] == text
        sagemaker.delete_pipeline(PipelineName=name)

    def refuse(text, words):
        message = refused("ValidationException", sagemaker.create_pipeline, RoleArn=ROLE,
                          PipelineName=unique("limit"), PipelineDefinition=text)
        assert words in message, message

    make(padded(1048576))
    refuse(padded(1048577), "less than or equal to 1048576")
    chain = [condition(f"S{i}", [equals(1, 1)], DependsOn=[f"S{i - 1}"] if i else [])
             for i in range(5000)]
    make(json.dumps(definition(*chain[:4999]), separators=(",", ":")))
    refuse(json.dumps(definition(*chain), separators=(",", ":")), "at most 4999 steps")
    parameters = [{"Name": f"P{i}", "Type": "String", "DefaultValue": ""} for i in range(201)]
    make(json.dumps(definition(*TRIVIAL["Steps"], parameters=parameters[:200])))
    refuse(json.dumps(definition(*TRIVIAL["Steps"], parameters=parameters)), "at most 200")
    for depth, fits in ((20, True), (64, False)):
        inner = equals(1, 1)
        for _ in range(depth):
            inner = {"Type": "Not", "Expression": inner}
        text = json.dumps(definition(condition("Deep", [inner])))
        make(text) if fits else refuse(text, "Unable to parse pipeline definition")


def test_update(sagemaker, create):
    name = create(TRIVIAL)
    other = json.dumps(definition(fail("Other", "m")))
    sagemaker.update_pipeline(PipelineName=name, PipelineDefinition=other, PipelineDescription="new")
    described = sagemaker.describe_pipeline(PipelineName=name)
    assert described["PipelineDefinition"] == other
    assert described["PipelineDescription"] == "new"
    assert described["RoleArn"] == ROLE
    assert described["LastModifiedTime"] >= described["CreationTime"]
    message = refused(
        "ValidationException", sagemaker.update_pipeline, PipelineName=name, PipelineDefinition="{"
    )
    assert message.startswith("Unable to parse pipeline definition.")
    assert sagemaker.describe_pipeline(PipelineName=name)["PipelineDefinition"] == other


def test_not_found(sagemaker):
    arn = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/nowhere"
    for call in (sagemaker.describe_pipeline, sagemaker.list_pipeline_executions, sagemaker.delete_pipeline,
                 sagemaker.start_pipeline_execution, sagemaker.update_pipeline):
        message = refused("ResourceNotFound", call, PipelineName="Nowhere")
        assert message == f"Pipeline '{arn}' does not exist."
    for call in (
        sagemaker.describe_pipeline_execution,
        sagemaker.list_pipeline_execution_steps,
        sagemaker.list_pipeline_parameters_for_execution,
        sagemaker.describe_pipeline_definition_for_execution,
        sagemaker.stop_pipeline_execution,
        sagemaker.retry_pipeline_execution,
        sagemaker.update_pipeline_execution,
    ):
        message = refused("ResourceNotFound", call, PipelineExecutionArn=arn + "/execution/abcdefghijkl")
        assert "does not exist" in message


def test_list_pipelines(sagemaker, unique):
    prefix = unique("listed")
    names = [f"{prefix}-{i}" for i in range(5)]
    for name in names:
        sagemaker.create_pipeline(
            PipelineName=name, RoleArn=ROLE, PipelineDefinition=json.dumps(TRIVIAL), PipelineDescription="d"
        )

    pages = sagemaker.get_paginator("list_pipelines").paginate(
        PipelineNamePrefix=prefix.upper(), SortBy="Name", SortOrder="Ascending", PaginationConfig={"PageSize": 2}
    )
    pages = [page["PipelineSummaries"] for page in pages]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [summary["PipelineName"] for page in pages for summary in page] == names
    assert pages[0][0]["PipelineDescription"] == "d"
    assert pages[0][0]["RoleArn"] == ROLE

    latest = sagemaker.list_pipelines(PipelineNamePrefix=prefix)["PipelineSummaries"]
    assert [summary["PipelineName"] for summary in latest] == names[::-1]

    # Clients send whole seconds.
    def between(**bounds):
        return len(sagemaker.list_pipelines(PipelineNamePrefix=prefix, **bounds)["PipelineSummaries"])

    first = latest[-1]["CreationTime"] - datetime.timedelta(seconds=1)
    last = latest[0]["CreationTime"] + datetime.timedelta(seconds=1)
    assert between(CreatedAfter=first, CreatedBefore=last) == 5
    assert between(CreatedAfter=last) == 0
    assert between(CreatedBefore=first) == 0


def test_delete(sagemaker, create, start, finish):
    name = create(TRIVIAL)
    arn = start(name)
    finish(arn)
    token = uuid.uuid4().hex
    first = sagemaker.delete_pipeline(PipelineName=name, ClientRequestToken=token)
    assert sagemaker.delete_pipeline(PipelineName=name, ClientRequestToken=token)["PipelineArn"] == first["PipelineArn"]
    refused("ResourceNotFound", sagemaker.describe_pipeline, PipelineName=name)
    refused("ResourceNotFound", sagemaker.describe_pipeline_execution, PipelineExecutionArn=arn)
    # The name is free again, and knows nothing of the pipeline that had it.
    sagemaker.create_pipeline(PipelineName=name, RoleArn=ROLE, PipelineDefinition=json.dumps(TRIVIAL))
    assert sagemaker.list_pipeline_executions(PipelineName=name)["PipelineExecutionSummaries"] == []


# Executions.


def test_parameters(sagemaker, create, start, finish, steps):
    name = create(
        definition(
            condition(
                "Check",
                [
                    equals(get("Parameters.Text"), "$(reboot); rm -rf /\n--flag"),
                    {"Type": "GreaterThan", "LeftValue": get("Parameters.Number"), "RightValue": 2},
                    {"Type": "LessThan", "LeftValue": get("Parameters.Share"), "RightValue": 1},
                    equals(get("Parameters.Switch"), True),
                    {"Type": "In", "QueryValue": get("Parameters.Kind"), "Values": ["a", "b"]},
                    {"Type": "Not", "Expression": equals(get("Execution.PipelineName"), "other")},
                    {"Type": "Or", "Conditions": [equals(1, 2), equals(2, 2)]},
                ],
                [],
                [fail("No", "some condition does not hold")],
            ),
            parameters=[
                {"Name": "Text", "Type": "String"},
                {"Name": "Number", "Type": "Integer", "DefaultValue": 1},
                {"Name": "Share", "Type": "Float", "DefaultValue": 0.25},
                {"Name": "Switch", "Type": "Boolean", "DefaultValue": False},
                {"Name": "Kind", "Type": "String", "DefaultValue": "a", "EnumValues": ["a", "c"]},
            ],
        )
    )
    values = {"Text": "$(reboot); rm -rf /\n--flag", "Number": "3", "Switch": "True"}
    arn = start(name, PipelineParameters=[{"Name": k, "Value": v} for k, v in values.items()])
    assert finish(arn)["PipelineExecutionStatus"] == "Succeeded"
    assert steps(arn)["Check"]["Metadata"] == {"Condition": {"Outcome": "True"}}

    listed = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)["PipelineParameters"]
    assert {p["Name"]: p["Value"] for p in listed} == {
        **values, "Switch": "true", "Share": "0.25", "Kind": "a",
    }
    pages = sagemaker.get_paginator("list_pipeline_parameters_for_execution").paginate(
        PipelineExecutionArn=arn, PaginationConfig={"PageSize": 2}
    )
    assert [len(page["PipelineParameters"]) for page in pages] == [2, 2, 1]

    def wrong(message, *pairs):
        found = refused(
            "ValidationException",
            sagemaker.start_pipeline_execution,
            PipelineName=name,
            PipelineParameters=[{"Name": k, "Value": v} for k, v in pairs],
        )
        assert message in found, found

    text = ("Text", "x")
    wrong("Pipeline parameters [Text] do not have default values and must be provided")
    wrong("Assigned an undefined parameter [Other]", text, ("Other", "1"))
    wrong("[Number] is not of type Integer", text, ("Number", "1.5"))
    wrong("[Number] is not of type Integer", text, ("Number", ""))
    wrong("[Share] is not of type Float", text, ("Share", "nan"))
    wrong("[Switch] is not of type Boolean", text, ("Switch", "1"))
    wrong("[Kind] is not among its enum values", text, ("Kind", "b"))
    wrong("[Text] is given twice", text, text)


HOSTILE_VALUES = ["$(reboot)", "`id`", "; rm -rf /", "--flag", "-c", " ", "'\"\\", "{'Get':'x'}",
                  '{"Get":"Parameters.V1"}', "%s%n", "\u202e", "../../etc"]


def test_parameters_are_words(sagemaker, engine, create, start, finish, steps):
    """C7: a value is one argument, letter by letter, whatever it holds."""
    step = processing("Print", "")
    step["Arguments"]["AppSpecification"].update(
        ContainerEntrypoint=["python3", "-c", "import sys, json, os;"
                             "print(json.dumps(sys.argv[1:] + [os.environ['VALUE']]))"],
        ContainerArguments=["first"] + [get(f"Parameters.V{i}") for i in range(len(HOSTILE_VALUES))])
    # AWS lets no line end into an argument, but into a variable.
    step["Arguments"]["Environment"] = {"VALUE": get("Parameters.Lines")}
    name = create(definition(step, parameters=[
        {"Name": name, "Type": "String"}
        for name in ["Lines", *(f"V{i}" for i in range(len(HOSTILE_VALUES)))]]))
    arn = start(name, PipelineParameters=[{"Name": "Lines", "Value": "a\n$(b)\n"}] + [
        {"Name": f"V{i}", "Value": value} for i, value in enumerate(HOSTILE_VALUES)])
    assert finish(arn)["PipelineExecutionStatus"] == "Succeeded", steps(arn)
    job = steps(arn)["Print"]["Metadata"]["ProcessingJob"]["Arn"].rsplit("/", 1)[1]
    # An ARN is in lower case, a log stream is named as the job is.
    job = sagemaker.describe_processing_job(ProcessingJobName=job)["ProcessingJobName"]
    lines = [event["message"] for event in engine.client("logs").filter_log_events(
        logGroupName="/aws/sagemaker/ProcessingJobs", logStreamNamePrefix=job)["events"]]
    assert json.loads(lines[-1]) == ["first", *HOSTILE_VALUES, "a\n$(b)\n"]


def test_execution_variables_are_ours(sagemaker, create, start, finish, steps):
    """C9: whatever a definition calls by their names."""
    document = definition(
        fail("Say", join(*(get(f"Execution.{name}") for name in (
            "PipelineName", "PipelineExecutionId", "PipelineExecutionArn", "CurrentDateTime")), on="|")),
        parameters=[{"Name": name, "Type": "String", "DefaultValue": "spoofed"} for name in (
            "Execution", "PipelineName", "PipelineExecutionId", "CurrentDateTime")])
    document["Metadata"] = {"Execution": {"PipelineName": "spoofed"}}
    name = create(document)
    message = refused("ValidationException", sagemaker.create_pipeline, PipelineName="spoof",
                      RoleArn=ROLE, PipelineDefinition=json.dumps(
                          {**document, "Execution": {"PipelineName": "spoofed"}}))
    assert "Execution: Unknown member" in message
    arn = start(name, PipelineParameters=[{"Name": "Execution", "Value": "x"}])
    finish(arn)
    said = steps(arn)["Say"]["FailureReason"].split("|")
    assert said[:3] == [name, arn.rsplit("/", 1)[1], arn]
    assert datetime.datetime.fromisoformat(said[3].replace("Z", "+00:00"))


def test_execution_is_described(sagemaker, create, start, finish):
    document = dict(
        TRIVIAL,
        PipelineExperimentConfig={
            "ExperimentName": get("Execution.PipelineName"),
            "TrialName": join("trial-", get("Execution.PipelineExecutionId")),
        },
    )
    name = create(document)
    arn = start(name, PipelineExecutionDisplayName="first", PipelineExecutionDescription="why")
    assert arn.startswith(f"arn:aws:sagemaker:us-east-1:000000000000:pipeline/{name.lower()}/execution/")
    assert len(arn.rsplit("/", 1)[1]) == 12
    described = finish(arn)
    assert described["PipelineExecutionArn"] == arn
    assert described["PipelineArn"] == arn.split("/execution/")[0]
    assert described["PipelineExecutionDisplayName"] == "first"
    assert described["PipelineExecutionDescription"] == "why"
    assert described["PipelineExperimentConfig"] == {
        "ExperimentName": name,
        "TrialName": "trial-" + arn.rsplit("/", 1)[1],
    }
    assert described["LastModifiedTime"] >= described["CreationTime"]
    assert sagemaker.describe_pipeline(PipelineName=name)["LastRunTime"] == described["CreationTime"]

    sagemaker.update_pipeline_execution(PipelineExecutionArn=arn, PipelineExecutionDisplayName="renamed")
    described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    assert described["PipelineExecutionDisplayName"] == "renamed"
    assert described["PipelineExecutionStatus"] == "Succeeded"


def test_list_executions(sagemaker, create, start, finish):
    name = create(TRIVIAL)
    arns = [start(name) for _ in range(5)]
    for arn in arns:
        finish(arn)
    pages = sagemaker.get_paginator("list_pipeline_executions").paginate(
        PipelineName=sagemaker.describe_pipeline(PipelineName=name)["PipelineArn"],
        PaginationConfig={"PageSize": 2},
    )
    pages = [page["PipelineExecutionSummaries"] for page in pages]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [summary["PipelineExecutionArn"] for page in pages for summary in page] == arns[::-1]
    assert pages[0][0]["PipelineExecutionStatus"] == "Succeeded"
    assert "StartTime" in pages[0][0]
    by_arn = sagemaker.list_pipeline_executions(
        PipelineName=name, SortBy="PipelineExecutionArn", SortOrder="Ascending"
    )["PipelineExecutionSummaries"]
    assert [summary["PipelineExecutionArn"] for summary in by_arn] == sorted(arns)
    refused(
        "ValidationException", sagemaker.list_pipeline_executions, PipelineName=name, NextToken="bm9uc2Vuc2U="
    )


def test_many_starts_with_one_token(engine, sagemaker, create, finish):
    """C14"""
    name = create(TRIVIAL)
    token = uuid.uuid4().hex

    def begin(_):
        return engine.client("sagemaker").start_pipeline_execution(
            PipelineName=name, ClientRequestToken=token
        )["PipelineExecutionArn"]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        arns = set(pool.map(begin, range(100)))
    assert len(arns) == 1
    assert len(sagemaker.list_pipeline_executions(PipelineName=name)["PipelineExecutionSummaries"]) == 1
    refused(
        "ConflictException",
        sagemaker.start_pipeline_execution,
        PipelineName=name,
        ClientRequestToken=token,
        PipelineExecutionDescription="other",
    )
    finish(arns.pop())


def test_fail_step(sagemaker, create, start, finish, steps):
    name = create(
        definition(
            condition(
                "Check",
                [{"Type": "LessThan", "LeftValue": get("Parameters.Error"), "RightValue": 0.1}],
                [],
                [fail("TooBad", join("error is", get("Parameters.Error"), on=" "), DisplayName="Too bad")],
            ),
            parameters=[{"Name": "Error", "Type": "Float", "DefaultValue": 0.5}],
        )
    )
    arn = start(name)
    described = finish(arn)
    assert described["PipelineExecutionStatus"] == "Failed"
    assert "error is 0.5" in described["FailureReason"]
    listed = steps(arn)
    assert listed["TooBad"]["StepStatus"] == "Failed"
    assert listed["TooBad"]["StepDisplayName"] == "Too bad"
    assert listed["TooBad"]["FailureReason"] == "error is 0.5"
    assert listed["TooBad"]["Metadata"] == {"Fail": {"ErrorMessage": "error is 0.5"}}
    assert listed["Check"]["Metadata"] == {"Condition": {"Outcome": "False"}}
    summary = sagemaker.list_pipeline_executions(PipelineName=name)["PipelineExecutionSummaries"][0]
    assert "error is 0.5" in summary["PipelineExecutionFailureReason"]
    message = refused("ConflictException", sagemaker.retry_pipeline_execution, PipelineExecutionArn=arn)
    assert "TooBad" in message


def test_selective_execution_is_refused(sagemaker, create):
    refused(
        "ValidationException",
        sagemaker.start_pipeline_execution,
        PipelineName=create(TRIVIAL),
        SelectiveExecutionConfig={"SelectedSteps": [{"StepName": "Yes"}]},
    )


def test_callback_tokens(sagemaker):
    for call in (sagemaker.send_pipeline_execution_step_success, sagemaker.send_pipeline_execution_step_failure):
        message = refused("ValidationException", call, CallbackToken="abcdefghij")
        assert "abcdefghij" in message


# Jobs.


def test_steps_pass_data(sagemaker, s3, bucket, unique, create, start, finish, steps):
    """Process, train, read a property file, decide, register."""
    group = unique("group")
    prefix = f"s3://{bucket}/{group}"
    report = json.dumps({"metrics": {"mse": {"value": 0.04}}, "list": [1, {"k": "x"}]})
    name = create(
        definition(
            processing(
                "Prepare",
                "for i in 1 2 3 4 5 6 7 8; do echo $i,$i,1; done > /opt/ml/processing/train/t.csv",
                {"train": join(prefix, "/", get("Execution.PipelineExecutionId"), "/train")},
            ),
            training(
                "Train",
                get("Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"),
                f"{prefix}/models",
                rounds=get("Parameters.Rounds"),
            ),
            processing(
                "Evaluate",
                f"echo '{report}' > /opt/ml/processing/report/evaluation.json",
                {"report": f"{prefix}/report"},
                DependsOn=["Train"],
                PropertyFiles=[
                    {"PropertyFileName": "Report", "OutputName": "report", "FilePath": "evaluation.json"}
                ],
            ),
            condition(
                "Good",
                [
                    {
                        "Type": "LessThanOrEqualTo",
                        "LeftValue": {
                            "Std:JsonGet": {
                                "PropertyFile": get("Steps.Evaluate.PropertyFiles.Report"),
                                "Path": "metrics.mse.value",
                            }
                        },
                        "RightValue": get("Parameters.Limit"),
                    },
                    equals({"Std:JsonGet": {"S3Uri": f"{prefix}/report/evaluation.json",
                                            "Path": "list[1].k"}}, "x"),
                ],
                [
                    {
                        "Name": "Register",
                        "Type": "RegisterModel",
                        "Arguments": {
                            "ModelPackageGroupName": group,
                            "ModelApprovalStatus": "PendingManualApproval",
                            "InferenceSpecification": {
                                "Containers": [
                                    {
                                        "Image": XGBOOST,
                                        "ModelDataUrl": get("Steps.Train.ModelArtifacts.S3ModelArtifacts"),
                                    }
                                ],
                                "SupportedContentTypes": ["text/csv"],
                                "SupportedResponseMIMETypes": ["text/csv"],
                            },
                        },
                    },
                    {
                        "Name": "Model",
                        "Type": "Model",
                        "Arguments": {
                            "PrimaryContainer": {
                                "Image": XGBOOST,
                                "ModelDataUrl": get("Steps.Train.ModelArtifacts.S3ModelArtifacts"),
                            }
                        },
                    },
                ],
                [fail("Bad", "too bad")],
            ),
            parameters=[
                {"Name": "Rounds", "Type": "Integer", "DefaultValue": 3},
                {"Name": "Limit", "Type": "Float", "DefaultValue": 0.1},
            ],
        )
    )
    arn = start(name)
    described = finish(arn)
    listed = steps(arn)
    assert described["PipelineExecutionStatus"] == "Succeeded", (described, listed)
    assert {step: listed[step]["StepStatus"] for step in listed} == dict.fromkeys(
        ("Prepare", "Train", "Evaluate", "Good", "Register", "Model"), "Succeeded"
    )
    assert all(step["AttemptCount"] == 1 for step in listed.values())
    assert all(step["EndTime"] >= step["StartTime"] for step in listed.values())

    # An Integer parameter where the request wants a string.
    job_arn = listed["Train"]["Metadata"]["TrainingJob"]["Arn"]
    job = next(
        summary["TrainingJobName"]
        for page in sagemaker.get_paginator("list_training_jobs").paginate()
        for summary in page["TrainingJobSummaries"]
        if summary["TrainingJobArn"] == job_arn
    )
    assert job.startswith(f"pipelines-{arn.rsplit('/', 1)[1]}-Train-")
    trained = sagemaker.describe_training_job(TrainingJobName=job)
    assert trained["HyperParameters"]["num_round"] == "3"

    package = sagemaker.describe_model_package(
        ModelPackageName=listed["Register"]["Metadata"]["RegisterModel"]["Arn"]
    )
    assert package["ModelPackageGroupName"] == group
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    container = package["InferenceSpecification"]["Containers"][0]
    assert container["ModelDataUrl"] == trained["ModelArtifacts"]["S3ModelArtifacts"]
    model = listed["Model"]["Metadata"]["Model"]["Arn"].rsplit("/", 1)[1]
    assert sagemaker.describe_model(ModelName=model)["ExecutionRoleArn"] == ROLE

    # The same pipeline with a limit that is not met.
    arn = start(name, PipelineParameters=[{"Name": "Limit", "Value": "0.01"}])
    described = finish(arn)
    assert described["PipelineExecutionStatus"] == "Failed"
    assert "too bad" in described["FailureReason"]
    assert "Register" not in steps(arn)


def test_failing_job(sagemaker, create, start, finish, steps):
    name = create(
        definition(
            processing("Breaks", "echo it is broken > /opt/ml/output/message; exit 3"),
            processing("After", "true", DependsOn=["Breaks"]),
            processing("Beside", "true"),
        )
    )
    arn = start(name)
    described = finish(arn)
    assert described["PipelineExecutionStatus"] == "Failed"
    assert described["FailureReason"].startswith("Step failure: One or multiple steps failed.")
    listed = steps(arn)
    assert listed["Breaks"]["StepStatus"] == "Failed"
    assert listed["Breaks"]["FailureReason"]
    assert listed["Beside"]["StepStatus"] == "Succeeded"
    assert "After" not in listed


def test_refused_job(sagemaker, create, start, finish, steps):
    step = processing("Refused", "true")
    step["Arguments"]["AppSpecification"]["ImageUri"] = "example.invalid/unknown:1"
    arn = start(create(definition(step)))
    assert finish(arn)["PipelineExecutionStatus"] == "Failed"
    reason = steps(arn)["Refused"]["FailureReason"]
    assert reason.startswith("ClientError: Failed to invoke sagemaker:CreateProcessingJob. Error Details: ")
    assert "example.invalid/unknown:1" in reason


def test_retry(sagemaker, s3, bucket, unique, create, start, finish, steps):
    """The step that failed runs again, the one that succeeded does not."""
    key = unique("retry")
    step = processing("Second", "test -e /opt/ml/processing/in/go", DependsOn=["First"])
    step["Arguments"]["ProcessingInputs"] = [
        {
            "InputName": "in",
            "S3Input": {
                "S3Uri": f"s3://{bucket}/{key}/",
                "LocalPath": "/opt/ml/processing/in",
                "S3DataType": "S3Prefix",
                "S3InputMode": "File",
            },
        }
    ]
    name = create(definition(processing("First", "true"), step, processing("Third", "true", DependsOn=["Second"])))
    s3.put_object(Bucket=bucket, Key=f"{key}/wait", Body=b"")
    arn = start(name)
    assert finish(arn)["PipelineExecutionStatus"] == "Failed"
    first = steps(arn)["First"]
    failed = steps(arn)["Second"]["Metadata"]["ProcessingJob"]["Arn"]

    s3.put_object(Bucket=bucket, Key=f"{key}/go", Body=b"")
    token = uuid.uuid4().hex
    for _ in range(2):
        sagemaker.retry_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken=token)
    described = finish(arn)
    assert described["PipelineExecutionStatus"] == "Succeeded"
    assert "FailureReason" not in described
    listed = steps(arn)
    assert listed["First"] == first
    assert listed["Second"]["AttemptCount"] == 2
    assert listed["Second"]["Metadata"]["ProcessingJob"]["Arn"] != failed
    assert listed["Third"]["StepStatus"] == "Succeeded"
    refused("ConflictException", sagemaker.retry_pipeline_execution, PipelineExecutionArn=arn)


def test_stop(sagemaker, create, start, finish, steps):
    name = create(
        definition(
            processing("Long", "sleep 600"),
            processing("Never", "true", DependsOn=["Long"]),
        )
    )
    arn = start(name)
    wait_for(
        lambda: steps(arn).get("Long", {}).get("StepStatus") == "Executing", 30, "the step to execute"
    )
    refused("ConflictException", sagemaker.delete_pipeline, PipelineName=name)
    refused("ConflictException", sagemaker.retry_pipeline_execution, PipelineExecutionArn=arn)
    token = uuid.uuid4().hex
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken=token)
    assert finish(arn)["PipelineExecutionStatus"] == "Stopped"
    listed = steps(arn)
    assert list(listed) == ["Long"]
    assert listed["Long"]["StepStatus"] == "Stopped"
    job = listed["Long"]["Metadata"]["ProcessingJob"]["Arn"].rsplit("/", 1)[1]
    assert sagemaker.describe_processing_job(ProcessingJobName=job)["ProcessingJobStatus"] == "Stopped"
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken=token)
    refused("ConflictException", sagemaker.stop_pipeline_execution, PipelineExecutionArn=arn)
    sagemaker.delete_pipeline(PipelineName=name)


def test_snapshot(sagemaker, s3, bucket, unique, create, start, finish, steps):
    """An update of the pipeline does not reach the execution under way."""
    before = definition(processing("Old", "sleep 1"), processing("OldToo", "true", DependsOn=["Old"]))
    name = create(before)
    arn = start(name)
    sagemaker.update_pipeline(
        PipelineName=name, PipelineDefinition=json.dumps(definition(fail("New", "new")))
    )
    found = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)
    assert json.loads(found["PipelineDefinition"]) == before
    assert finish(arn)["PipelineExecutionStatus"] == "Succeeded"
    assert sorted(steps(arn)) == ["Old", "OldToo"]


def test_delete_of_one_under_way(sagemaker, create, start, finish):
    """C10: an execution is not left without its pipeline."""
    name = create(definition(processing("Slow", "sleep 60")))
    arn = start(name)
    message = refused("ConflictException", sagemaker.delete_pipeline, PipelineName=name)
    assert arn in message and "Stop it first" in message
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
    assert finish(arn)["PipelineExecutionStatus"] == "Stopped"
    sagemaker.delete_pipeline(PipelineName=name)
    refused("ResourceNotFound", sagemaker.describe_pipeline_execution, PipelineExecutionArn=arn)


def test_parallel_branches(sagemaker, create, start, finish, steps):
    branches = [processing(f"Branch{i}", "true") for i in range(4)]
    name = create(
        definition(*branches, processing("Joined", "true", DependsOn=[step["Name"] for step in branches]))
    )
    arn = start(name)
    assert finish(arn)["PipelineExecutionStatus"] == "Succeeded"
    listed = steps(arn)
    assert len(listed) == 5
    assert all(listed["Joined"]["StartTime"] >= listed[step["Name"]]["EndTime"] for step in branches)

    # One at a time: no two of them overlap.
    arn = start(name, ParallelismConfiguration={"MaxParallelExecutionSteps": 1})
    assert finish(arn)["PipelineExecutionStatus"] == "Succeeded"
    spans = sorted((step["StartTime"], step["EndTime"]) for step in steps(arn).values())
    assert all(earlier[1] <= later[0] for earlier, later in zip(spans, spans[1:]))


def test_list_steps(sagemaker, create, start, finish):
    chain = [condition(f"S{i}", [equals(1, 1)], DependsOn=[f"S{i - 1}"] if i else []) for i in range(7)]
    arn = start(create(definition(*chain)))
    finish(arn)
    names = [step["Name"] for step in chain]

    def listed(order):
        pages = sagemaker.get_paginator("list_pipeline_execution_steps").paginate(
            PipelineExecutionArn=arn, SortOrder=order, PaginationConfig={"PageSize": 3}
        )
        return [[step["StepName"] for step in page["PipelineExecutionSteps"]] for page in pages]

    assert listed("Ascending") == [names[0:3], names[3:6], names[6:]]
    assert listed("Descending") == [names[:3:-1], names[3:0:-1], names[:1]]
    first = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    assert [step["StepName"] for step in first] == names[::-1]


def test_retry_policy(sagemaker, create, start, finish, steps):
    """A cause that no policy names is not tried again."""
    step = processing("Breaks", "exit 1")
    step["RetryPolicies"] = [
        {"ExceptionType": ["SageMaker.JOB_INTERNAL_ERROR"], "IntervalSeconds": 1, "MaxAttempts": 3}
    ]
    arn = start(create(definition(step)))
    assert finish(arn)["PipelineExecutionStatus"] == "Failed"
    assert steps(arn)["Breaks"]["AttemptCount"] == 1


def test_five_hundred_steps(sagemaker, create, start, finish):
    """Steps without a job cost next to nothing."""
    wide = [
        condition(f"S{i}", [equals(1, 1)], DependsOn=[f"S{i - 10}", f"S{i - 9}"] if i >= 10 else [])
        for i in range(500)
    ]
    name = create(definition(*wide))
    began = time.monotonic()
    assert finish(start(name))["PipelineExecutionStatus"] == "Succeeded"
    assert time.monotonic() - began < 10


# The AWS CLI.


def test_cli(aws, unique, tmp_path):
    name = unique("cli")
    document = tmp_path / "definition.json"
    document.write_text(
        json.dumps(
            definition(
                processing("Only", "true"),
                parameters=[{"Name": "P", "Type": "String", "DefaultValue": "d"}],
            )
        )
    )
    made = aws(
        "sagemaker", "create-pipeline", "--pipeline-name", name, "--role-arn", ROLE,
        "--pipeline-definition", f"file://{document}",
    ).json
    started = aws(
        "sagemaker", "start-pipeline-execution", "--pipeline-name", made["PipelineArn"],
        "--pipeline-parameters", "Name=P,Value=x",
    ).json
    arn = started["PipelineExecutionArn"]

    def ended():
        described = aws("sagemaker", "describe-pipeline-execution", "--pipeline-execution-arn", arn).json
        return described if described["PipelineExecutionStatus"] in ENDED else None

    assert wait_for(ended, 60, "the end of the execution")["PipelineExecutionStatus"] == "Succeeded"
    listed = aws("sagemaker", "list-pipeline-execution-steps", "--pipeline-execution-arn", arn).json
    assert [step["StepName"] for step in listed["PipelineExecutionSteps"]] == ["Only"]
    assert listed["PipelineExecutionSteps"][0]["Metadata"]["ProcessingJob"]["Arn"]
    values = aws(
        "sagemaker", "list-pipeline-parameters-for-execution", "--pipeline-execution-arn", arn
    ).json
    assert values["PipelineParameters"] == [{"Name": "P", "Value": "x"}]
    refusal = aws(
        "sagemaker", "start-pipeline-execution", "--pipeline-name", name,
        "--pipeline-parameters", "Name=Q,Value=x", check=False,
    )
    assert refusal.returncode != 0
    assert "Assigned an undefined parameter [Q]" in refusal.stderr


# Faults.


def start_once(engine, token):
    """Starts the execution; the engine may die before it can answer."""
    try:
        return engine.client("sagemaker").start_pipeline_execution(
            PipelineName="killed", ClientRequestToken=token
        )["PipelineExecutionArn"]
    except HTTPClientError:
        return None


def test_killed_engine(fresh_engine):
    """kill -9 in the middle, again and again: the execution ends as it would have."""
    engine = fresh_engine
    sagemaker = engine.client("sagemaker")
    chain = [processing(f"S{i}", "true", DependsOn=[f"S{i - 1}"] if i else []) for i in range(4)]
    sagemaker.create_pipeline(
        PipelineName="killed", RoleArn=ROLE, PipelineDefinition=json.dumps(definition(*chain))
    )
    arn = sagemaker.start_pipeline_execution(PipelineName="killed")["PipelineExecutionArn"]

    def status():
        return sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"]

    for step in chain:
        def reached():
            listed = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)
            return step["Name"] in [found["StepName"] for found in listed["PipelineExecutionSteps"]]

        wait_for(reached, 60, f"step {step['Name']}")
        engine.kill()
        engine.start()
    wait_for(lambda: status() in ENDED, 60, "the end of the execution")
    assert status() == "Succeeded"
    listed = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    assert all(found["AttemptCount"] == 1 for found in listed)
    jobs = sagemaker.list_processing_jobs(MaxResults=100)["ProcessingJobSummaries"]
    assert len(jobs) == len(chain)


def has_ended(engine, arn):
    """Whether the execution is over, as far as a dying engine can tell."""
    if arn is None:
        return False
    try:
        described = engine.client("sagemaker").describe_pipeline_execution(PipelineExecutionArn=arn)
        return described["PipelineExecutionStatus"] in ENDED
    except BotoCoreError:
        return False


# Each with the passages at which to kill; the store's own are passed while the engine starts, too.
FAILPOINTS = [
    *(
        (failpoint, passage)
        for failpoint in (
            "pipeline-execution-started",
            "pipeline-before-store",
            "pipeline-after-store",
            "pipeline-dispatch",
            "pipeline-before-create",
            "pipeline-after-create",
            "pipeline-task-done",
        )
        for passage in (1, 3)
    ),
    *(("store-before-commit", passage) for passage in (4, 6, 8)),
    *(("store-after-commit", passage) for passage in (4, 6, 8)),
]


@pytest.mark.skipif(
    "#define SAGEBRUSH_FAILPOINTS 1" not in (BUILD / "config.h").read_text(),
    reason="built without -Dfailpoints=true",
)
@pytest.mark.parametrize("failpoint, passage", FAILPOINTS)
def test_killed_at(engine_factory, failpoint, passage):
    """Killed at the n-th passage of an instant that matters, and never again after that."""
    engine = engine_factory(start=False)
    engine.start()
    document = definition(
        processing("A", "true"),
        processing("B", "true"),
        condition("C", [equals(1, 1)], [processing("D", "true", DependsOn=["A", "B"])]),
        model("M"),
        register("R", "group"),
    )
    engine.client("s3").create_bucket(Bucket="models")
    engine.client("s3").put_object(Bucket="models", Key="model.tar.gz", Body=b"x")
    engine.client("sagemaker").create_pipeline(
        PipelineName="killed", RoleArn=ROLE, PipelineDefinition=json.dumps(document)
    )
    engine.stop()

    engine.start(SAGEBRUSH_FAILPOINT=f"{failpoint}:kill:{passage}")
    token = uuid.uuid4().hex
    arn = start_once(engine, token)
    wait_for(lambda: engine.process.poll() is not None or has_ended(engine, arn), 60, "death or success")
    engine.stop()
    # And once more, after what was under way has been taken up.
    with pytest.raises(AssertionError, match="did not start"):
        engine.start(SAGEBRUSH_FAILPOINT="pipeline-taken-up:kill")
    engine.process.wait()
    engine.process.stdout.close()
    engine.start()

    sagemaker = engine.client("sagemaker")
    arn = start_once(engine, token)

    wait_for(lambda: has_ended(engine, arn), 60, "the end of the execution")
    described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    listed = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    assert described["PipelineExecutionStatus"] == "Succeeded", described["FailureReason"]
    assert sorted(step["StepName"] for step in listed) == ["A", "B", "C", "D", "M", "R"]
    assert all(step["AttemptCount"] == 1 for step in listed)
    assert len(sagemaker.list_processing_jobs()["ProcessingJobSummaries"]) == 3
    assert len(sagemaker.list_models()["Models"]) == 1
    packages = sagemaker.list_model_packages(ModelPackageGroupName="group")
    assert len(packages["ModelPackageSummaryList"]) == 1
    assert len(sagemaker.list_pipeline_executions(PipelineName="killed")["PipelineExecutionSummaries"]) == 1
    assert engine.stop() == 0


def test_definition_is_not_changed_by_us(sagemaker, create):
    """What was sent is given back, byte by byte."""
    text = json.dumps(TRIVIAL, indent=7, ensure_ascii=False)
    name = create(TRIVIAL)
    sagemaker.update_pipeline(PipelineName=name, PipelineDefinition=text)
    assert sagemaker.describe_pipeline(PipelineName=name)["PipelineDefinition"] == text
