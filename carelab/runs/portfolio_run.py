"""Run a portfolio: what changed, and nothing else; in parallel; with one page that holds it all."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from carelab import paths
from carelab.runs import overview, publish
from carelab.runs.crew import Crew, LocalCrew, News
from carelab.runs.parts import Job, State, jobs, resolve, states, take
from carelab.runs.portfolio import Portfolio
from carelab.runs.portfolio_progress import Progress, Silent
from carelab.terms import UserError

PAGE_SECONDS = 5.0
"""While parts end, the overview is written anew at most this often."""


@dataclass(frozen=True)
class PortfolioOptions:
    """How to run a portfolio; what to run is in its file."""

    only: Sequence[str] = ()
    limit: int | None = None
    keep_going: bool = False
    workers: int = 2
    cluster: str = ""
    force: bool = False
    outputs: Path | None = None


@dataclass
class PortfolioResult:
    """How a portfolio stands after a call."""

    folder: Path
    states: list[State]
    chosen: set[str] = field(default_factory=set)
    """Ids of the parts that this call was about (``--only``)."""

    @property
    def index(self) -> Path:
        """The page to open."""
        return self.folder / "index.html"

    @property
    def failed(self) -> list[State]:
        """Parts that failed, now or before, and were asked for."""
        return [state for state in self.states if state.status == "failed" and state.part.id in self.chosen]

    @property
    def fresh(self) -> list[State]:
        """Parts that this call computed."""
        return [state for state in self.states if state.fresh]


def run_portfolio(
    portfolio: Portfolio, options: PortfolioOptions | None = None, *, progress: Progress | None = None
) -> PortfolioResult:
    """Run the parts that are not done and publish ``outputs/<name>/<part>`` and an index page.

    Without ``keep_going`` no further study is begun once a part has failed. Raises UserError for what the user can
    mend before anything is computed.
    """
    how = options or PortfolioOptions()
    folder = (how.outputs or paths.OUTPUTS) / portfolio.name
    folder.mkdir(parents=True, exist_ok=True)
    publish.remove_stale(folder)
    every = states(resolve(portfolio), folder)
    chosen = _chosen(every, how.only)
    result = PortfolioResult(folder, every, {state.part.id for state in chosen})
    todo = [state for state in chosen if how.force or not state.done][: how.limit]
    page = overview.Page(portfolio, every, folder)
    if todo:
        shown = progress or Silent()
        with shown:
            shown.begin(len(todo), len(every))
            follower = _Follower(todo, shown, page, how.keep_going)
            crew = _crew(how, portfolio)
            try:
                follower.follow(crew, jobs(todo, folder, how.workers))
            finally:
                page.write()
    else:
        page.write()
    return result


def _chosen(every: list[State], only: Sequence[str]) -> list[State]:
    """Return the parts that ``--only`` means. Raises UserError where a pattern means none."""
    if not only:
        return list(every)
    for pattern in only:
        if not any(state.part.covers(pattern) for state in every):
            words = sorted({state.part.id.split("/", maxsplit=1)[0] for state in every})
            raise UserError(
                f"--only {pattern}: kein Teil heißt so; es gibt zum Beispiel {', '.join(words[:6])}.",
                f"--only {pattern}: no part is called so; there is for example {', '.join(words[:6])}.",
            )
    return [state for state in every if any(state.part.covers(pattern) for pattern in only)]


def _crew(how: PortfolioOptions, portfolio: Portfolio) -> Crew:
    if how.cluster:
        from carelab.runs.crew_dask import DaskCrew

        return DaskCrew(how.cluster)
    return LocalCrew(how.workers, portfolio.language)


class _Follower:
    """Takes the news of a crew in: states, progress, overview."""

    def __init__(self, todo: list[State], progress: Progress, page: overview.Page, keep_going: bool) -> None:
        self.by_id = {state.part.id: state for state in todo}
        self.progress, self.page, self.keep_going = progress, page, keep_going
        self.written = time.monotonic()

    def follow(self, crew: Crew, work: list[Job]) -> None:
        """Follow the work to its end, or to the first failure."""
        for state in self.by_id.values():
            state.status = "pending"
        self.page.write()
        with closing(crew.work(work)) as every:  # type: ignore[type-var]
            for news in every:
                self._take(news, crew.hand_out_no_more)

    def _take(self, news: News, stop: Callable[[], None]) -> None:
        state = self.by_id[news["part"]]
        if news["event"] == "step":
            self.progress.step(news["part"], news["text"])
            return
        take(state, news["record"])
        state.fresh = True
        self.progress.done(news["part"], state.seconds, state.reason if state.status == "failed" else "")
        if state.status == "failed" and not self.keep_going:
            stop()
        if time.monotonic() - self.written > PAGE_SECONDS:
            self.page.write()
            self.written = time.monotonic()
