"""CDK constructs that deploy token rotators."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
LAMBDA_SRC: Final = ROOT / "lambda_src"
