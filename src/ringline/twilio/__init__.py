"""Everything on Twilio's wire, and only here: requests, answers, callbacks, statuses, error codes."""
