"""`liveagent-tui check`: what works, what doesn't, and the mend, step by step."""
