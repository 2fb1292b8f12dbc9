"""What a message, an answer or an interview will be, shown before anybody is written to."""

from __future__ import annotations

from typing import Any

import pytest

from web.conftest import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")

SURVEY: list[dict[str, Any]] = [
    {
        "id": "rating",
        "question": "On a scale of 1 to 10, how was it?",
        "type": "number",
        "actions": [
            {"condition": {"operator": "contains", "value": "9,10"}, "action": "continue_flow", "next": "praise"},
            {"condition": {"operator": "any_other"}, "action": "continue_flow", "next": "better"},
        ],
    },
    {"id": "praise", "question": "What did you like?", "next": "end"},
    {"id": "better", "question": "What could be better?"},
]


async def message(server: Server, text: str, **more: Any) -> dict[str, Any]:
    answer = await server.post("/api/v1/previews/message", {"text": text, **more})
    assert answer.status == 200, answer.text
    body: dict[str, Any] = answer.body
    return body


async def test_gaps_are_filled_with_values_made_up_from_their_names(shared_server: Server) -> None:
    seen = await message(shared_server, "Hi {{customer.firstName}}, {{formatDate(visit, 'd MMM', 'en')}}: {{shop}}")

    assert seen["message"]["text"] == "Hi Maria, 18 May: shop"
    assert {one["name"]: one["value"] for one in seen["samples"]} == {
        "customer.firstName": "Maria",
        "visit": "2026-05-18",
        "shop": "shop",
    }


async def test_given_values_win_over_made_up_ones(shared_server: Server) -> None:
    seen = await message(shared_server, "Order {{order.number}}", samples={"order.number": "A-7"})

    assert seen["message"]["text"] == "Order A-7"


async def test_a_list_is_shown_with_two_of_its_items(shared_server: Server) -> None:
    seen = await message(shared_server, "{{#each items}}{{this.name}}; {{/each}}")

    assert seen["message"]["text"] == "Maria; Maria; "


async def test_segments_and_price_are_counted_on_what_is_shown(shared_server: Server) -> None:
    seen = await message(shared_server, "a" * 161, to="+14155550123")

    assert seen["message"]["encoding"] == "GSM-7"
    assert seen["message"]["segments"] == 2
    assert seen["message"]["units"] == [153, 8]
    assert float(seen["price"]["amount"]) > 0
    assert seen["price"]["country"] == "US"


async def test_what_makes_a_text_dear_is_named_with_what_could_stand_there(shared_server: Server) -> None:
    seen = await message(shared_server, "It’s “{{name}}” …")

    assert seen["message"]["encoding"] == "UCS-2"
    assert [one["replacement"] for one in seen["beyond_gsm7"]] == ["'", '"', '"', "..."]
    assert seen["plain"]["encoding"] == "GSM-7"
    assert seen["plain_source"] == 'It\'s "{{name}}" ...'


async def test_an_emoji_has_nothing_to_stand_in_its_place(shared_server: Server) -> None:
    seen = await message(shared_server, "Done 🎉")

    assert seen["beyond_gsm7"] == [{"character": "🎉", "name": "Party popper", "replacement": None}]
    assert seen["plain"] is None


async def test_a_text_that_cannot_be_read_says_why(shared_server: Server) -> None:
    seen = await message(shared_server, "Hi {{name")

    assert seen["message"] is None
    assert seen["fault"]["message"]
    assert seen["fault"]["fix"]


async def test_placeholders_are_filled_by_their_names(shared_server: Server) -> None:
    seen = await message(shared_server, "Saw {{ $parameters.count }} people", placeholders=True)

    assert seen["message"]["text"] == "Saw 3 people"


async def test_numbers_are_shown_as_people_write_them(shared_server: Server) -> None:
    good = (await shared_server.get("/api/v1/previews/number?number=%2B442079460958")).body
    bad = (await shared_server.get("/api/v1/previews/number?number=4155550123")).body

    assert good["valid"]
    assert good["sentence"].startswith("+44 20 7946 0958 · United Kingdom")
    assert not bad["valid"]
    assert "+" in bad["sentence"]


@pytest.mark.parametrize(
    ("question", "text", "status", "sentence"),
    [
        ({"type": "yes_no"}, "yeah sure", "ok", "Understood as yes."),
        ({"type": "number", "minimum": 1, "maximum": 5}, "nine", "out_of_range", "not between 1 and 5"),
        (
            {"expectedAnswerType": "multiple_choice", "choices": ["billing", "technical"]},
            "technical",
            "ok",
            "technical",
        ),
        ({"type": "number"}, "can you repeat that", "meta", "hear the question again"),
    ],
)
async def test_an_answer_is_understood_as_on_the_phone(
    shared_server: Server, question: dict[str, Any], text: str, status: str, sentence: str
) -> None:
    answer = await shared_server.post("/api/v1/previews/understanding", {"question": question, "text": text})

    assert answer.body["status"] == status
    assert sentence in answer.body["sentence"]


async def test_keys_are_understood_as_keys(shared_server: Server) -> None:
    body = {"question": {"type": "yes_no"}, "text": "1", "keys": True}
    answer = await shared_server.post("/api/v1/previews/understanding", body)

    assert answer.body["value"] is True


async def test_a_question_that_cannot_be_read_is_a_problem_with_its_fix(shared_server: Server) -> None:
    body = {"question": {"type": "colour"}, "text": "red"}
    answer = await shared_server.post("/api/v1/previews/understanding", body)

    assert answer.status == 422
    assert answer.body["fix"]


async def test_questions_give_their_graph_and_a_call_for_every_way(shared_server: Server) -> None:
    answer = await shared_server.post("/api/v1/previews/questions", {"questions": SURVEY})

    assert [one for one in answer.body["faults"] if one["severity"] == "error"] == []
    assert answer.body["graph"]["start"] == "rating"
    assert {tuple(call["questions"]) for call in answer.body["calls"]} == {("rating", "praise"), ("rating", "better")}


async def test_faults_of_questions_name_their_places(shared_server: Server) -> None:
    questions = [{"id": "one", "question": "Which?", "type": "multiple_choice"}]
    answer = await shared_server.post("/api/v1/previews/questions", {"questions": questions})

    assert any(fault["path"].startswith("questions.0") for fault in answer.body["faults"])
    assert answer.body["calls"] == []


async def test_the_vocabulary_says_how_helpers_are_called(shared_server: Server) -> None:
    words = (await shared_server.get("/api/v1/previews/vocabulary")).body

    calls = {one["name"]: one["call"] for one in words["helpers"]}
    assert calls["formatDate"] == 'formatDate(value, "medium")'
    assert calls["now"] == "now()"
    assert "body" in words["trigger_fields"]["inbound_message"]
    assert {one["type"] for one in words["triggers"]} == set(words["trigger_fields"])
    assert all(one["schema"]["properties"] for one in words["triggers"])
