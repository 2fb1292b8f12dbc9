"""The kinds of voices, which differ in how much they speak at once and in whether they know SSML."""

from __future__ import annotations

from typing import Literal

VoiceKind = Literal["basic", "polly", "google"]


def kind_of(voice: str | None) -> VoiceKind:
    """The kind of *voice*; without one it is a basic voice that speaks."""
    if voice is not None and voice.startswith("Polly."):
        return "polly"
    if voice is not None and voice.startswith("Google."):
        return "google"
    return "basic"


def allows_ssml(voice: str | None) -> bool:
    """Whether tags such as ``<break>`` mean something to *voice*."""
    return kind_of(voice) != "basic"
