"""Every element of a voice document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from ringline.twiml_grammar.form import MAX_HINTS, Attribute, Element


def _choice(*choices: str, default: str | None = None, code: int = 12200) -> Attribute:
    return Attribute("choice", default, code, choices=choices)


def _integer(low: int, high: int | None = None, *, default: str | None = None, code: int = 12200) -> Attribute:
    return Attribute("integer", default, code, low, high)


def _boolean(default: str | None = None, code: int = 12200) -> Attribute:
    return Attribute("boolean", default, code)


def _method(code: int = 12200) -> Attribute:
    return _choice("GET", "POST", default="POST", code=code)


def _url(code: int = 11100, *, required: bool = False) -> Attribute:
    return Attribute("url", None, code, required=required)


def _plain(*names: str) -> dict[str, Attribute]:
    return dict.fromkeys(names, Attribute())


def _words(*choices: str, default: str | None = None, code: int = 12200) -> Attribute:
    return Attribute("words", default, code, choices=choices)


_STATUS_CALLBACK = {"statusCallback": _url(), "statusCallbackMethod": _method()}
_CALL_EVENTS = _words("initiated", "ringing", "answered", "completed", default="completed")
_CALLED = {"url": _url(), "method": _method(13221), **_STATUS_CALLBACK, "statusCallbackEvent": _CALL_EVENTS}
_RECORDING_CALLBACK = {
    "recordingStatusCallback": _url(13256),
    "recordingStatusCallbackMethod": _method(),
    "recordingStatusCallbackEvent": _words("in-progress", "completed", "absent", default="completed", code=13621),
}
_AMD = {
    "machineDetection": _choice("Enable", "DetectMessageEnd"),
    "amdStatusCallback": _url(),
    "amdStatusCallbackMethod": _method(),
    "machineDetectionTimeout": _integer(1, 120, default="30"),
    "machineDetectionSpeechThreshold": _integer(1000, 6000, default="2400"),
    "machineDetectionSpeechEndThreshold": _integer(500, 5000, default="1200"),
    "machineDetectionSilenceTimeout": _integer(2000, 10_000, default="5000"),
}
_RECORD_DIAL = _choice(
    *("do-not-record", "true", "false", "record-from-answer", "record-from-ringing"),
    *("record-from-answer-dual", "record-from-ringing-dual"),
    default="do-not-record",
    code=13217,
)
_TRIM = ("trim-silence", "do-not-trim")
_LOOP = _integer(0, default="1", code=13510)
_SSML = frozenset({"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"})


def _ssml(children: frozenset[str], *names: str, text: Literal["none", "optional"] = "optional") -> Element:
    return Element(_plain(*names), children, text)


_SPEECH_MODELS = (
    *("default", "numbers_and_commands", "phone_call", "experimental_conversations", "experimental_utterances"),
    *("googlev2_long", "googlev2_short", "googlev2_telephony", "googlev2_telephony_short"),
    *("deepgram_nova-2", "deepgram_nova-3"),
)

_SPOKEN: dict[str, Element] = {
    "Say": Element(
        {
            "voice": Attribute("voice", "man", 13511),
            "language": Attribute("language", "en-US", 13512),
            "loop": _LOOP,
        },
        _SSML,
        "required",
    ),
    "break": _ssml(frozenset(), "strength", "time", text="none"),
    "emphasis": _ssml(_SSML - {"p", "s"}, "level"),
    "lang": _ssml(_SSML, "xml:lang"),
    "p": _ssml(_SSML - {"p"}),
    "phoneme": _ssml(frozenset(), "alphabet", "ph"),
    "prosody": _ssml(_SSML, "volume", "rate", "pitch"),
    "s": _ssml(_SSML - {"p", "s"}),
    "say-as": _ssml(frozenset(), "interpret-as", "format"),
    "sub": _ssml(frozenset(), "alias"),
    "w": _ssml(_SSML - {"p", "s", "w"}, "role"),
    "Play": Element({"loop": replace(_LOOP, code=13410), "digits": Attribute("dtmf", None, 13430)}, text="optional"),
    "Pause": Element({"length": _integer(1, default="1", code=13910)}),
}

_LISTENING: dict[str, Element] = {
    "Gather": Element(
        {
            "action": _url(),
            "method": _method(13312),
            "input": _words("dtmf", "speech", default="dtmf", code=13326),
            "timeout": _integer(1, default="5", code=13313),
            "speechTimeout": Attribute("integer", None, 13327, low=1, choices=("auto",)),
            "maxSpeechTime": _integer(1, default="60", code=13328),
            "finishOnKey": Attribute("finish_keys", "#", 13310, high=1),
            "numDigits": _integer(1, code=13314),
            "actionOnEmptyResult": _boolean("false", 13338),
            "partialResultCallback": _url(),
            "partialResultCallbackMethod": _method(13329),
            "language": Attribute("language", "en-US", 13331),
            "hints": Attribute("list", None, 13330, high=MAX_HINTS),
            "profanityFilter": _boolean("true", 13333),
            "speechModel": _choice(*_SPEECH_MODELS, default="default", code=13334),
            "enhanced": _boolean("false"),
            "bargeIn": _boolean("true", 13332),
            "debug": _boolean("false"),
        },
        frozenset({"Say", "Play", "Pause"}),
        bad_child=13320,
    ),
    "Record": Element(
        {
            "action": _url(),
            "method": _method(13610),
            "timeout": _integer(0, default="5", code=13611),
            "finishOnKey": Attribute("finish_keys", "1234567890*#", 13613),
            "maxLength": _integer(1, 86_400, default="3600", code=13612),
            "playBeep": _boolean("true", 13616),
            "trim": _choice(*_TRIM, default="trim-silence", code=13699),
            "transcribe": _boolean("false", 13614),
            "transcribeCallback": _url(13257),
            "recordingConfigurationId": Attribute(),
            **_RECORDING_CALLBACK,
        },
        ends="yes",
    ),
    "Start": Element(
        {"action": _url(), "method": _method()},
        frozenset({"Stream", "Siprec", "Transcription", "Recording"}),
        bad_child=14300,
    ),
    "Stop": Element(children=frozenset({"Stream", "Siprec", "Transcription", "Recording"}), bad_child=14300),
    "Recording": Element(
        {
            "trim": _choice(*_TRIM),
            "track": _choice("inbound", "outbound", "both", default="both", code=13622),
            "channels": _choice("mono", "dual", default="dual"),
            "recordingConfigurationId": Attribute(),
            **_RECORDING_CALLBACK,
        }
    ),
    "Stream": Element(
        {
            **_plain("name", "connectorName", "audioFormat", "sampleRate"),
            "url": _url(),
            "track": _choice("inbound_track", "outbound_track", "both_tracks", default="inbound_track", code=31941),
            **_STATUS_CALLBACK,
        },
        frozenset({"Parameter"}),
    ),
    "Siprec": Element(
        {
            **_plain("name", "connectorName"),
            "track": _choice("inbound_track", "outbound_track", "both_tracks", default="both_tracks"),
            **_STATUS_CALLBACK,
        },
        frozenset({"Parameter"}),
    ),
    "Transcription": Element(
        {
            **_plain("name", "inboundTrackLabel", "outboundTrackLabel", "transcriptionEngine", "speechModel", "hints"),
            "languageCode": Attribute("language"),
            "intelligenceService": Attribute(),
            "track": _choice("inbound_track", "outbound_track", "both_tracks", default="both_tracks"),
            "statusCallbackUrl": _url(),
            "statusCallbackMethod": _method(),
            "partialResults": _boolean("false"),
            "profanityFilter": _boolean("true"),
            "enableAutomaticPunctuation": _boolean("true"),
        },
        frozenset({"Parameter", "Config"}),
    ),
    "Parameter": Element(_plain("name", "value")),
    "Config": Element(_plain("name", "value")),
}

_DIALLING: dict[str, Element] = {
    "Dial": Element(
        {
            "action": _url(),
            "method": _method(13210),
            "timeout": _integer(5, 600, default="30", code=13212),
            "timeLimit": _integer(1, 86_400, default="14400", code=13216),
            "hangupOnStar": _boolean("false", 13213),
            "callerId": Attribute(code=13214),
            "record": _RECORD_DIAL,
            "trim": _choice(*_TRIM, default="do-not-trim"),
            "recordingTrack": _choice("inbound", "outbound", "both", default="both", code=13622),
            "answerOnBridge": _boolean("false", 13219),
            "sequential": _boolean("false", 13218),
            "ringTone": Attribute(code=13220),
            "callReason": Attribute(high=50),
            "referUrl": _url(),
            "referMethod": _method(),
            **_plain("events", "passports", "recordingConfigurationId"),
            **_RECORDING_CALLBACK,
        },
        frozenset({"Number", "Client", "Conference", "Queue", "Sip", "Sim", "Application", "WhatsApp"}),
        "optional",
        bad_child=13215,
        ends="with_action",
    ),
    "Number": Element(
        {"sendDigits": Attribute("dtmf", None, 13222), "byoc": Attribute(), **_CALLED, **_AMD}, text="required"
    ),
    "Client": Element(_CALLED, frozenset({"Identity", "Parameter"}), "optional"),
    "Identity": Element(text="required"),
    "Sip": Element({**_plain("username", "password"), **_CALLED, **_AMD}, text="optional"),
    "Sim": Element(text="required"),
    "WhatsApp": Element(_CALLED, text="required"),
    "Application": Element(
        {"customerId": Attribute(), "copyParentTo": _boolean(), **_CALLED},
        frozenset({"ApplicationSid", "Parameter"}),
        "optional",
    ),
    "ApplicationSid": Element(text="required"),
    "Queue": Element(
        {"url": _url(14211), "method": _method(14210), **_plain("reservationSid", "postWorkActivitySid")},
        text="required",
    ),
    "Conference": Element(
        {
            "muted": _boolean("false", 13230),
            "beep": _choice("true", "false", "onEnter", "onExit", default="true", code=13235),
            "startConferenceOnEnter": _boolean("true", 13232),
            "endConferenceOnExit": _boolean("false", 13231),
            "waitUrl": _url(13233),
            "waitMethod": _method(13234),
            "maxParticipants": _integer(1, 250, default="250"),
            "record": _choice("do-not-record", "record-from-start", "true", "false", default="do-not-record"),
            "trim": _choice(*_TRIM, default="trim-silence", code=13239),
            "coach": Attribute(code=13240),
            "eventCallbackUrl": _url(),
            "statusCallbackEvent": _words(
                *("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")
            ),
            **_plain("region", "recordingConfigurationId", "participantLabel"),
            "jitterBufferSize": _choice("off", "small", "medium", "large", default="large"),
            **_STATUS_CALLBACK,
            **_RECORDING_CALLBACK,
        },
        text="required",
    ),
}

_ROUTING: dict[str, Element] = {
    "Redirect": Element({"method": _method(13710)}, text="optional", ends="yes"),
    "Hangup": Element(children=frozenset({"Parameter"}), ends="yes"),
    "Reject": Element(
        {"reason": _choice("rejected", "busy", default="rejected", code=13810)}, frozenset({"Parameter"}), ends="yes"
    ),
    "Leave": Element(ends="yes"),
    "Echo": Element(ends="yes"),
    "Enqueue": Element(
        {
            "action": _url(14203),
            "method": _method(14201),
            "waitUrl": _url(14202),
            "waitUrlMethod": _method(14206),
            **_plain("workflowSid", "maxQueueSize"),
        },
        frozenset({"Task"}),
        "optional",
        ends="with_action",
    ),
    "Task": Element({"priority": _integer(0), "timeout": _integer(1)}, text="required"),
    "Refer": Element({"action": _url(), "method": _method()}, frozenset({"Sip"}), ends="with_action"),
    "Sms": Element(
        {**_plain("to", "from"), "action": _url(), "method": _method(), "statusCallback": _url()}, text="required"
    ),
    "Pay": Element(
        {
            **_plain("input", "bankAccountType", "timeout", "maxAttempts", "securityCode", "postalCode", "language"),
            **_plain("minPostalCodeLength", "paymentConnector", "paymentMethod", "tokenType", "chargeAmount"),
            **_plain("currency", "description", "validCardTypes"),
            "action": _url(),
            **_STATUS_CALLBACK,
        },
        frozenset({"Prompt", "Parameter"}),
        ends="with_action",
    ),
    "Prompt": Element(
        _plain("for", "errorType", "cardType", "attempt", "requireMatchingInputs"), frozenset({"Say", "Play", "Pause"})
    ),
    "Connect": Element(
        {"action": _url(), "method": _method()},
        frozenset(
            {"ConversationRelay", "Stream", "VirtualAgent", "Room", "Conversation", "AiSession"}
            | {"ConversationRelaySession", "Autopilot"}
        ),
        ends="with_action",
    ),
    "VirtualAgent": Element(
        {
            **_plain("connectorName"),
            "language": Attribute("language"),
            "sentimentAnalysis": _boolean(),
            **_STATUS_CALLBACK,
        },
        frozenset({"Config", "Parameter"}),
    ),
    "Room": Element(_plain("participantIdentity"), text="required"),
    "Autopilot": Element(text="required"),
    "AiSession": Element(_plain("aiConnector", "aiSessionConfiguration")),
    "ConversationRelaySession": Element(_plain("connector", "sessionConfiguration")),
    "Conversation": Element(
        {
            **_plain("serviceInstanceSid", "inboundAutocreation", "routingAssignmentTimeout", "inboundTimeout"),
            **_plain("record", "trim", "statusCallbackEvent"),
            "url": _url(),
            "method": _method(),
            **_STATUS_CALLBACK,
            **_RECORDING_CALLBACK,
        }
    ),
}

_RELAY = _plain(
    *("ttsLanguage", "transcriptionLanguage", "ttsProvider", "voice", "transcriptionProvider", "speechModel"),
    *("welcomeGreeting", "hints", "intelligenceService", "debug", "events", "customerName", "includeInPrompt"),
    *("speechTimeout", "eotThreshold", "eagerEotThreshold", "asrSmartFormat", "ttsTextNormalization"),
    *("ttsLanguageTextNormalization", "elevenlabsTextNormalization", "elevenlabsLanguageTextNormalization"),
    *("conversationConfiguration", "conversationId"),
)
_INTERRUPTIONS = ("none", "dtmf", "speech", "any", "true", "false")
_RELAYING: dict[str, Element] = {
    "ConversationRelay": Element(
        {
            **_RELAY,
            "url": _url(64102, required=True),
            "language": Attribute("language", "en-US", 64106),
            "welcomeGreetingInterruptible": _choice(*_INTERRUPTIONS, default="any", code=64101),
            "interruptible": _choice(*_INTERRUPTIONS, default="any", code=64101),
            "reportInputDuringAgentSpeech": _choice(*_INTERRUPTIONS, default="none", code=64101),
            "interruptSensitivity": _choice("low", "medium", "high", default="high", code=64101),
            "preemptible": _boolean("false", 64101),
            "dtmfDetection": _boolean("false", 64101),
            "profanityFilter": _boolean("true", 64101),
            "deepgramSmartFormat": _boolean("true", 64101),
            **{
                name: _boolean("false", 64101)
                for name in (
                    *("partialPrompts", "partialPromptOnHangup", "backgroundNoiseReduction", "ignoreBackchannel"),
                    *("applicationReconnect", "echoPromptFiltering", "turnDetection"),
                )
            },
        },
        frozenset({"Language", "Parameter"}),
    ),
    "Language": Element(
        {
            "code": Attribute("language", None, 64106, required=True),
            **_plain("ttsProvider", "voice", "transcriptionProvider", "speechModel", "hints", "asrSmartFormat"),
            **_plain("ttsTextNormalization", "ttsLanguageTextNormalization"),
        }
    ),
}

ELEMENTS: Final[Mapping[str, Element]] = {**_SPOKEN, **_LISTENING, **_DIALLING, **_ROUTING, **_RELAYING}

VERBS: Final = frozenset(
    {"Say", "Play", "Pause", "Gather", "Record", "Dial", "Redirect", "Hangup", "Reject", "Leave", "Echo", "Enqueue"}
    | {"Refer", "Sms", "Pay", "Prompt", "Start", "Stop", "Connect", "Queue"}
)
