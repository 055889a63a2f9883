"""The day by half-hours, its busiest hours, and how long customers waited."""
