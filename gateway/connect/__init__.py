"""Connecting an account by hand, and examining what is connected: `ats-gateway connect` and `ats-gateway doctor`."""

from gateway.connect.asking import Ask, ask_on
from gateway.connect.doctor import Visit, doctor
from gateway.connect.exits import Exit
from gateway.connect.guide import connect
from gateway.connect.trying import Wish

__all__ = ["Ask", "Exit", "Visit", "Wish", "ask_on", "connect", "doctor"]
