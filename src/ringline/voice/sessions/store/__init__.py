"""The tables of sessions, and every statement that touches them: ``sessions`` how they stand, ``log`` what happened."""
