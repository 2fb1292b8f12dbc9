"""What `cache_set` keeps is what `cache_get` gives, per camera and key."""

from __future__ import annotations

from ringline.blocks.roboflow.cache_get import CacheGet
from ringline.blocks.roboflow.cache_memory import CacheMemory
from ringline.blocks.roboflow.cache_set import CacheSet

FRONT, BACK = {"video_metadata": {"video_identifier": "front"}}, {"video_metadata": {"video_identifier": "back"}}


def test_a_value_is_found_again_by_another_step() -> None:
    memory = CacheMemory()
    CacheSet(cache_memory=memory).run(image=FRONT, key="seen", value=3)
    read = CacheGet(cache_memory=memory)

    assert read.run(image=FRONT, key="seen") == {"output": 3}
    assert read.run(image=BACK, key="seen") == {"output": False}
    assert read.run(image=FRONT, key="other") == {"output": False}


def test_workflows_of_one_process_share_what_they_keep() -> None:
    CacheSet().run(image=FRONT, key="shared by a test", value=1)

    assert CacheGet().run(image=FRONT, key="shared by a test") == {"output": 1}


def test_the_value_untouched_longest_makes_room() -> None:
    memory = CacheMemory(limit=2)
    for key in ("a", "b"):
        memory.set("camera", key, key)
    memory.get("camera", "a")
    memory.set("camera", "c", "c")

    assert [memory.get("camera", key) for key in "abc"] == ["a", False, "c"]
