"""Guibin 贵宾: the open VIP customer platform."""

__version__ = "0.1.0"
