"""The verbs of TwiML that the simulator carries out, a file for each family."""

from __future__ import annotations

from ringline.simulator.calls.conversation import Verb
from ringline.simulator.calls.verbs import dialling, gathering, leaving, recording, speaking

VERBS: dict[str, Verb] = {
    "Say": speaking.say,
    "Play": speaking.play,
    "Pause": speaking.pause,
    "Gather": gathering.gather,
    "Record": recording.record,
    "Start": recording.start,
    "Stop": recording.stop,
    "Redirect": leaving.redirect,
    "Hangup": leaving.hang_up,
    "Reject": leaving.reject,
    "Dial": dialling.dial,
}
