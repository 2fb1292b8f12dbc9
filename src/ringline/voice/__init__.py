"""Calls: placed, answered, recorded; and the conversations that go over them."""
