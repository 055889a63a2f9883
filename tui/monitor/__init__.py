"""Polls become a picture over time; knows neither Textual nor Rich."""
