"""The verbs of TwiML for voice: attributes, nesting, defaults. A leaf that the validator and the simulator read."""
