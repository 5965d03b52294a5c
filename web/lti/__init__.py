"""The LTI 1.3 tool: a teacher picks resources inside a learning platform, and a class opens them there."""

from web.lti import launching, picking, setup

OPEN = [*launching.OPEN, *picking.OPEN, *setup.OPEN]
