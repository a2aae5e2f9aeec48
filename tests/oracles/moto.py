#!/usr/bin/env python3
"""Creates pipelines in an imitation of AWS, over real HTTP on the loopback interface, and reads them back.

    moto.py FILE...

Each file is the input of create-pipeline. What get-pipeline answers must be what was sent, but for the defaults that
the service documents to fill in. Prints a line for each file. Exit code 1 when one is refused or comes back different,
2 when a file cannot be read. Everything happens in this process; nothing leaves the machine.
"""

import json
import logging
import os
import sys

# This file's folder comes first on the path, and this file is called like the package.
sys.path = [path for path in sys.path if os.path.abspath(path or ".") != os.path.dirname(os.path.abspath(__file__))]

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import BotoCoreError, ClientError  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

REGION = "us-east-1"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
# What the service adds to a pipeline that does not say it.
ACTION_DEFAULTS = {"runOrder": 1, "configuration": {}, "inputArtifacts": [], "outputArtifacts": []}


def normal(pipeline):
    """A copy with the service's defaults filled in and without its version."""
    pipeline = json.loads(json.dumps(pipeline))
    pipeline.pop("version", None)
    for stage in pipeline.get("stages", []):
        for action in stage.get("actions", []):
            for name, value in ACTION_DEFAULTS.items():
                action.setdefault(name, value)
            action.get("actionTypeId", {}).setdefault("version", "1")
    return pipeline


def differences(sent, got, path="$"):
    if isinstance(sent, dict) and isinstance(got, dict):
        for key in sorted(sent.keys() | got.keys()):
            if key not in got:
                yield f"{path}.{key} did not come back"
            elif key not in sent:
                yield f"{path}.{key} was not sent"
            else:
                yield from differences(sent[key], got[key], f"{path}.{key}")
    elif isinstance(sent, list) and isinstance(got, list) and len(sent) == len(got):
        for index, (one, other) in enumerate(zip(sent, got)):
            yield from differences(one, other, f"{path}[{index}]")
    elif sent != got:
        yield f"{path} was {json.dumps(sent)} and came back as {json.dumps(got)}"


class Imitation:
    def __init__(self):
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        common = {
            "region_name": REGION,
            "endpoint_url": f"http://{host}:{port}",
            "aws_access_key_id": "none",
            "aws_secret_access_key": "none",
            "config": Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30, proxies={}),
        }
        self.iam = boto3.client("iam", **common)
        self.codepipeline = boto3.client("codepipeline", **common)
        self.account = "123456789012"
        for client in (self.iam, self.codepipeline):
            client.meta.events.register("before-send", self.as_account)

    def as_account(self, request, **_):
        """Each file is created in the account that its role belongs to."""
        request.headers["x-moto-account-id"] = self.account

    def make_role(self, arn):
        # arn:<partition>:iam::<account>:role/<path>/<name>
        parts = arn.split(":", 5)
        if len(parts) < 6 or not parts[4] or "/" not in parts[5]:
            return
        self.account = parts[4]
        path, name = parts[5].removeprefix("role").rsplit("/", 1)
        try:
            self.iam.create_role(Path=f"{path}/", RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
        except ClientError as error:
            if error.response["Error"]["Code"] != "EntityAlreadyExists":
                raise

    def check(self, document):
        """What is wrong with the document, as lines."""
        pipeline = document.get("pipeline", {}) if isinstance(document, dict) else {}
        try:
            self.make_role(str(pipeline.get("roleArn", "")))
            self.codepipeline.create_pipeline(**document)
        except (BotoCoreError, ClientError, TypeError) as error:
            return [line for line in str(error).splitlines() if line.strip()]
        name = pipeline["name"]
        try:
            answer = self.codepipeline.get_pipeline(name=name)
            found = list(differences(normal(pipeline), normal(answer["pipeline"])))
            tags = self.codepipeline.list_tags_for_resource(resourceArn=answer["metadata"]["pipelineArn"])["tags"]
            key = lambda tag: tag["key"]
            found += differences(sorted(document.get("tags", []), key=key), sorted(tags, key=key), "$.tags")
            return found
        finally:
            self.codepipeline.delete_pipeline(name=name)


def main(files):
    if not files:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    imitation = Imitation()
    worst = 0
    try:
        for file in files:
            try:
                with open(file, encoding="utf-8") as stream:
                    document = json.load(stream)
            except (OSError, ValueError) as error:
                print(f"{file}: cannot be read: {error}")
                worst = 2
                continue
            found = imitation.check(document)
            print(f"{file}: {'refused' if found else 'ok'}")
            for line in found:
                print(f"  {line}")
            worst = max(worst, 1 if found else 0)
    finally:
        imitation.server.stop()
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
