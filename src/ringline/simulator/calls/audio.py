"""Sound: how long a file lasts, and the WAV file of a recording."""

from __future__ import annotations

import io
import math
import shutil
import struct
import subprocess
import tempfile
import wave
from array import array
from pathlib import Path

from ringline.simulator.calls.records import Recording, Sound
from ringline.simulator.calls.speech_time import KEY_SECONDS

RATE = 8000
_MP3_BYTES_PER_SECOND = 16_000
_ROWS = ("123", "456", "789", "*0#")
_LOW, _HIGH = (697, 770, 852, 941), (1209, 1336, 1477)


def seconds_of(content_type: str, data: bytes) -> float:
    """How long a sound file plays: by its header where it is WAV, else as MP3 of 128 kbit/s would."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            return float(file.getnframes() / file.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        if "basic" in content_type or "ulaw" in content_type:
            return len(data) / RATE
        return len(data) / _MP3_BYTES_PER_SECOND


def wav_of(recording: Recording) -> bytes:
    """The recording as a WAV file, 16 bit, 8 kHz: each sound at its moment, silence between.

    One channel, or where it has two the person on the left and the application on the right.
    """
    frames = round((recording.duration or 0.0) * RATE)
    tracks = [array("h", bytes(2 * frames)) for _ in range(recording.channels)]
    for sound in recording.sounds:
        track = tracks[0 if recording.channels == 1 or sound.who == "them" else 1]
        _mix(track, round(sound.start * RATE), _samples(sound))
    mixed = tracks[0]
    if recording.channels == 2:
        mixed = array("h", bytes(4 * frames))
        mixed[0::2], mixed[1::2] = tracks
    if struct.pack("=h", 1) != struct.pack("<h", 1):
        mixed.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(recording.channels)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(mixed.tobytes())
    return file.getvalue()


def _mix(track: array[int], at: int, samples: array[int]) -> None:
    for index in range(min(len(samples), len(track) - at)):
        track[at + index] = max(-32768, min(32767, track[at + index] + samples[index]))


def _samples(sound: Sound) -> array[int]:
    length = round(sound.lasts * RATE)
    if sound.kind == "said":
        return _speech(sound.text, length, voice="en" if sound.who == "us" else "en+f3")
    if sound.kind == "beep":
        return _tones((1000,), length)
    if sound.kind == "keys":
        keys = array("h")
        for key in sound.text:
            row = next(index for index, each in enumerate(_ROWS) if key in each)
            tone = _tones((_LOW[row], _HIGH[_ROWS[row].index(key)]), round(KEY_SECONDS * 0.8 * RATE))
            keys.extend(tone + array("h", bytes(2 * (round(KEY_SECONDS * RATE) - len(tone)))))
        return keys[:length]
    return array("h", bytes(2 * length))


def _tones(frequencies: tuple[int, ...], length: int) -> array[int]:
    loudness = 9000 / len(frequencies)
    return array(
        "h",
        (
            int(sum(loudness * math.sin(2 * math.pi * each * index / RATE) for each in frequencies))
            for index in range(length)
        ),
    )


def _speech(text: str, length: int, *, voice: str) -> array[int]:
    """Words spoken by espeak-ng or flite, cut or filled up to *length* samples; silence where none is installed."""
    silence = array("h", bytes(2 * length))
    espeak, flite = shutil.which("espeak-ng") or shutil.which("espeak"), shutil.which("flite")
    if (espeak or flite) is None or not text.strip():
        return silence
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        command = (
            [espeak, "-v", voice, "-w", str(path), "--", text] if espeak else [str(flite), "-t", text, "-o", str(path)]
        )
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=30)  # noqa: S603 - no shell, text is last
            with wave.open(str(path)) as file:
                rate, spoken = file.getframerate(), array("h", file.readframes(file.getnframes()))
        except (OSError, subprocess.SubprocessError, wave.Error, EOFError):
            return silence
    # Every so many samples one, so that a second stays a second.
    taken = array("h", (spoken[int(index * rate / RATE)] for index in range(int(len(spoken) * RATE / rate))))
    return (taken + silence)[:length]
