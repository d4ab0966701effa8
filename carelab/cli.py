"""Tür: the command line. Everything heavy is imported where it is used, so that help appears at once."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, CycloptsError, Group, Parameter

from carelab.cli_backtest import OPTIONS as BACKTEST_OPTIONS
from carelab.cli_backtest import app as backtest_app
from carelab.cli_catalogue import catalogue
from carelab.cli_data import OPTIONS as DATA_OPTIONS
from carelab.cli_data import app as data_app
from carelab.cli_data import new_city
from carelab.cli_design import OPTIONS as DESIGN_OPTIONS
from carelab.cli_design import app as design_app
from carelab.cli_portfolio import OPTIONS as PORTFOLIO_OPTIONS
from carelab.cli_portfolio import PortfolioWords, check_file, run_file
from carelab.cli_slides import slides
from carelab.terms import Language, UserError, say

if TYPE_CHECKING:
    from carelab.params import Params
    from carelab.runs.runner import RunResult

OPTIONS = Group("Optionen")
OWN_OPTIONS = (
    "force",
    "workers",
    "notebook",
    "outputs",
    "plain",
    "repeat",
    "write",
    *PORTFOLIO_OPTIONS,
    *BACKTEST_OPTIONS,
    *DATA_OPTIONS,
    *DESIGN_OPTIONS,
)
"""Options that say how to run; what to run is in Params, whose fields are options, too."""
app = App(
    name="carelab",
    help="Wer wird Pflege brauchen, wo fehlt Angebot, wie sicher ist das? Vorausberechnung je Stadtteil.",
    usage="carelab BEFEHL PARAMS.yaml [OPTIONEN]",
    version_flags=(),
    group_commands=Group("Befehle"),
    group_arguments=Group("Angaben"),
    group_parameters=OPTIONS,
    help_format="plaintext",
    print_error=False,
    exit_on_error=False,
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)
app["--help"].group, app["--help"].help = OPTIONS, "Diese Hilfe zeigen."
app.command(backtest_app)
app.command(catalogue)
app.command(data_app)
app.command(design_app)
app.command(slides, usage="carelab slides PORTFOLIO.yaml [OPTIONEN]")
app.command(new_city, usage="carelab new-city NAME --ags SCHLÜSSEL [OPTIONEN]")
Values = Annotated[str, Parameter(show=False, allow_leading_hyphen=True)]
Names = Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)]
Flag = Annotated[bool, Parameter(negative=())]


@app.command(usage="carelab run PARAMS.yaml [OPTIONEN] [--PARAMETER WERT ...]")
def run(
    params: Path,
    /,
    *,
    force: Flag = False,
    workers: int = 2,
    notebook: Names = (),
    outputs: Path | None = None,
    only: Names = (),
    limit: int | None = None,
    keep_going: Flag = False,
    cluster: str = "",
    **values: Values,
) -> int:
    """Alle Notebooks für diese Parameter ausführen und den Bericht in outputs/ ablegen; oder ein ganzes Portfolio.

    Parameters
    ----------
    params
        Datei mit den Parametern, oder mit einem Portfolio (docs/portfolio.md)
    force
        auch rechnen, wenn es diesen Lauf schon gibt
    workers
        Notebooks gleichzeitig; im Portfolio: Arbeitsprozesse
    notebook
        nur dieses Notebook (Anfang des Namens genügt); mehrfach möglich
    outputs
        anderer Ordner für die Ergebnisse
    only
        Portfolio: nur Teile dieser Stadt, dieses Szenarios, Notebooks oder Stadtteils (Muster mit *); mehrfach möglich
    limit
        Portfolio: höchstens so viele Teile rechnen
    keep_going
        Portfolio: nach einem gescheiterten Teil weitermachen
    cluster
        Portfolio: auf diesem Dask-Cluster rechnen, zum Beispiel tcp://127.0.0.1:8786
    """
    require_fork()
    how = PortfolioWords(only, limit, keep_going, cluster)
    if how.is_meant(params):
        return run_file(params, named(values), how, force=force, workers=workers, outputs=outputs, notebook=notebook)
    from carelab.runs import overview, progress, runner, scopes

    chosen = read_params(params, values)
    result = runner.run_study(
        chosen,
        progress=progress.for_terminal(chosen.language),
        notebooks=scopes.find_notebooks(notebook, runner.all_notebooks()) if notebook else None,
        outputs=outputs,
        force=force,
        workers=workers,
    )
    overview.after_run(outputs, chosen.language)
    return tell(result, chosen.language)


@app.command
def check(params: Path, /, **values: Values) -> int:
    """Parameter und Daten der Stadt prüfen, ohne zu rechnen.

    Parameters
    ----------
    params
        Datei mit den Parametern
    """
    if PortfolioWords((), None, False, "").is_meant(params):
        return check_file(params, named(values))
    from carelab.inputs.checks import check_data
    from carelab.inputs.kreise import load_area
    from carelab.inputs.units import forecast_units
    from carelab.terms import label

    chosen = read_params(params, values)
    table = check_data(forecast_units(load_area(chosen.city)), chosen.language)
    for row in table.to_dict("records"):
        print(f"{label(row['result'], chosen.language):>11}  {row['table']}: {row['text']}")
    print(say(chosen.language, f"{params}: Parameter in Ordnung.", f"{params}: parameters are fine."))
    return 0


@app.command
def schema() -> int:
    """JSON-Schema der Parameter ausgeben (für Editoren)."""
    from carelab.params import json_schema

    print(json_schema(), end="")
    return 0


@app.command
def bench(params: Path, /, *, plain: Flag = False, repeat: int = 1, write: Path | None = None, **values: Values) -> int:
    """Messen, wohin die Zeit eines Laufs geht.

    Parameters
    ----------
    params
        Datei mit den Parametern
    plain
        auch mit papermill allein messen, Notebook für Notebook, und vergleichen
    repeat
        so oft messen und den Median nehmen
    write
        Ergebnis in diese Datei schreiben (.json oder .md)
    """
    from carelab.runs import bench as measuring

    chosen = read_params(params, values)
    result = measuring.measure(chosen, repeat=repeat, plain=plain)
    print(measuring.as_table(result, chosen.language))
    if write is not None:
        measuring.write(result, write, chosen.language)
    return 0


@app.command
def version() -> int:
    """Version ausgeben."""
    from carelab import __version__

    print(__version__)
    return 0


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; end with 0 (fine), 1 (the run failed), 2 (a mistake in what was given) or 130 (interrupted)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # being ended from outside is like Ctrl-C
    if "--help" in words or "-h" in words:
        describe_parameters(words)
    try:
        code = app(words)
    except UserError as error:
        print(error.text(language_of(words)), file=sys.stderr)
        code = 2
    except CycloptsError as error:
        print(misuse(error, words), file=sys.stderr)
        code = 2
    except BrokenPipeError:  # the reader of our output has left, as "| head" does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        print(say(language_of(words), "Abgebrochen.", "Interrupted."), file=sys.stderr)
        code = 130
    sys.exit(code or 0)


def read_params(path: Path, values: Mapping[str, str]) -> Params:
    """Read a params file with values from the command line in place of those in the file. Raises UserError."""
    from carelab.params import read_yaml, scalar, validate_params

    merged = read_yaml(path)
    merged.update({key: scalar(key, text) for key, text in named(values).items()})
    return validate_params(merged, origin=str(path))


def named(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values by field name (``horizon-year`` -> ``horizon_year``). Raises UserError for unknown options."""
    import difflib

    from carelab.params import Params

    fields = {key.replace("-", "_"): text for key, text in values.items()}
    known = [*Params.model_fields, *OWN_OPTIONS]
    de, en = [], []
    for key in fields.keys() - Params.model_fields.keys():
        near = [f"--{word.replace('_', '-')}" for word in difflib.get_close_matches(key, known, n=1)]
        option = f"--{key.replace('_', '-')}"
        de.append(f"Option {option} gibt es nicht; " + (f"meinten Sie {near[0]}?" if near else "siehe --help."))
        en.append(f"there is no option {option}; " + (f"did you mean {near[0]}?" if near else "see --help."))
    if de:
        raise UserError("\n".join(sorted(de)), "\n".join(sorted(en)))
    return fields


