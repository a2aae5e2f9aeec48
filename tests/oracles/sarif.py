"""Holds SARIF logs against the official schema of SARIF 2.1.0. usage: sarif.py FILE...; exits 1 when one does not fit."""

import json
import sys

from sarif_kit import validation_errors


def main(paths):
    failed = False
    for path in paths:
        with open(path, encoding="utf-8") as file:
            errors = list(validation_errors(json.load(file)))
        print(path, "fits" if not errors else "does not fit")
        for error in errors:
            failed = True
            print(f"  {error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
