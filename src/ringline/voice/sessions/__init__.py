"""Conversations as rows: state and log in the database, a transaction per turn, so that any worker takes the next one.

``store`` holds every statement, ``turning`` is one event from the row to what follows from it, ``carrying``
what it does beside words (timers, legs, opt-outs), ``texting`` the words of a text conversation, ``timers`` the sweep,
``sessions`` the face of it all.
"""
