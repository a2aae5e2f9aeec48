#!/usr/bin/env python3
"""Runs cfn-lint on create-pipeline inputs, written as CloudFormation templates.

    cfn_lint.py FILE...

Prints a line for each file, and each finding below it. Exit code 1 when there is any error, 2 when a file cannot be read.
"""

import json
import os
import subprocess
import sys
import tempfile

# Maps whose keys are data, not members.
OPAQUE = {"configuration"}


def pascal(value, inside_rule=False):
    """The value with members named as in CloudFormation."""
    if isinstance(value, list):
        return [pascal(item, inside_rule) for item in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for key, member in value.items():
        # `timeoutInMinutes` exists for actions, not for rules; a version belongs to action types, not to the pipeline.
        if key == "timeoutInMinutes" and inside_rule:
            continue
        name = key[:1].upper() + key[1:]
        out[name] = member if key in OPAQUE else pascal(member, inside_rule or key == "rules")
    return out


def template(document):
    pipeline = dict(document["pipeline"])
    pipeline.pop("version", None)
    stores = pipeline.pop("artifactStores", None)
    properties = pascal(pipeline)
    if stores is not None:
        # A map in the API, a list in CloudFormation.
        properties["ArtifactStores"] = [
            {"Region": region, "ArtifactStore": pascal(store)} for region, store in stores.items()
        ]
    if document.get("tags"):
        properties["Tags"] = pascal(document["tags"])
    resource = {"Type": "AWS::CodePipeline::Pipeline", "Properties": properties}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Pipeline": resource}}


def lint(document):
    """The findings, as lines; only errors count."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "template.json")
        with open(path, "w", encoding="utf-8") as stream:
            json.dump(template(document), stream)
        program = os.path.join(os.path.dirname(sys.executable), "cfn-lint")
        command = [program, "--format", "json", "--regions", "us-east-1", "--template", path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout or "[]")
    except ValueError:
        return [f"cfn-lint failed: {done.stdout}{done.stderr}"]
    if done.returncode and not found:
        return [f"cfn-lint failed: {done.stderr}"]
    errors = [item for item in found if item["Level"] == "Error"]
    where = lambda item: ".".join(str(step) for step in item["Location"].get("Path") or [])
    return [f"{item['Rule']['Id']} {where(item)}: {item['Message']}" for item in errors]


def main(files):
    if not files:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    worst = 0
    for file in files:
        try:
            with open(file, encoding="utf-8") as stream:
                document = json.load(stream)
            found = lint(document)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            print(f"{file}: cannot be read: {error}")
            worst = 2
            continue
        print(f"{file}: {'refused' if found else 'ok'}")
        for line in found:
            print(f"  {line}")
        worst = max(worst, 1 if found else 0)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
