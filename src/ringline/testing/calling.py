"""What the words for calls do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ringline.testing.call_steps import Answer, Call, ExpectCall, LineChange
from ringline.testing.story import Story, Unmet, one_line

if TYPE_CHECKING:
    from ringline.simulator import Call as CallRecord
    from ringline.simulator.calls.steps import Step as ScriptStep

USUAL = 900.0
A_MINUTE = 60.0


async def answer(story: Story, step: Answer) -> None:
    """Arm somebody's phone."""
    story.handset(step.answer).answer(_script(story, step.with_), after=step.after)
    await story.world.rest()


async def call(story: Story, step: Call) -> None:
    """Have somebody call us."""
    story.note(f"{step.from_} calls {step.call}")
    await story.world.off_the_clock(story.handset(step.from_).call(step.call, _script(story, step.with_)))
    await story.world.rest()


async def change_line(story: Story, step: LineChange) -> None:
    """Arm somebody's phone with what is no answer."""
    phone = story.handset(step.to)
    match step.line:
        case "busy":
            phone.busy()
        case "declines":
            phone.decline()
        case "rings":
            phone.no_answer()
        case "machine":
            phone.machine()
        case "fax":
            phone.fax()
        case "fails":
            phone.fail()
    await story.world.rest()


async def expect_call(story: Story, step: ExpectCall) -> None:
    """Wait for the end of a call, and look at how it went."""
    at = None if step.at is None else story.moment(step.at, step.to)
    until = (story.world.clock.time() if at is None else at) + (step.within or USUAL) + story.world.slack

    def is_over() -> CallRecord | None:
        return next((one for one in story.unexpected_calls(step.to) if one.is_final), None)

    found = await story.world.watch_for(is_over, until)
    if found is None:
        live = story.unexpected_calls(step.to)
        if live:
            raise Unmet(f"the call with {step.to} is still {live[-1].status} at {story.told(until, step.to)}")
        raise Unmet(f"there was no call with {step.to} by {story.told(until, step.to)}")
    story.met.add(found.sid)
    problems = _differences(story, step, found, at)
    if problems:
        raise Unmet(f"the call with {step.to} " + ", and ".join(problems))


def _differences(story: Story, step: ExpectCall, found: CallRecord, at: float | None) -> list[str]:
    wanted, problems = step.expect_call, []
    if wanted.status is not None and found.status != wanted.status:
        problems.append(f"ended {found.status}, not {wanted.status}")
    told = found.heard("us")
    for part in [wanted.heard] if isinstance(wanted.heard, str) else wanted.heard or []:
        if story.filled(part) not in told:
            problems.append(f"did not say “{story.filled(part)}” but {one_line(told, 300)}")
    if wanted.not_heard is not None and story.filled(wanted.not_heard) in told:
        problems.append(f"said “{story.filled(wanted.not_heard)}”")
    if wanted.seconds is not None and found.duration > wanted.seconds:
        problems.append(f"took {found.duration} s, not at most {wanted.seconds}")
    if at is not None and not at - 1 <= found.created < at + A_MINUTE + story.world.slack:
        problems.append(f"was placed at {story.told(found.created, step.to)}, not at {story.told(at, step.to)}")
    return problems


def _script(story: Story, steps: list[Any]) -> list[ScriptStep]:
    from ringline.simulator.calls.steps import step_from

    return [step_from(story.filled(one)) for one in steps]
