"""The command line. Each command is one module beside this one, imported only when it is asked for."""

from __future__ import annotations

import importlib
import os
import secrets
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

import click

from app.cli.output import visible
from data.errors import DiptychError

COMMANDS = {
    "demo": "Ingest the shipped samples into the home (once) and serve them.",
    "export": "Write the whole store into one file: a backup.",
    "forecast": "What is expected of one series next, and when it runs out.",
    "forget": "Take back what was ingested from a file or source.",
    "import": "Restore the whole store from a backup.",
    "ingest": "Take files or folders into the store, each exactly once.",
    "preview": "What ingest would do with the first rows; writes nothing.",
    "pull": "Pull samples from a Prometheus server.",
    "registry": "Load services, models and metric meanings from a TOML file.",
    "retain": "Let go of records that are older than they need be kept.",
    "score": "Scores, expected range and episodes of one series.",
    "serve": "Serve the dashboard on this machine.",
    "sql": "Read-only SQL over the views.",
    "status": "What is stored: rows, time span, services, models, rejects.",
    "watch": "Ingest what arrives in a folder, until stopped.",
    "worker": "Run background jobs until stopped.",
}
INTERNAL = {"run-job": "run_job"}
MODULES = {"import": "import_state"}  # the word itself can name no module
USAGE_ERROR = 2
EPILOG = """Start with `diptych demo`. Each command explains itself: `diptych ingest --help`.

\b
The shell completes commands after one of:
  bash  eval "$(_DIPTYCH_COMPLETE=bash_source diptych)"
  zsh   eval "$(_DIPTYCH_COMPLETE=zsh_source diptych)"
  fish  _DIPTYCH_COMPLETE=fish_source diptych | source
"""
_state = {"home": Path("var")}  # for the last resort, which runs outside of any command


class LazyGroup(click.Group):
    """Commands by name, so that `diptych status` does not pay for what `diptych serve` needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names of the public commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, from the module of its name."""
        module = INTERNAL.get(cmd_name, MODULES.get(cmd_name, cmd_name) if cmd_name in COMMANDS else None)
        if module is None:
            return None
        command: click.Command = importlib.import_module(f"app.cli.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=LazyGroup, epilog=EPILOG)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="DIPTYCH_HOME",
    default=Path("var"),
    show_default=False,
    help="Folder that holds all state.  [default: ./var]",
)
@click.version_option(package_name="diptych", prog_name="diptych")
@click.pass_context
def group(ctx: click.Context, home: Path) -> None:
    """Both sides of the incident: service health and model health on one time axis."""
    ctx.obj = home
    _state["home"] = home


def main() -> None:
    """Run the command line; every expected error is one line on stderr and exit status 2."""
    try:
        code = group.main(prog_name="diptych", standalone_mode=False)
    except DiptychError as error:
        code = _complain(str(error))
    except click.ClickException as error:
        code = _complain(_one_line(error))
    except (KeyboardInterrupt, click.Abort):
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        code = _complain(
            f"{error.strerror or error}: {error.filename or 'this machine'}. Check the path and its rights."
        )
    except Exception:  # the last resort: a person gets words, the log the rest
        code = _complain(_logged())
    sys.exit(code if isinstance(code, int) else 0)


def _logged() -> str:
    """Write the traceback at hand to the home's log; returns the sentence that names it."""
    number = secrets.token_hex(4)
    path = _state["home"] / "logs" / "errors.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as log:
        log.write(f"{datetime.now(UTC).isoformat()} {number}\n{traceback.format_exc()}\n")
    return f"Something went wrong that should not (error {number}). The details are in {path}; please report them."


def _one_line(error: click.ClickException) -> str:
    hint = ""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        hint = f" Try `{error.ctx.command_path} --help`."
    return " ".join(error.format_message().split()) + hint


def _complain(words: str) -> int:
    """One line, whatever names from files the words repeat; on a terminal it takes the place of a progress bar."""
    bar = "\r\x1b[2K" if sys.stderr.isatty() else ""
    click.echo(f"{bar}diptych: {visible(' '.join(words.split()))}", err=True)
    return USAGE_ERROR
