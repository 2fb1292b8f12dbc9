"""How long conversations are kept, and what is left of one when the person is forgotten."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ringline.interview.agent import AgentSpec, QuestionsAgent
from ringline.interview.encoding import spec_to_json
from ringline.interview.flow import Question, QuestionFlow
from ringline.voice.sessions.store import log as store_log
from ringline.voice.sessions.store import sessions as store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringline.clock import Clock
    from ringline.database import Database, Transaction
    from ringline.interview.state import Answer
    from ringline.voice.sessions.happening import Happening
    from ringline.voice.sessions.sealing import Sealing
    from ringline.voice.sessions.turning import Turning

KEEP_OFFERS = 86_400.0
ERASED = "erased"
"""Stands for the person."""
_WORDS = ("text", "digits")
_WITHOUT_WORDS = frozenset({"end", "end_leg", "new_leg"})
"""What is left of what was done: how the conversation went, not what was said in it."""


class Keeping:
    """Erases and forgets."""

    def __init__(
        self, database: Database, clock: Clock, turning: Turning, happening: Happening, sealing: Sealing
    ) -> None:
        self._database = database
        self._clock = clock
        self._turning = turning
        self._happening = happening
        self._sealing = sealing

    def erase_in(self, tx: Transaction, numbers: Sequence[str]) -> int:
        """Forget what these people said and what was said to them; returns in how many sessions.

        What is going on ends. How each conversation went stays, for who counts them: questions, outcome, times.
        """
        count = 0
        for number in numbers:
            for row in store.of_person(tx, number):
                self._happening.end_in(tx, row["id"], actor="erasure")
                self._erase(tx, row["id"])
                count += 1
        if count:
            store_log.forget_specs(tx, before=self._clock.time())
        return count

    def _erase(self, tx: Transaction, session_id: str) -> None:
        held = self._turning.hold(tx, session_id)
        assert held is not None
        state = replace(held.state, answers={name: _erased(one) for name, one in held.state.answers.items()})
        spec = self.add_spec_in(tx, _bare(held.spec))
        state_text = self._sealing.state_text(replace(state, said=[], pending=None), session_id=session_id)
        store.erase(tx, session_id, person=ERASED, spec=spec, state=state_text)
        for event in store_log.events(tx, session_id):
            left = {key: "" if key in _WORDS else one for key, one in json.loads(event["event"]).items()}
            done = [one for one in json.loads(event["actions"]) if one["kind"] in _WITHOUT_WORDS]
            store_log.erase_event(tx, session_id, event["seq"], event=json.dumps(left), actions=json.dumps(done))
        store_log.forget_responses(tx, session_id)

    def add_spec_in(self, tx: Transaction, spec: AgentSpec) -> str:
        """Keep what sessions hold; gives the hash under which it is found."""
        text = json.dumps(spec_to_json(spec), ensure_ascii=False, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        store_log.add_spec(tx, digest, text, now=self._clock.time())
        return digest

    async def forget_older_than(self, seconds: float) -> int:
        """Delete sessions that ended so long ago, with their logs; returns how many."""
        before = self._clock.time() - seconds

        def work(tx: Transaction) -> int:
            ids = store.old(tx, before=before)
            store.forget(tx, ids)
            store_log.forget(tx, ids)
            store_log.forget_specs(tx, before=before)
            store.forget_offers(tx, before=self._clock.time() - KEEP_OFFERS)
            return len(ids)

        return await self._database.write(work)


def _erased(answer: Answer) -> Answer:
    empty: dict[str, Any] = {"value": None, "text": "", "raw": "", "sealed": None, "evidence": []}
    return replace(answer, **empty)


def _bare(spec: AgentSpec) -> QuestionsAgent:
    """What was asked, by ids alone: words may have been filled with what is known of the person."""
    questions = tuple(Question(one.id, one.id, one.type, sensitive=one.sensitive) for one in spec.flow.questions)
    return QuestionsAgent(QuestionFlow(questions, spec.flow.linear), spec.language, spec.channel)
