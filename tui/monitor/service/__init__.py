"""Speed of answer and service level, from the conversations of a day: pure, told what was read."""
