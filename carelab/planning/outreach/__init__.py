"""Aufsuchende Dienste: who could be served, tours, and designs of a mobile service compared on the same draws."""
