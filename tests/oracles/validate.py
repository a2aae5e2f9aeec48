#!/usr/bin/env python3
"""Checks create-pipeline inputs against the service's own API model, without any network.

    validate.py FILE...

Two checks for each file: botocore's validator, which is what the AWS CLI and boto3 run before they send anything, and a
walk over the same model that also applies what that validator skips: maxima, patterns and enumerations. Prints a line
for each file, and each finding below it. Exit code 1 when there is any finding, 2 when a file cannot be read.
"""

import json
import re
import sys

from botocore.session import Session
from botocore.validate import ParamValidator


class Strict:
    """Walks a value along a shape of the model and collects what does not fit."""

    def __init__(self):
        self.findings = []

    def walk(self, value, shape, path):
        visit = getattr(self, "_" + shape.type_name, None)
        if visit is None:
            self.report(path, shape, f"nothing is known about the type {shape.type_name}")
        else:
            visit(value, shape, path)

    def report(self, path, shape, text):
        self.findings.append(f"{path}: {text} ({shape.name})")

    def size(self, number, shape, path, what):
        limits = shape.metadata
        if number < limits.get("min", number):
            self.report(path, shape, f"{what} {number} is below {limits['min']}")
        if number > limits.get("max", number):
            self.report(path, shape, f"{what} {number} is above {limits['max']}")

    def _structure(self, value, shape, path):
        if not isinstance(value, dict):
            return self.report(path, shape, "is not an object")
        for name in shape.required_members:
            if name not in value:
                self.report(path, shape, f"lacks `{name}`")
        for name, member in value.items():
            if name in shape.members:
                self.walk(member, shape.members[name], f"{path}.{name}")
            else:
                self.report(path, shape, f"does not know `{name}`")

    def _list(self, value, shape, path):
        if not isinstance(value, list):
            return self.report(path, shape, "is not a list")
        self.size(len(value), shape, path, "length")
        for index, member in enumerate(value):
            self.walk(member, shape.member, f"{path}[{index}]")

    def _map(self, value, shape, path):
        if not isinstance(value, dict):
            return self.report(path, shape, "is not an object")
        self.size(len(value), shape, path, "size")
        for key, member in value.items():
            self.walk(key, shape.key, f"{path} key {key!r}")
            self.walk(member, shape.value, f"{path}[{key!r}]")

    def _string(self, value, shape, path):
        if not isinstance(value, str):
            return self.report(path, shape, "is not a text")
        self.size(len(value), shape, path, "length")
        if shape.enum and value not in shape.enum:
            self.report(path, shape, f"{value!r} is not one of {', '.join(shape.enum)}")
        # Patterns of the model hold for the whole text. Whether `.` stands for line breaks is not documented, so it does.
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(pattern, value, re.DOTALL):
            self.report(path, shape, f"{value!r} does not match {pattern}")

    def _integer(self, value, shape, path):
        if not isinstance(value, int) or isinstance(value, bool):
            return self.report(path, shape, "is not a whole number")
        self.size(value, shape, path, "value")

    _long = _integer

    def _boolean(self, value, shape, path):
        if not isinstance(value, bool):
            self.report(path, shape, "is not true or false")


def load_shape():
    model = Session().get_service_model("codepipeline")
    return model.operation_model("CreatePipeline").input_shape


def findings(document, shape):
    report = ParamValidator().validate(document, shape)
    found = ["botocore: " + line for line in report.generate_report().splitlines() if line.strip()]
    strict = Strict()
    strict.walk(document, shape, "$")
    return found + ["model: " + line for line in strict.findings]


def main(files):
    if not files:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    shape = load_shape()
    worst = 0
    for file in files:
        try:
            with open(file, encoding="utf-8") as stream:
                document = json.load(stream)
        except (OSError, ValueError) as error:
            print(f"{file}: cannot be read: {error}")
            worst = 2
            continue
        found = findings(document, shape)
        print(f"{file}: {'refused' if found else 'ok'}")
        for line in found:
            print(f"  {line}")
        worst = max(worst, 1 if found else 0)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
