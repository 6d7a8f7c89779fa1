"""What every event keeps: an envelope that any reader of the standard understands."""

import asyncpg
import msgspec

from quid.kit.events import Envelope


def fault(key: str, kind: str, payload: str) -> str | None:
    """Say what is wrong with a row of the outbox, or nothing."""
    try:
        envelope = msgspec.json.decode(payload, type=Envelope)
        data = msgspec.json.decode(envelope.data)
        _ = envelope.event_id
    except (msgspec.MsgspecError, ValueError) as e:
        return f"{kind}: {e}"
    if (envelope.type, envelope.partitionkey) != (kind, key):
        return f"{kind}: the envelope names another type or key than its row"
    if not isinstance(data, dict):
        return f"{kind}: the data is not an object"
    floats = [name for name, value in data.items() if isinstance(value, float)]
    return f"{kind}: {floats} are floats" if floats else None


async def check_outbox(conn: asyncpg.Connection) -> list[str]:
    """Look at every event written; give the faults."""
    rows = await conn.fetch("select o.key, o.type, o.payload from kit.outbox o")
    found = [fault(*row) for row in rows]
    return [f for f in found if f]
