"""What changed a moment ago, for whoever looks at it.

A change is a topic (`runs`, `messages`, …) and the id of the thing that changed, written down in the transaction that
changes it; pages then ask for the thing itself. Whoever reads on from the last change it has seen misses none.
"""

from __future__ import annotations

from ringline.live.changes import ALL, Changes, touch
from ringline.live.feed import Change, Feed, Reload

__all__ = ["ALL", "Change", "Changes", "Feed", "Reload", "touch"]
