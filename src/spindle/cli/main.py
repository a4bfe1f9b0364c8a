"""The `spindle` command: its commands load only when they are called."""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import signal
import sys
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import NoArgsIsHelpError

from spindle import __version__
from spindle.errors import EXIT_BUG, EXIT_OUTPUT, REPLACEMENT, UserError, show_line

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTICE = "Research use, not a medical device."
# Set to any value, this shows the traceback of a bug.
DEBUG_VARIABLE = "SPINDLE_DEBUG"
# Characters that a terminal obeys, but for tabs and line ends.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")

# Name of each command, the module that holds it and its line in the list of commands, so that
# `--help` needs to import none of them.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "report": ("spindle.cli.report", "Read a table of cases and write a report."),
    "case": ("spindle.cli.case", "Report on one patient from a case file."),
    "fish": ("spindle.cli.fish", "Read a break-apart FISH count by published rules."),
    "fusions": ("spindle.cli.fusions", "Read fusion calls of one patient from any caller."),
    "strategy": ("spindle.cli.strategy", "Compare testing protocols by site, in closed form."),
    "facts": ("spindle.cli.facts", "Show what is published, with its source and its conflicts."),
    "leaflet": ("spindle.cli.leaflet", "Show the leaflet for patients and parents."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of the commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give a command, importing its module; none for an unknown name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=NOTICE,
)
@click.version_option(__version__, prog_name="spindle")
def group() -> None:
    """Spindle reads cases of inflammatory myofibroblastic tumour as people write them down.

    It says what their tests mean together, what to test next, and what a series shows. It advises
    and never decides.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a user's error gives one sentence and its exit code, never a trace."""
    _end_on_signals()
    for stream in (sys.stdout, sys.stderr):
        # A terminal that can't show a character must not end the run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        result: Any = group.main(arguments, prog_name="spindle", standalone_mode=False)
    except UserError as error:
        _stop(f"Error: {error}", error.exit_code)
    except NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _stop(f"Error: {_describe_usage(error)}", error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _stop("Stopped. Nothing was written.", 130)
    except OutputError as error:
        _stop(f"Error: The output can't be written: {error}. [output-not-writable]", EXIT_OUTPUT)
    except Exception as error:
        if DEBUG_VARIABLE in os.environ:
            raise
        _stop(
            f"This is a bug in Spindle, not a mistake of yours: {type(error).__name__}: {error}. "
            f"Please report it. Set {DEBUG_VARIABLE}=1 to see where it happened.",
            EXIT_BUG,
        )
    sys.exit(result if isinstance(result, int) else 0)


def _describe_usage(error: click.ClickException) -> str:
    """Give a mistake on the command line as any other user's error: one sentence with its cure."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "spindle"
    cure = f"Look at the help: {command} --help."
    message = " ".join(error.format_message().split())
    return str(UserError("usage", message, place=command, cure=cure))


class OutputError(Exception):
    """Standard output can't be written, as when a disk is full."""


def echo(text: str) -> None:
    """Write a line to standard output; a reader that has gone away is no error.

    A terminal gets a replacement sign for each character that it would obey; a file gets the text
    as it is.

    Raises
    ------
    OutputError
        When the output is closed or can't be written for another reason.
    """
    if sys.stdout is None:
        # A program can be started without one: `spindle ... >&-`.
        raise OutputError("standard output is closed")
    try:
        click.echo(_OBEYED.sub(REPLACEMENT, text) if sys.stdout.isatty() else text)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
    except OSError as error:
        _forget_stdout()
        raise OutputError(error.strerror or str(error)) from None


def _forget_stdout() -> None:
    """Send what is left in the buffer nowhere, so that the interpreter's exit can't fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end_on_signals() -> None:
    """End on a request to stop as on an error, so that what was staged is removed."""

    def stop(number: int, _: object) -> None:
        sys.exit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        # Windows knows no SIGHUP; a thread that is not the main one may set no handler.
        if hasattr(signal, name):
            with contextlib.suppress(ValueError):
                signal.signal(getattr(signal, name), stop)


def _stop(message: str, exit_code: int) -> None:
    with contextlib.suppress(OSError, AttributeError):
        click.echo(show_line(message), err=True)
    sys.exit(exit_code)
