# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample project on an engine, as a script sets it up, for Studio to show."""

import subprocess
import time

from clients import ROLE, SKLEARN, SOURCE, wait_for, wait_for_job

FOLDER = SOURCE / "data" / "samples" / "churn"
PIPELINE = "ChurnPipeline"
GROUP = "ChurnModels"
BUCKET = "sagemaker-us-east-1-000000000000"
TERMINAL = ("Succeeded", "Failed", "Stopped")


def export_data(folder):
    """The sample's data as a CSV file in that folder."""
    subprocess.run(["Rscript", str(FOLDER / "export.R"), str(folder)], check=True,
                   capture_output=True, timeout=120)
    return folder / "churn.csv"


class Sample:
    """The pipeline, its executions and what became of them."""

    def __init__(self, engine, data):
        self.engine = engine
        self.data = data
        self.sagemaker = engine.client("sagemaker")
        self.runtime = engine.client("sagemaker-runtime")
        self.s3 = engine.client("s3")

    def upload(self):
        """All that the pipeline reads, and the pipeline."""
        self.s3.create_bucket(Bucket=BUCKET)
        self.s3.upload_file(str(self.data), BUCKET, "churn/input/churn.csv")
        for script in ("preprocess.py", "evaluate.py"):
            self.s3.upload_file(str(FOLDER / script), BUCKET, f"churn/code/{script}")
        self.sagemaker.create_pipeline(
            PipelineName=PIPELINE, PipelineDisplayName="CustomerChurn", RoleArn=ROLE,
            PipelineDefinition=(FOLDER / "pipeline.json").read_text())
        self.sagemaker.create_model_package_group(
            ModelPackageGroupName=GROUP,
            ModelPackageGroupDescription="Models that say which customers will leave")
        return self

    def start(self, **parameters):
        """Starts an execution; its ARN."""
        return self.sagemaker.start_pipeline_execution(
            PipelineName=PIPELINE,
            PipelineParameters=[{"Name": name, "Value": str(value)}
                                for name, value in parameters.items()])["PipelineExecutionArn"]

    def wait(self, execution, seconds=120):
        """Waits for the end of an execution and returns how it ended."""
        def ended():
            state = self.sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution)
            status = state["PipelineExecutionStatus"]
            return status if status in TERMINAL else None

        return wait_for(ended, seconds, f"the end of {execution}")

    def steps(self, execution):
        """The steps that have started, by name."""
        steps = self.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=execution)
        return {step["StepName"]: step for step in steps["PipelineExecutionSteps"]}

    def executions(self):
        """The ARNs of all executions, the newest first."""
        pages = self.sagemaker.get_paginator("list_pipeline_executions").paginate(
            PipelineName=PIPELINE)
        return [item["PipelineExecutionArn"] for page in pages
                for item in page["PipelineExecutionSummaries"]]

    def parameters(self, execution):
        """The parameters that an execution was given."""
        answer = self.sagemaker.list_pipeline_parameters_for_execution(
            PipelineExecutionArn=execution)
        return {item["Name"]: item["Value"] for item in answer["PipelineParameters"]}

    def versions(self):
        """The model packages of the group, the newest first."""
        return self.sagemaker.list_model_packages(
            ModelPackageGroupName=GROUP, SortBy="CreationTime",
            SortOrder="Descending")["ModelPackageSummaryList"]

    def approve(self, package, reason="The accuracy suffices"):
        self.sagemaker.update_model_package(ModelPackageArn=package, ApprovalDescription=reason,
                                            ModelApprovalStatus="Approved")

    def endpoints(self):
        """The state of each endpoint by its name."""
        return {item["EndpointName"]: item["EndpointStatus"]
                for item in self.sagemaker.list_endpoints()["Endpoints"]}

    def deploy(self, name, package, wait=True):
        """An endpoint of that name that serves the version."""
        self.sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE,
                                    PrimaryContainer={"ModelPackageName": package})
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[{"VariantName": "AllTraffic", "ModelName": name,
                                 "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}])
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        if wait:
            wait_for(lambda: self.endpoints()[name] == "InService", 120, f"{name} in service")

    def row(self):
        """A line of the prepared data without its label, as an endpoint is asked about it."""
        execution = next(arn for arn in self.executions() if "PreprocessChurn" in self.steps(arn))
        name = self.steps(execution)["PreprocessChurn"]["Metadata"]["ProcessingJob"]["Arn"]
        job = self.sagemaker.describe_processing_job(ProcessingJobName=name.rsplit("/", 1)[1])
        uri = next(output["S3Output"]["S3Uri"] for output in job["ProcessingOutputConfig"]["Outputs"]
                   if output["OutputName"] == "test")
        bucket, key = uri.removeprefix("s3://").split("/", 1)
        body = self.s3.get_object(Bucket=bucket, Key=f"{key}/test.csv")["Body"].read().decode()
        return body.split("\n", 1)[0].split(",", 1)[1]

    def send(self, endpoint, times, pause=0.0):
        """Requests, so that an endpoint has something to show."""
        row = self.row()
        for _ in range(times):
            self.runtime.invoke_endpoint(EndpointName=endpoint, ContentType="text/csv", Body=row)
            time.sleep(pause)

    def start_job(self, name, command, wait=False):
        """A processing job that runs a shell command."""
        self.sagemaker.create_processing_job(
            ProcessingJobName=name, RoleArn=ROLE,
            AppSpecification={"ImageUri": SKLEARN,
                              "ContainerEntrypoint": ["/bin/sh", "-c", command]},
            ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "VolumeSizeInGB": 1,
                                                   "InstanceType": "ml.t3.medium"}})
        return wait_for_job(self.sagemaker, "processing", name) if wait else None
