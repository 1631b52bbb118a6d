# Whether a document is as a JSON Schema has it.
#
#   schema.py SCHEMA DOCUMENT
#
# Members that the schema does not know are faults too: it is meant to be complete.
import json
import sys

from jsonschema import Draft7Validator


def close(node):
    if isinstance(node, dict):
        if "properties" in node and "object" in node.get("type", ()) and "definitions" not in node:
            node["additionalProperties"] = False
        for value in node.values():
            close(value)
    elif isinstance(node, list):
        for value in node:
            close(value)


schema, document = (json.load(open(name)) for name in sys.argv[1:])
close(schema)
Draft7Validator.check_schema(schema)
faults = [error.message for error in Draft7Validator(schema).iter_errors(document)]
sys.exit("\n".join(faults) or 0)
