"""The routes of links in mails: a GET shows a page and changes nothing, a POST does what its button says."""

from starlette.responses import HTMLResponse

from contracts.modules.mail_links import LinkToken, MailLinks
from contracts.refusals import InvalidInput, Refusal
from contracts.routes import Media, Rate, RefusedAs, RouteAnswer, RouteCall, RouteSpec, Security
from kit.http.answers import PRIVATE, status_of
from kit.refusals import row_of
from services.notifier.mail_links.forms import LARGEST_FORM, change_of, fields_of, is_one_click
from services.notifier.mail_links.pages import Page, refusal_page, settings_page, topic_page

PAGE = Media(media_type="text/html; charset=utf-8")
FORM = Media(media_type="application/x-www-form-urlencoded", says="What the button of the page sends.")
ONE_CLICK = Media(
    media_type="application/x-www-form-urlencoded", says="`List-Unsubscribe=One-Click`, as RFC 8058 has it."
)
UNSUBSCRIBING = Rate(name="unsubscribe", per_minute=600, under="/v1/unsubscribe/")
"""By address: providers of mail send the clicks of all their users from a few."""
SETTINGS = Rate(name="mail-settings", per_minute=60, under="/v1/mail-settings/")


def shown(page: Page) -> RouteAnswer:
    """Return a page as an answer."""
    html, headers = page
    return RouteAnswer(value=html, headers=headers)


def _refused(refusal: Refusal) -> HTMLResponse:
    """A refusal as a page, because a browser shows it; a program finds the code in a header field."""
    html, headers = refusal_page(refusal.message)
    seconds = row_of(refusal).retry_s
    again = {} if seconds is None else {"Retry-After": str(seconds)}
    return HTMLResponse(html, status_of(refusal), {**PRIVATE, **headers, **again, "X-Tipbench-Code": refusal.code})


REFUSED = RefusedAs(answer=PAGE, respond=_refused)


def _topic(links: MailLinks, call: RouteCall) -> RouteAnswer:
    return shown(topic_page(links.linked_topic(call.path["token"])))


def _unsubscribe(links: MailLinks, call: RouteCall) -> RouteAnswer:
    if not is_one_click(call.body, call.request.headers.get("content-type", "")):
        raise InvalidInput("the body is List-Unsubscribe=One-Click, as a form")
    return shown(topic_page(links.unsubscribe(call.path["token"])))


def _settings(links: MailLinks, call: RouteCall) -> RouteAnswer:
    return shown(settings_page(links.linked_settings(call.path["token"])))


def _change(links: MailLinks, call: RouteCall) -> RouteAnswer:
    token, fields = call.path["token"], fields_of(call.body)
    if fields.get("do") == ["withdraw"]:
        said = "Your consent to mail is withdrawn: none is sent to you any more."
        return shown(settings_page(links.withdraw_mail(token), said))
    return shown(settings_page(links.change_linked(token, change_of(fields)), "Saved."))


ROUTES = (
    RouteSpec(
        method="GET",
        path="/v1/unsubscribe/{token}",
        name="unsubscribePage",
        summary="The page of a link for unsubscribing; it changes nothing.",
        endpoint=_topic,
        parameters={"token": LinkToken},
        answer=PAGE,
        says="A page with a button that unsubscribes.",
        refused=REFUSED,
        refusals=(404,),
        security=Security.LINK,
        cross_site=True,
        loose=True,
        tagged=False,
        rate=UNSUBSCRIBING,
    ),
    RouteSpec(
        method="POST",
        path="/v1/unsubscribe/{token}",
        name="unsubscribe",
        summary="End the mail of a topic by one click, as RFC 8058 has it.",
        endpoint=_unsubscribe,
        parameters={"token": LinkToken},
        body=ONE_CLICK,
        max_bytes=LARGEST_FORM,
        answer=PAGE,
        says="It has ended, now or before.",
        refused=REFUSED,
        refusals=(404, 422),
        security=Security.LINK,
        cross_site=True,
        rate=UNSUBSCRIBING,
    ),
    RouteSpec(
        method="GET",
        path="/v1/mail-settings/{token}",
        name="mailSettingsPage",
        summary="The page of all settings of notices, by a link of a mail.",
        endpoint=_settings,
        parameters={"token": LinkToken},
        answer=PAGE,
        says="A page with the settings.",
        refused=REFUSED,
        refusals=(404, 410),
        security=Security.LINK,
        loose=True,
        tagged=False,
        rate=SETTINGS,
    ),
    RouteSpec(
        method="POST",
        path="/v1/mail-settings/{token}",
        name="changeMailSettings",
        summary="Change the settings of notices, or withdraw the consent to mail.",
        endpoint=_change,
        parameters={"token": LinkToken},
        body=FORM,
        max_bytes=LARGEST_FORM,
        answer=PAGE,
        says="The page with the settings as they are now.",
        refused=REFUSED,
        refusals=(404, 409, 410, 422),
        security=Security.LINK,
        rate=SETTINGS,
    ),
)
