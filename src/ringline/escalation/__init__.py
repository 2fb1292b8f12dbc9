"""Escalations: people are alerted level by level until somebody acknowledges, by a reply or by a link.

`policy` says who is alerted in which order, `progress` decides, as plain values without a clock or a database, and
`acknowledgements` keeps what links and late answers need. Who sends and who waits is not known here.
"""