def require_fork() -> None:
    """Refuse to run where processes cannot fork. Raises UserError."""
    if not hasattr(os, "fork"):
        raise UserError(
            "carelab run braucht Linux oder macOS; einzelne Notebooks laufen mit papermill auch hier.",
            "carelab run needs Linux or macOS; single notebooks run here with papermill.",
        )


def tell(result: RunResult, language: Language) -> int:
    """Print how a run ended; return the exit code."""
    place = shown(result.index)
    if result.status == "failed":
        print(say(language, "Der Lauf ist nicht gelungen:", "The run has failed:"), file=sys.stderr)
        for name, reason in result.reasons.items():
            print(f"  {name}: {reason}", file=sys.stderr)
        print(say(language, f"Was fertig wurde, steht in {place}", f"What was done is in {place}"), file=sys.stderr)
        return 1
    if result.status == "unchanged":
        print(say(language, "Diesen Lauf gibt es schon; nichts zu tun.", "This run exists already; nothing to do."))
    for finding in result.findings[:5]:
        print(f"- {finding}")
    print(say(language, f"Bericht: {place}", f"Report: {place}"))
    return 0


def shown(path: Path) -> str:
    """Return a path as short as possible."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def language_of(words: Sequence[str]) -> Language:
    """Guess the language for an error: --language, else the params file, else German."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in ("--language=en",) or (word == "--language" and following == "en"):
            return "en"
    for word in words:
        if word.endswith((".yaml", ".yml")) and Path(word).is_file():
            lines = Path(word).read_bytes().splitlines()
            if any(line.split(b"#")[0].replace(b" ", b"") == b"language:en" for line in lines):
                return "en"
    return "de"


