# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of anything that has an ARN."""

import pytest

from wire import call, refusal


@pytest.fixture
def group(sagemaker, unique):
    """ARN of a model package group of the test's own."""
    return sagemaker.create_model_package_group(
        ModelPackageGroupName=unique("tagged"))["ModelPackageGroupArn"]


def tags(**values):
    return [{"Key": key, "Value": value} for key, value in values.items()]


def listed(sagemaker, arn):
    pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)

    return {t["Key"]: t["Value"] for page in pages for t in page["Tags"]}


def test_life_of_tags(sagemaker, group):
    assert sagemaker.list_tags(ResourceArn=group)["Tags"] == []
    sagemaker.add_tags(ResourceArn=group, Tags=tags(a="1", b="2"))
    sagemaker.add_tags(ResourceArn=group, Tags=tags(b="3", c=""))
    assert listed(sagemaker, group) == {"a": "1", "b": "3", "c": ""}
    sagemaker.delete_tags(ResourceArn=group, TagKeys=["b", "never-there"])
    assert listed(sagemaker, group) == {"a": "1", "c": ""}


def test_tags_at_creation(sagemaker, unique):
    arn = sagemaker.create_model_package_group(
        ModelPackageGroupName=unique("tagged"), Tags=tags(team="churn"))["ModelPackageGroupArn"]
    assert listed(sagemaker, arn) == {"team": "churn"}


def test_refused_tags_make_nothing(sagemaker, unique):
    """The row and its tags are one change."""
    name = unique("tagged")
    code, message = refusal(sagemaker.create_model_package_group, ModelPackageGroupName=name,
                            Tags=tags(**{"aws:mine": "1"}))
    assert code == "ValidationException" and "aws:" in message
    assert "does not exist" in refusal(sagemaker.describe_model_package_group,
                                       ModelPackageGroupName=name)[1]


def test_tags_go_with_their_resource(sagemaker, unique):
    name = unique("tagged")
    arn = sagemaker.create_model_package_group(
        ModelPackageGroupName=name, Tags=tags(a="1"))["ModelPackageGroupArn"]
    sagemaker.delete_model_package_group(ModelPackageGroupName=name)
    assert refusal(sagemaker.list_tags, ResourceArn=arn)[0] == "ValidationException"
    sagemaker.create_model_package_group(ModelPackageGroupName=name)
    assert listed(sagemaker, arn) == {}


def test_fifty_fit_and_no_more(sagemaker, group):
    sagemaker.add_tags(ResourceArn=group, Tags=tags(**{f"k{i:02}": str(i) for i in range(50)}))
    code, message = refusal(sagemaker.add_tags, ResourceArn=group, Tags=tags(one_more="x"))
    assert code == "ValidationException" and "50" in message
    sagemaker.add_tags(ResourceArn=group, Tags=tags(k00="changed"))  # no new key
    assert len(listed(sagemaker, group)) == 50 and listed(sagemaker, group)["k00"] == "changed"
    reply = sagemaker.list_tags(ResourceArn=group)
    assert len(reply["Tags"]) == 50 and "NextToken" not in reply


def test_fifty_one_at_once(sagemaker, group):
    code, message = refusal(sagemaker.add_tags, ResourceArn=group,
                            Tags=tags(**{f"k{i}": "" for i in range(51)}))
    assert code == "ValidationException"
    assert listed(sagemaker, group) == {}


@pytest.mark.parametrize("key", ["aws:x", "AWS:x", "Aws:sagemaker"])
def test_reserved_keys(sagemaker, group, key):
    code, message = refusal(sagemaker.add_tags, ResourceArn=group, Tags=tags(**{key: "1"}))
    assert code == "ValidationException" and "reserved" in message


@pytest.mark.parametrize("key, value", [
    ("a\u202eb", "x"), ("k", "a\u202eb"), ("k" * 129, "x"), ("k", "v" * 257), ("bell\x07", "x"),
    ("semi;colon", "x"), ("k", "quote\"<>"),
])
def test_hostile_tags(engine, sagemaker, group, key, value):
    answer = call(engine, "AddTags", {"ResourceArn": group, "Tags": tags(**{key: value})})
    assert (answer.status, answer.code) == (400, "ValidationException"), answer.text
    assert "tags.1.member" in answer.message
    assert listed(sagemaker, group) == {}


def test_letters_of_the_world(sagemaker, group):
    values = {"équipe": "données", "團隊": "資料", "a b": "c d", "x_.:/=+-@": "_.:/=+-@"}
    sagemaker.add_tags(ResourceArn=group, Tags=tags(**values))
    assert listed(sagemaker, group) == values


def test_duplicate_keys_in_one_call(sagemaker, group):
    code, message = refusal(sagemaker.add_tags, ResourceArn=group,
                            Tags=tags(a="1") + tags(a="2"))
    assert code == "ValidationException" and "'a'" in message
    assert listed(sagemaker, group) == {}


def test_missing_resource(sagemaker):
    arn = "arn:aws:sagemaker:us-east-1:000000000000:model/never-there"
    for function, members in [(sagemaker.list_tags, {}), (sagemaker.add_tags, {"Tags": tags(a="1")}),
                              (sagemaker.delete_tags, {"TagKeys": ["a"]})]:
        code, message = refusal(function, ResourceArn=arn, **members)
        assert code == "ValidationException" and arn in message


def test_cli_tags(aws, group):
    aws("sagemaker", "add-tags", "--resource-arn", group, "--tags", "Key=a,Value=1")
    assert aws("sagemaker", "list-tags", "--resource-arn", group).json == {
        "Tags": [{"Key": "a", "Value": "1"}]}
    assert aws("sagemaker", "delete-tags", "--resource-arn", group, "--tag-keys", "a").json is None
