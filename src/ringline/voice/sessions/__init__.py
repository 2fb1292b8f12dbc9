"""Conversations as rows: state and log in the database, a transaction per turn, so that any worker takes the next one.

``store`` holds every statement, ``turning`` is one event from the row to what follows from it, ``carrying``
what it does beside words (timers, legs, opt-outs). Events come from ``calling`` (live calls), ``by_text`` (whose words
``texting`` sends) and ``happening`` (all else); ``offers`` leads calls to us to their conversation, ``timers`` sweep,
``lost_ends`` asks Twilio, ``keeping`` erases. ``sessions`` is the face of it all.
"""
