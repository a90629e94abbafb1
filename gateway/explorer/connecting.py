"""``/connect``: how an account is connected, and how those are that the gateway has. Text, without a script."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from gateway.explorer.routes import MANUAL_POLICY, SECURITY_HEADERS

HEADERS = SECURITY_HEADERS | {"Cache-Control": "no-store", "Content-Security-Policy": MANUAL_POLICY}

WORKS = ("answers", "Nothing is to be done.")
STATES = {
    "ok": WORKS,
    "UPSTREAM_UNAUTHORIZED": (
        "key refused",
        "Make a new key with <code>ats-gateway connect{name}</code>, then start the gateway anew.",
    ),
    "UPSTREAM_RATE_LIMITED": ("quota used up", 'It answers again within a minute; see <a href="status">Status</a>.'),
    "UPSTREAM_UNAVAILABLE": ("does not answer", "The gateway goes on by itself when it does."),
    "timeout": ("does not answer in time", "The gateway goes on by itself when it does."),
}
"""What is found about an account -> how the page says it, and what to do."""

OTHERWISE = ("does not work", "<code>ats-gateway doctor</code> says why.")

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Connect · ATS gateway</title>
<link rel="stylesheet" href="docs/style.css">
</head>
<body>
<nav aria-label="Pages">
<a href="./">Explorer</a>
<a href="status">Status</a>
<a href="connect" aria-current="page">Connect</a>
<a href="docs/">Manual</a>
</nav>
<main>
<h1>Connect</h1>
<h2>Accounts</h2>
<table>
<thead><tr><th scope="col">Account</th><th scope="col">State</th><th scope="col">What to do</th></tr></thead>
<tbody>
{accounts}
</tbody>
</table>
<p><code>ats-gateway doctor</code> looks closer: which lists the key may read, which filters work, what is assumed.</p>
<h2>Connect another account, or one anew</h2>
<p>The key is typed in where the gateway runs, never into a page. There, in the folder of the settings file:</p>
{guides}
<p>Then start the gateway anew. <a href="docs/settings#accounts">Settings</a> says what else can be set for an account,
and <a href="docs/operations#callers">Operations</a> who may use it.</p>
</main>
</body>
</html>
"""


STEPS_OF = """\
<pre><code>ats-gateway connect{tool} --name acme</code></pre>
<p>It asks for an API key of {product}, tries it, and writes the settings. The key is made like this:</p>
<ol>
{steps}
</ol>
<p>{more_rights}</p>"""


States = Callable[[], Awaitable[Mapping[str, str]]]
"""Looks at the accounts: name, such as ``crelate:acme``, to ``ok`` or the code of what is wrong."""


@dataclass(frozen=True, slots=True)
class Guide:
    """How an account of an ATS is connected.

    Attributes:
        tool: Slug of the ATS.
        product: Name of the ATS.
        steps: How to make an API key, step by step.
        more_rights: What to do when the key's owner may not read something.
    """

    tool: str
    product: str
    steps: Sequence[str]
    more_rights: str


def connecting_route(guides: Sequence[Guide], states: States) -> Route:
    """Return the route of ``/connect``.

    Args:
        guides: What the page explains: one for each ATS.
        states: Looks at the accounts.
    """
    return Route("/connect", partial(_show, guides, states))


async def _show(
    guides: Sequence[Guide], states: Callable[[], Awaitable[Mapping[str, str]]], _: Request
) -> HTMLResponse:
    rows = "\n".join(_row(name, state) for name, state in (await states()).items())
    explained = "\n".join(_explained(guide, named=len(guides) > 1) for guide in guides)
    return HTMLResponse(PAGE.format(accounts=rows, guides=explained), headers=HEADERS)


def _explained(guide: Guide, *, named: bool) -> str:
    """A guide; where there are several, its command says of which ATS it is."""
    return STEPS_OF.format(
        tool=f" --tool {escape(guide.tool)}" if named else "",
        product=escape(guide.product),
        steps="\n".join(f"<li>{escape(step)}</li>" for step in guide.steps),
        more_rights=escape(guide.more_rights),
    )


def _row(name: str, state: str) -> str:
    words, advice = STATES.get(state, OTHERWISE)
    account = name.partition(":")[2]
    option = "" if account == "default" else f" --name {escape(account)}"
    return f'<tr><th scope="row">{escape(name)}</th><td>{words}</td><td>{advice.format(name=option)}</td></tr>'
