"""Scenarios: virtual time passes by itself, and what did not come true is told with what happened instead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ringline.testing import Result, run_scenarios

HERE = Path(__file__).parent
HEAD = """\
workflow: greeting.yaml
people:
  ana: {number: "+14155550123", timezone: Europe/Berlin}
scenarios:
  - name: A greeting
    steps:
      - {start: , inputs: {phone: "{{ana.number}}"}}
"""


def played(folder: Path, steps: str, head: str = HEAD) -> Result:
    (folder / "greeting.yaml").write_text((HERE / "greeting.yaml").read_text())
    path = folder / "greeting.scenarios.yaml"
    path.write_text(head + steps)
    (result,) = run_scenarios(path)
    return result


def test_months_pass_in_no_time(tmp_path: Path) -> None:
    result = played(
        tmp_path,
        """\
      - {expect: Hello +14155550123, to: ana, within: 5s}
      - {expect_nothing: 90d}
      - {expect_run: {status: completed, outputs: {outcome: sent}}}
""",
    )
    assert result.is_ok, result.explain()
    assert result.passed >= 90 * 86_400


def test_what_follows_is_always_the_same(tmp_path: Path) -> None:
    steps = "      - {expect: Hello, to: ana}\n      - {wait: 2d}\n"
    timelines = set()
    for number in range(5):
        folder = tmp_path / str(number)
        folder.mkdir()
        result = played(folder, steps)
        timelines.add(tuple(line.split("(run_")[0] for line in result.timeline))
    assert len(timelines) == 1


UNMET = [
    ("      - {expect: Good evening, to: ana}\n", "does not contain “Good evening”"),
    (
        "      - {expect: Hello, to: ana, at: '2026-05-04 18:00'}\n",
        "came at Mon May 04 15:00:00, not at Mon May 04 18:00",
    ),
    ("      - {expect_nothing: 1h}\n", "reached ana at"),
    ("      - {expect: Hello, to: ana}\n      - {expect: Hello, to: ana}\n", "no message reached ana by"),
    ("      - {wait: 1h}\n", "no step expects it"),
    ("      - {expect: Hello, to: ana}\n      - {expect_run: failed}\n", "is completed, not failed"),
    (
        "      - {expect: Hello, to: ana}\n      - {expect_run: {outputs: {sum: 1}}}\n",
        "has no output sum (it has outcome)",
    ),
    ("      - {expect: Hello, to: ana}\n      - {expect_sent: refused, to: ana}\n", "status is delivered, not refused"),
    ("      - {expect: Hello, to: ana, channel: whatsapp}\n", "came by sms, not whatsapp"),
    ("      - {expect: Hello, to: ana}\n      - {wait_until: '2026-05-01 09:00'}\n", "2026-05-01 09:00 has passed"),
]


@pytest.mark.parametrize(("steps", "reason"), UNMET, ids=[reason for _, reason in UNMET])
def test_what_did_not_come_true_is_told(tmp_path: Path, steps: str, reason: str) -> None:
    result = played(tmp_path, steps)
    assert result.failure is not None
    assert reason in result.failure.reason
    assert any("ana gets: “Hello +14155550123”" in line for line in result.failure.instead)
    assert any("run of greeting" in line for line in result.failure.instead)


def test_the_line_of_the_step_is_named(tmp_path: Path) -> None:
    result = played(tmp_path, "      - {expect: Goodbye, to: ana}\n")
    assert result.failure is not None
    assert result.failure.line == 8
    assert "greeting.scenarios.yaml:8: expect: Goodbye, to: ana" in result.explain()


def test_what_is_still_on_its_way_at_the_end_is_waited_for(tmp_path: Path) -> None:
    result = played(tmp_path, "")
    assert result.failure is not None
    assert "no step expects it" in result.failure.reason


def test_a_fast_clock_does_not_begin_before_the_story_and_waits_for_what_is_in_hand(tmp_path: Path) -> None:
    (tmp_path / "greeting.yaml").write_text((HERE / "greeting.yaml").read_text())
    path = tmp_path / "greeting.scenarios.yaml"
    path.write_text(HEAD + "      - {expect: Hello, to: ana}\n      - {expect_nothing: 2h}\n")
    (result,) = run_scenarios(path, speed=2_000)
    assert result.is_ok, result.explain()
    assert result.passed >= 7_200


def test_a_carrier_can_lose_and_refuse(tmp_path: Path) -> None:
    head = HEAD.replace("    steps:\n", "    steps:\n      - {carrier: undelivered, to: ana, error: 30003}\n")
    steps = "      - {expect_nothing: 1h}\n      - {expect_sent: {status: undelivered, error: 30003}, to: ana}\n"
    result = played(tmp_path, steps, head)
    assert result.is_ok, result.explain()


def test_data_outlasts_the_process(tmp_path: Path) -> None:
    result = played(
        tmp_path,
        """\
      - {expect: Hello, to: ana}
      - restart: true
      - {expect_run: {status: completed, count: 1}}
      - {start: , inputs: {phone: "{{ana.number}}"}}
      - {expect: Hello, to: ana}
      - {expect_run: {count: 2}}
