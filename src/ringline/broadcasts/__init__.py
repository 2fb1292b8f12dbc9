"""One message, or one workflow, to many people: checked, forecast, sent in windows, and never twice."""
