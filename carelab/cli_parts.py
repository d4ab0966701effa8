"""What the groups of commands (``carelab backtest``, ``data``, ``design``) have in common."""

from __future__ import annotations

from cyclopts import App, Group


def sub_app(name: str, *, help_text: str, usage: str) -> App:
    """Return a group of commands that speaks German and leaves errors to ``cli.main``."""
    return App(
        name=name,
        help=help_text,
        usage=usage,
        group_commands=Group("Befehle"),
        group_arguments=Group("Angaben"),
        group_parameters=Group("Optionen"),
        help_format="plaintext",
        version_flags=(),
        print_error=False,
        exit_on_error=False,
        result_action="return_value",
    )
