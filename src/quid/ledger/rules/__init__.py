"""Pure rules of the ledger: the chart with its legal pairs, and the chain of hashes."""

from quid.ledger.rules.blame import blame, hash_or_none
from quid.ledger.rules.chain import Row, block_hash, genesis, row_bytes, row_hash
from quid.ledger.rules.chart import BACK_DATED, CHART, CODE_RULES, REVERSIBLE, CodeRule

__all__ = [
    "BACK_DATED",
    "CHART",
    "CODE_RULES",
    "REVERSIBLE",
    "CodeRule",
    "Row",
    "blame",
    "block_hash",
    "genesis",
    "hash_or_none",
    "row_bytes",
    "row_hash",
]
