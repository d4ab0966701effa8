"""Planung: supply and gap."""
