"""The command line's part about portfolios: what was asked, and what to say at the end."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carelab.terms import Language, UserError, say

if TYPE_CHECKING:
    from carelab.runs.portfolio_run import PortfolioResult

OPTIONS = ("only", "limit", "keep_going", "cluster")
"""Options that mean something for portfolios alone."""
REASONS_SHOWN = 20


@dataclass(frozen=True)
class PortfolioWords:
    """What was asked of a portfolio."""

    only: Sequence[str]
    limit: int | None
    keep_going: bool
    cluster: str

    def is_meant(self, path: Path) -> bool:
        """Say whether the file is a portfolio. Raises UserError if it is not, but was asked as one."""
        from carelab.params import read_yaml
        from carelab.runs.portfolio import is_portfolio

        if is_portfolio(read_yaml(path)):
            return True
        asked = [name for name in OPTIONS if getattr(self, name) not in ((), None, False, "")]
        if asked:
            words = ", ".join(f"--{name.replace('_', '-')}" for name in asked)
            raise UserError(
                f"{words}: nur für Portfolios; {path} beschreibt einen einzelnen Lauf.",
                f"{words}: for portfolios only; {path} describes a single run.",
            )
        return False


def run_file(
    path: Path,
    values: Mapping[str, str],
    words: PortfolioWords,
    *,
    force: bool,
    workers: int,
    outputs: Path | None,
    notebook: Sequence[str],
) -> int:
    """Run a portfolio file; ``values`` from the command line hold for all its parts. Returns the exit code."""
    from carelab.runs import overview, portfolio_progress
    from carelab.runs.portfolio import load_portfolio
    from carelab.runs.portfolio_run import PortfolioOptions, run_portfolio

    portfolio = load_portfolio(path, _overrides(values))
    if words.limit is not None and words.limit < 1:
        raise UserError(
            f"--limit ist {words.limit}; erwartet: 1 oder mehr.", f"--limit is {words.limit}; expected: 1 or more."
        )
    options = PortfolioOptions(
        only=(*words.only, *notebook),
        limit=words.limit,
        keep_going=words.keep_going,
        workers=workers,
        cluster=words.cluster,
        force=force,
        outputs=outputs,
    )
    result = run_portfolio(portfolio, options, progress=portfolio_progress.for_terminal(portfolio.language))
    overview.after_run(outputs, portfolio.language)
    return tell(result, portfolio.language)


def check_file(path: Path, values: Mapping[str, str]) -> int:
    """Resolve a portfolio without computing, and say which parts it has. Returns the exit code."""
    from collections import Counter

    from carelab.runs.parts import resolve
    from carelab.runs.portfolio import load_portfolio

    portfolio = load_portfolio(path, _overrides(values))
    parts = resolve(portfolio)
    for start, count in Counter("/".join(part.id.split("/")[:2]) for part in parts).items():
        print(f"{count:>6}  {start}")
    print(
        say(
            portfolio.language,
            f"{path}: Portfolio in Ordnung, {len(parts)} Teile.",
            f"{path}: portfolio is fine, {len(parts)} parts.",
        )
    )
    return 0


def _overrides(values: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters of the command line, typed. Raises UserError for those a part's place decides."""
    from carelab.params import scalar
    from carelab.runs.portfolio import SET_BY_PART

    for key in SET_BY_PART:
        if key in values:
            raise UserError(
                f"--{key}: ergibt sich im Portfolio aus dem Teil; wählen Sie mit --only.",
                f"--{key}: follows from the part in a portfolio; choose with --only.",
            )
    return {key: scalar(key, text) for key, text in values.items()}


def tell(result: PortfolioResult, language: Language) -> int:
    """Print how the portfolio stands; return the exit code."""
    fresh, failed = len(result.fresh), result.failed
    left = sum(state.status == "pending" for state in result.states)
    if not fresh:
        print(say(language, "Nichts hat sich geändert; nichts zu tun.", "Nothing has changed; nothing to do."))
    done = sum(state.done for state in result.states)
    line = say(language, f"{done} von {len(result.states)} Teilen fertig", f"{done} of {len(result.states)} parts done")
    if left:
        line += say(language, f", {left} noch nicht gerechnet", f", {left} not computed yet")
    print(line + ".")
    if failed:
        print(say(language, f"Gescheitert ({len(failed)}):", f"Failed ({len(failed)}):"), file=sys.stderr)
        for state in failed[:REASONS_SHOWN]:
            print(f"  {state.part.id}: {state.reason}", file=sys.stderr)
        again = say(
            language, "Ein erneuter Aufruf rechnet nur diese Teile.", "Calling again computes only these parts."
        )
        print(again, file=sys.stderr)
    here = Path.cwd()
    index = result.index.relative_to(here) if result.index.is_relative_to(here) else result.index
    print(say(language, f"Übersicht: {index}", f"Overview: {index}"))
    return 1 if failed else 0
