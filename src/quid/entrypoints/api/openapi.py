"""Write the committed OpenAPI document: `python -m quid.entrypoints.api.openapi [FILE]`."""

import json
import sys
from pathlib import Path

from quid.entrypoints.api.app import framework

DEFAULT = Path(__file__).resolve().parents[4] / "docs" / "api" / "openapi.json"


def document() -> str:
    """Give the document as it is committed."""
    return json.dumps(framework().openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document(), encoding="utf-8")
