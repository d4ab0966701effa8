"""``carelab slides``: run what is new of a portfolio's conference notebooks, and say where the slides lie."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from carelab.terms import Language, UserError, say

NOTEBOOK = "30_conference"
Flag = Annotated[bool, Parameter(negative=())]


def slides(
    portfolio: Path,
    /,
    *,
    scenario: str = "",
    force: Flag = False,
    outputs: Path | None = None,
    language: Language | None = None,
) -> int:
    """Den Foliensatz eines Portfolios (HTML, PowerPoint, Herkunft der Zahlen) neu erzeugen, wo sich etwas geändert hat.

    Parameters
    ----------
    portfolio
        Datei des Portfolios, zum Beispiel params/conference.yaml
    scenario
        nur dieses Szenario
    force
        auch rechnen, wenn es den Lauf schon gibt
    outputs
        anderer Ordner für die Ergebnisse
    language
        de oder en
    """
    from carelab.cli_portfolio import tell
    from carelab.params import read_yaml
    from carelab.release.deck import HTML, NUMBERS, PPTX
    from carelab.runs import overview, portfolio_progress
    from carelab.runs.portfolio import is_portfolio, load_portfolio
    from carelab.runs.portfolio_run import PortfolioOptions, run_portfolio

    if not is_portfolio(read_yaml(portfolio)):
        raise UserError(
            f"{portfolio}: kein Portfolio; erwartet eine Datei wie params/conference.yaml.",
            f"{portfolio}: not a portfolio; expected a file like params/conference.yaml.",
        )
    loaded = load_portfolio(portfolio, {} if language is None else {"language": language})
    only = f"verbund/{scenario or '*'}/{NOTEBOOK}"
    options = PortfolioOptions(only=(only,), force=force, outputs=outputs, workers=1)
    result = run_portfolio(loaded, options, progress=portfolio_progress.for_terminal(loaded.language))
    overview.after_run(outputs, loaded.language)
    code = tell(result, loaded.language)
    for state in result.states:
        if state.part.id in result.chosen and state.done:
            print(say(loaded.language, "Folien:", "Slides:"), file=sys.stdout)
            for name in (HTML, PPTX, NUMBERS):
                print(f"  {result.folder / state.part.folder / name}")
    return code
