"""The pages behind the links of mails: plain HTML with forms, no script, and nothing from outside."""

import base64
import hashlib
from collections.abc import Mapping
from html import escape

from contracts.modules.mail_links import ConfirmedAddress, LinkedSettings, LinkedTopic, TopicChoice
from contracts.modules.profile import Channel, Quiet, Weekday

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 34rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; line-height: 1.25; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .4rem; }
button, select, input { font: inherit; min-height: 44px; }
button { padding: .5rem 1.2rem; cursor: pointer; }
input[type=checkbox] { min-height: 0; width: 1.2rem; height: 1.2rem; vertical-align: -.2rem; }
label.line, .row { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .8rem; min-height: 44px; }
.row > :first-child { flex: 1 1 9rem; }
.row.times { margin-bottom: .6rem; } .row.times > :first-child { flex-basis: 100%; }
@media (min-width: 32rem) { .row.times { margin: 0; } .row.times > :first-child { flex-basis: 9rem; } }
.said { border-left: .25rem solid; padding: .4rem .8rem; }
.faint { opacity: .8; }
fieldset { border: 0; margin: 0; padding: 0; }
"""
DAYS = {
    Weekday.MON: "Monday",
    Weekday.TUE: "Tuesday",
    Weekday.WED: "Wednesday",
    Weekday.THU: "Thursday",
    Weekday.FRI: "Friday",
    Weekday.SAT: "Saturday",
    Weekday.SUN: "Sunday",
}
CHANNELS = {Channel.PUSH: "Push messages", Channel.EMAIL: "Mail"}
CHOICES = {
    TopicChoice.ALL: "by every channel",
    TopicChoice.NO_MAIL: "not by mail",
    TopicChoice.NONE: "not at all",
}
PAUSES = {"": "as it is", "0": "none", "1": "for a day", "7": "for a week", "30": "for 30 days"}
Page = tuple[bytes, Mapping[str, str]]
"""A page and its header fields."""


def topic_page(linked: LinkedTopic) -> Page:
    """Return the page of a link for unsubscribing: the button that does so, or that it is done."""
    topic = f"<strong>{escape(linked.topic)}</strong>"
    settings = ""
    if linked.settings is not None:
        settings = f'<p><a href="/v1/mail-settings/{escape(linked.settings)}">All settings of your notices</a></p>'
    if linked.unsubscribed:
        return page("Unsubscribed", f'<p class="said" role="status">You get no more mail about {topic}.</p>{settings}')
    return page(
        "Unsubscribe",
        f"<p>You get mail about {topic}.</p>"
        '<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
        f"<button>No more mail about {topic}</button></form>{settings}",
    )


def settings_page(linked: LinkedSettings, said: str = "") -> Page:
    """Return the page of all settings; `said` is what was done just now."""
    status = f'<p class="said" role="status">{escape(said)}</p>' if said else ""
    return page(
        "How notices reach you",
        f'{status}<form method="post"><input type="hidden" name="version" value="{linked.version}">'
        f"{_channels(linked)}{_topics(linked)}{_quiet(linked)}{_pause(linked)}"
        f'<p><button name="do" value="save">Save</button></p></form>{_consent(linked)}',
    )


def confirmation_page(linked: ConfirmedAddress) -> Page:
    """Return the page of a link that confirms an address: the button that does so, or that it is done."""
    address = f"<strong>{escape(linked.address)}</strong>"
    if linked.confirmed:
        said = f'<p class="said" role="status">{address} is confirmed: mail of the app goes there.</p>'
        return page("Confirmed", f'{said}<p class="faint">None is sent without your consent to mail.</p>')
    return page(
        "Confirm your address",
        f"<p>Is {address} yours, and may the app send its notices there?</p>"
        '<form method="post"><button name="do" value="confirm">Yes, it is mine</button></form>'
        '<p class="faint">If you did not request this, close the page: nothing is sent.</p>',
    )


def refusal_page(message: str) -> Page:
    """Return the page of a link that does nothing, with the reason."""
    return page("This did not work", f'<p class="said" role="alert">{escape(message)}</p>')


def page(title: str, body: str, *, script: str = "") -> Page:
    """Return a page with its headers: nothing but its own style, and forms that go to this site alone.

    `script` is the address of its own script, which may ask this site alone.
    """
    running = f'<script src="{script}" defer></script>' if script else ""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>Tipbench: {escape(title)}</title>'
        f"<style>{STYLE}</style>{running}</head><body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    scripted = "script-src 'self'; connect-src 'self'; " if script else ""
    policy = (
        f"default-src 'none'; {scripted}style-src 'sha256-{digest}'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    # The address holds a token: it goes to no other site, and a form still says that it comes from this one.
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY"}
    return html.encode(), headers


def _channels(linked: LinkedSettings) -> str:
    chosen = linked.preferences.channels
    rows = []
    for channel in (*chosen, *(each for each in Channel if each not in chosen)):
        without = "" if channel in linked.agreed else ' <span class="faint">(you have not agreed to it)</span>'
        rows.append(
            f'<label class="line"><input type="checkbox" name="channel" value="{channel.value}"'
            f"{' checked' if channel in chosen else ''}>{CHANNELS[channel]}{without}</label>"
        )
    return f"<fieldset><legend><h2>Channels</h2></legend>{''.join(rows)}</fieldset>"


def _topics(linked: LinkedSettings) -> str:
    if not linked.topics:
        return "<h2>Topics</h2><p>There was no notice yet.</p>"
    rows = "".join(
        f'<label class="row"><span>{escape(topic)}</span>'
        f"{_select(f'topic.{topic}', {each.value: text for each, text in CHOICES.items()}, choice.value)}</label>"
        for topic, choice in linked.topics.items()
    )
    return f"<fieldset><legend><h2>Topics</h2></legend>{rows}</fieldset>"


def _quiet(linked: LinkedSettings) -> str:
    """A row a window, and one for each day that has none; an empty one is none."""
    windows = list(linked.preferences.quiet)
    days = {window.day for window in windows}
    windows += [Quiet(day, "", "") for day in Weekday if day not in days]
    order = list(Weekday)
    rows = "".join(
        f'<div class="row times"><span>{DAYS[each.day]}</span><input type="hidden" name="day" value="{each.day.value}">'
        f"{_time('start', f'{DAYS[each.day]}, quiet from', each.start)} to "
        f"{_time('end', f'{DAYS[each.day]}, quiet until', each.end)}</div>"
        for each in sorted(windows, key=lambda each: (order.index(each.day), each.start))
    )
    zone = escape(linked.preferences.time_zone)
    return (
        f'<fieldset><legend><h2>Quiet hours</h2></legend><p class="faint">In the time zone {zone}; an end before its '
        f"start is on the next day.</p>{rows}</fieldset>"
    )


def _pause(linked: LinkedSettings) -> str:
    until = f"<p>Nothing goes out until {escape(linked.paused_until)}.</p>" if linked.paused_until else ""
    choice = _select("pause", PAUSES, "")
    return f'<h2>Pause</h2>{until}<label class="row"><span>Pause all notices</span>{choice}</label>'


def _consent(linked: LinkedSettings) -> str:
    if Channel.EMAIL not in linked.agreed:
        return "<h2>Consent to mail</h2><p>You have not agreed to mail: none is sent to you.</p>"
    return (
        "<h2>Consent to mail</h2><p>You agreed that the app may send you mail. You can take that back at any time.</p>"
        '<form method="post"><button name="do" value="withdraw">Withdraw my consent to mail</button></form>'
    )


def _select(name: str, options: Mapping[str, str], chosen: str) -> str:
    rows = "".join(
        f'<option value="{value}"{" selected" if value == chosen else ""}>{text}</option>'
        for value, text in options.items()
    )
    return f'<select name="{escape(name)}">{rows}</select>'


def _time(name: str, label: str, value: str) -> str:
    return f'<input type="time" name="{name}" aria-label="{label}" value="{value}">'
