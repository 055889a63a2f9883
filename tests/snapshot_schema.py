"""The JSON schema of the one-shot, made from its types: `python -m tests.snapshot_schema` writes it."""

import json
from pathlib import Path

import msgspec

from tui.output.document import Everything

FILE = Path(__file__).parent.parent / "docs" / "snapshot.schema.json"


def schema() -> str:
    """The schema, as it stands in the file."""
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Everything)}
    return json.dumps(made, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(schema(), encoding="utf-8")
