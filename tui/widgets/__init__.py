"""Reusable widgets, ignorant of Live Agent."""