""",
    )
    assert result.is_ok, result.explain()


def test_the_fixture_plays_files_beside_the_test(scenario: Callable[..., list[Result]]) -> None:
    assert [result.name for result in scenario("greeting.scenarios.yaml")] == ["She is greeted", "She is greeted twice"]
    assert len(scenario("greeting.scenarios.yaml", only="twice")) == 1


def test_the_fixture_fails_with_what_happened_instead(scenario: Callable[..., list[Result]], tmp_path: Path) -> None:
    played(tmp_path, "      - {expect: Goodbye, to: ana}\n")
    with pytest.raises(pytest.fail.Exception, match="does not contain “Goodbye”"):
        scenario(tmp_path / "greeting.scenarios.yaml")


HOOK = """\
workflow: greeting.yaml
environment: {SHOP_SECRET: open-sesame}
people: {ana: {number: "+14155550123"}}
scenarios:
  - name: A request
    steps:
      - {webhook: new, body: {phone: "{{ana.number}}"}}
      - {expect: Hello, to: ana}
"""


@pytest.mark.parametrize(
    "how",
    [
        "secret: SHOP_SECRET",
        "secret: SHOP_SECRET, header: X-Token",
        "secret: SHOP_SECRET, auth: hmac",
        "secret: SHOP_SECRET, auth: hmac, header: X-Sig, algorithm: sha512",
        "secret: SHOP_SECRET, auth: standard-webhooks",
        "method: PUT",
    ],
)
def test_webhooks_are_called_with_the_proof_they_ask_for(tmp_path: Path, how: str) -> None:
    hook = f'triggers: [{{type: webhook, path: new, {how}, inputs: {{phone: "{{{{trigger.body.phone}}}}"}}}}]\n'
    (tmp_path / "greeting.yaml").write_text(hook + (HERE / "greeting.yaml").read_text())
    path = tmp_path / "greeting.scenarios.yaml"
    path.write_text(HOOK)
    (result,) = run_scenarios(path)
    assert result.is_ok, result.explain()


def test_a_proof_of_the_scenario_s_own_is_sent_as_it_is(tmp_path: Path) -> None:
    hook = 'triggers: [{type: webhook, path: new, secret: SHOP_SECRET, inputs: {phone: "{{trigger.body.phone}}"}}]\n'
    (tmp_path / "greeting.yaml").write_text(hook + (HERE / "greeting.yaml").read_text())
    path = tmp_path / "greeting.scenarios.yaml"
    path.write_text(HOOK.replace("{webhook: new,", "{webhook: new, headers: {Authorization: Bearer wrong},"))
    (result,) = run_scenarios(path)
    assert result.failure is not None
    assert "Its token is not the right one." in result.failure.reason