def misuse(error: CycloptsError, words: Sequence[str]) -> str:
    """Say in one sentence what is wrong with the command itself."""
    commands = [name for name in app if not name.startswith("-")]
    if words and words[0] not in commands:
        import difflib

        near = difflib.get_close_matches(words[0], commands, n=1)
        hint = f"meinten Sie „{near[0]}“?" if near else "vorhanden: " + ", ".join(commands) + "."
        return say(language_of(words), f"Befehl „{words[0]}“ gibt es nicht; {hint}", str(error))
    options = {word[2:].partition("=")[0]: "" for word in words if word.startswith("--") and len(word) > 2}
    try:
        named({key: text for key, text in options.items() if key.replace("-", "_") not in OWN_OPTIONS})
    except UserError as unknown:
        return unknown.text(language_of(words))
    kinds = {
        "MissingArgumentError": "Es fehlt eine Angabe",
        "CoercionError": "Ein Wert passt nicht",
        "UnusedCliTokensError": "Eine Angabe ist zu viel",
        "UnknownOptionError": "Eine Option gibt es nicht",
    }
    kind = kinds.get(type(error).__name__, "Der Aufruf ist nicht vollständig oder falsch")
    text = " ".join(str(error).split())
    return say(language_of(words), f"{kind} ({text}); siehe carelab --help.", text)


def describe_parameters(words: Sequence[str]) -> None:
    """Add the fields of Params to the help of the commands that take them."""
    if not words or words[0] not in ("run", "check", "bench"):
        return
    from carelab.params import Params

    lines = ["Jeder Parameter kann statt aus der Datei von hier kommen:", ""]
    for name, info in Params.model_fields.items():
        lines.append(f"  --{name.replace('_', '-'):<23} {info.description}")
    app[words[0]].help_epilogue = "\n".join(lines)
