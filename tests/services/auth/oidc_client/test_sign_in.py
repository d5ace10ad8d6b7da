import asyncio
import base64
import hashlib
import json

import pytest
import sqlalchemy as sa

from contracts.access.oidc import ConfiguredAdmin, Provider
from contracts.paging import PageRequest
from resources.oidc import OidcClient
from services.auth.module import AuthModule
from services.auth.oidc_client.identities import Identities
from services.auth.oidc_client.login_transactions import proofs_of
from services.auth.oidc_client.sign_in import SignIn
from tests.deadline import DEADLINE_S
from tests.services.auth.browsing import (
    ORIGIN,
    OURS,
    OwnProvider,
    Visit,
    sign_in_refused,
    visiting,
)
from tests.services.auth.conftest import Clock


def _rows(auth: AuthModule) -> int:
    return len(auth.users(PageRequest(first=1000)).rows)


def test_a_new_person_signs_in_and_is_the_same_the_next_time(auth: AuthModule, clock: Clock) -> None:
    """Role USER, the path asked for, one user, and a fresh session each time that ends the one before."""

    async def story(visit: Visit) -> None:
        first = await visit.back(await visit.login("/auth/login/own?next=/graphiql/?a=b"))
        assert (first.status_code, first.headers["location"]) == (303, "/graphiql/?a=b")
        before = visit.browser.cookies["tipbench_session"]
        me = await visit.me()
        assert (me["status"], me["role"]) == (200, "USER")
        assert (await visit.back(await visit.login())).headers["location"] == "/"
        assert visit.browser.cookies["tipbench_session"] != before
        assert (await visit.me())["subject"] == me["subject"]
        assert auth.by_session(before) is None
        assert visit.events == ["new", "known"]
        assert "tipbench_attempt" not in visit.browser.cookies

    visiting(auth, clock, story)


def test_what_the_provider_is_sent_is_bound_to_the_cookie(auth: AuthModule, clock: Clock, engine: sa.Engine) -> None:
    """S256 of a verifier that only the cookie's holder can make; the row holds none of it; the redirect is ours."""

    async def story(visit: Visit) -> None:
        sent = await visit.login()
        secret = visit.browser.cookies["tipbench_attempt"]
        proofs = proofs_of(secret)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(proofs.verifier.encode()).digest()).rstrip(b"=").decode()
        assert (sent["state"], sent["nonce"]) == (proofs.state, proofs.nonce)
        assert (sent["code_challenge"], sent["code_challenge_method"]) == (challenge, "S256")
        assert sent["redirect_uri"] == f"{ORIGIN}/auth/callback/own"
        with engine.connect() as connection:
            row = str(connection.execute(sa.text("SELECT * FROM auth_attempts")).one())
        assert not any(text in row for text in (secret, proofs.state, proofs.nonce, proofs.verifier))
        await visit.back(sent)
        assert visit.own is not None
        assert visit.own.forms[0]["code_verifier"] == proofs.verifier

    visiting(auth, clock, story)


def test_a_sign_in_that_this_browser_did_not_begin_issign_in_refused(auth: AuthModule, clock: Clock) -> None:
    """State missing, another's, from another browser, used twice, or ten minutes old: 400, no session, nobody asked."""

    async def story(visit: Visit) -> None:
        sent = await visit.login()
        earlier = visit.browser.cookies["tipbench_attempt"]
        sign_in_refused(await visit.back(sent, state=None), "ATTEMPT_GONE")
        assert "tipbench_attempt" not in visit.browser.cookies
        sign_in_refused(await visit.back(sent), "ATTEMPT_GONE")  # the victim's browser holds no cookie
        sent = await visit.login()
        sign_in_refused(await visit.back(sent, state=proofs_of(earlier).state), "ATTEMPT_GONE")
        sent = await visit.login()
        late = visit.browser.cookies["tipbench_attempt"]
        clock.now += 600
        sign_in_refused(await visit.back(sent), "ATTEMPT_GONE")
        assert visit.own is not None
        assert "token" not in visit.own.requested
        sent = await visit.login()
        again = {"Cookie": f"tipbench_attempt={visit.browser.cookies['tipbench_attempt']}"}
        assert (await visit.back(sent)).status_code == 303
        visit.browser.cookies.clear()
        answer = await visit.browser.get(
            "/auth/callback/own", params={"code": "c", "state": sent["state"]}, headers=again
        )
        sign_in_refused(answer, "ATTEMPT_GONE")
        two = {"Cookie": f"tipbench_attempt={late}; tipbench_attempt={earlier}"}
        sign_in_refused(
            await visit.browser.get("/auth/callback/own", params={"state": "x"}, headers=two), "ATTEMPT_GONE"
        )

    visiting(auth, clock, story)
    assert _rows(auth) == 1


def test_an_attempt_at_one_provider_is_none_at_another(auth: AuthModule, clock: Clock) -> None:
    """The callback's name must be the one that was begun; an unknown one is a 404."""

    async def story(visit: Visit) -> None:
        sent = await visit.login()
        answer = await visit.browser.get("/auth/callback/other", params={"code": "c", "state": sent["state"]})
        sign_in_refused(answer, "NOT_FOUND", 404)
        assert (await visit.browser.get("/auth/login/other")).status_code == 404

    visiting(auth, clock, story)


def test_the_answer_names_its_issuer(auth: AuthModule, clock: Clock) -> None:
    """RFC 9207: a wrong `iss` is refused always, a missing one where the provider promises it."""

    async def story(visit: Visit) -> None:
        own = visit.own
        assert own is not None
        sign_in_refused(await visit.back(await visit.login(), iss="https://elsewhere.example"), "SIGN_IN_REFUSED")
        assert (await visit.back(await visit.login(), iss=own.issuer)).status_code == 303

    visiting(auth, clock, story)

    async def promised(visit: Visit) -> None:
        own = visit.own
        assert own is not None
        own.metadata = {"authorization_response_iss_parameter_supported": True}
        sign_in_refused(await visit.back(await visit.login()), "SIGN_IN_REFUSED")
        assert (await visit.back(await visit.login(), iss=own.issuer)).status_code == 303

    visiting(auth, clock, promised)


def test_an_answer_that_is_none_issign_in_refused(auth: AuthModule, clock: Clock) -> None:
    """The provider's error, no code, a parameter twice, and a POST where none was asked for."""

    async def story(visit: Visit) -> None:
        sign_in_refused(await visit.back(await visit.login(), error="access_denied<script>"), "SIGN_IN_REFUSED")
        sign_in_refused(await visit.back(await visit.login(), code=None), "SIGN_IN_REFUSED")
        sent = await visit.login()
        twice = await visit.browser.get(f"/auth/callback/own?code=a&code=b&state={sent['state']}")
        sign_in_refused(twice, "SIGN_IN_REFUSED")
        sent = await visit.login()
        posted = await visit.browser.post("/auth/callback/own", data={"code": "a", "state": sent["state"]})
        sign_in_refused(posted, "SIGN_IN_REFUSED")
        assert "script" not in posted.headers["content-security-policy"]

    visiting(auth, clock, story)


def test_a_provider_that_answers_by_form_is_taken_by_post_alone(auth: AuthModule, clock: Clock) -> None:
    """Apple's way, with a foreign Origin: a GET with the same parameters is refused, "true" counts as verified."""
    admin = lambda issuer: [ConfiguredAdmin(issuer=issuer, email="Boss@example.org")]  # noqa: E731  # one expression

    async def story(visit: Visit) -> None:
        assert visit.own is not None
        visit.own.claims = {"email": "boss@example.org", "email_verified": "true"}
        sent = await visit.login()
        assert sent["response_mode"] == "form_post"
        sign_in_refused(await visit.back(sent), "SIGN_IN_REFUSED")
        sent = await visit.login()
        form = {"code": "a", "state": sent["state"], "user": '{"name": {"firstName": "<b>"}}'}
        headers = {"Origin": "https://appleid.apple.com"}
        assert (await visit.browser.post("/auth/callback/own", data=form, headers=headers)).status_code == 303
        assert (await visit.me())["role"] == "ADMIN"

    visiting(auth, clock, story, admins=admin, form_post=True, loose_verified=True)


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "%2f%2fevil.example", "https://evil.example", "/%2f%2fevil.example"]
)
def test_a_sign_in_leads_nowhere_else(auth: AuthModule, clock: Clock, path: str) -> None:
    """Refused when it begins, at every endpoint that takes `next`."""

    async def story(visit: Visit) -> None:
        for policy in ("/auth/login/own", "/auth/sign-in"):
            answer = await visit.browser.get(policy, params={"next": path})
            assert (answer.status_code, answer.headers["x-tipbench-code"]) == (422, "INVALID_INPUT")
        body = json.dumps({"next": path})
        assert (await visit.browser.post("/auth/login/own", content=body, headers=OURS)).status_code == 422

    visiting(auth, clock, story)


def test_a_provider_that_is_away_signs_nobody_in(auth: AuthModule, clock: Clock) -> None:
    """502 when it begins and when it ends."""

    async def story(visit: Visit) -> None:
        own = visit.own
        assert own is not None
        own.keys = []
        own.metadata = {"jwks_uri": own.issuer + "/nowhere"}
        sign_in_refused(await visit.back(await visit.login()), "PROVIDER_AWAY", 502)

    visiting(auth, clock, story)


def test_a_providers_token_is_no_bearer_token_of_ours(auth: AuthModule, clock: Clock) -> None:
    """An ID token at our API is nobody."""
    own = OwnProvider(clock)
    claims = {"iss": "tipbench", "aud": "tipbench-admin", "sub": "local-admin", "iat": 1_800_000_000}
    token = own.make({**claims, "exp": 1_800_000_300, "jti": "token-1", "nbf": 1_800_000_000})
    assert auth.by_bearer(token) is None


def test_people_see_and_end_their_own_sessions_only(auth: AuthModule, clock: Clock) -> None:
    """The list marks the current one; another's is a 404; ending needs one of our pages; the end counts at once."""
    other = auth.redeem(auth.local_link().secret)

    async def story(visit: Visit) -> None:
        assert (await visit.browser.get("/auth/sessions")).status_code == 401
        await visit.back(await visit.login())
        old = visit.browser.cookies["tipbench_session"]
        visit.browser.cookies.clear()
        await visit.back(await visit.login())
        listed = (await visit.browser.get("/auth/sessions")).json()["sessions"]
        assert sorted(row["current"] for row in listed) == [False, True]
        (away,) = (row["id"] for row in listed if not row["current"])
        assert (await visit.browser.post(f"/auth/sessions/{away}/revoke")).status_code == 403
        ended = await visit.browser.post(f"/auth/sessions/{away}/revoke", headers=OURS)
        assert ended.json()["revoked_at"] is not None
        assert auth.by_session(old) is None
        foreign = await visit.browser.post(f"/auth/sessions/{other.caller.credential}/revoke", headers=OURS)
        assert foreign.status_code == 404

    visiting(auth, clock, story)
    assert auth.is_live(other.caller)


def test_of_many_callbacks_at_once_one_signs_in(auth: AuthModule, clock: Clock) -> None:
    """Twenty with one cookie and state: one session, and the provider is asked once."""

    async def story(visit: Visit) -> None:
        sent = await visit.login()
        answers = await asyncio.gather(*(visit.back(sent) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [303] + [400] * 19
        assert visit.own is not None
        assert visit.own.requested.count("token") == 1

    visiting(auth, clock, story)


def test_over_https_the_attempts_cookie_comes_back_from_another_site(
    auth: AuthModule, identities: Identities, clock: Clock
) -> None:
    """`__Host-`, Secure, SameSite=None, HttpOnly, ten minutes; the session's stays Lax; plain only on loopback."""

    async def run() -> None:
        origin = "https://tips.example"
        async with OwnProvider(clock).running() as own:
            provider = Provider(name="own", label="Own", issuer=own.issuer, client_id="us", form_post=True)
            sign_in = SignIn(
                auth, OidcClient(wait_s=DEADLINE_S), [provider], origin, identities=identities, clock=clock
            )
            visit = Visit(sign_in, auth, own, origin)
            async with visit.browser:
                answer = await visit.browser.get("/auth/login/own")
                name, _, parts = answer.headers["set-cookie"].partition("=")
                assert name == "__Host-tipbench_attempt"
                shape = {part.strip() for part in parts.split(";")[1:]}
                assert shape == {"HttpOnly", "Max-Age=600", "Path=/", "SameSite=none", "Secure"}
                sent = visit.sent(answer)
                assert sent["redirect_uri"] == "https://tips.example/auth/callback/own"
                foreign = {"Origin": own.issuer}
                form = {"code": "c", "state": sent["state"]}
                back = await visit.browser.post("/auth/callback/own", data=form, headers=foreign)
                session, cleared = back.headers.get_list("set-cookie")
                assert session.startswith("__Host-tipbench_session=")
                assert {"SameSite=lax", "Secure"} <= {part.strip() for part in session.split(";")}
                assert cleared.startswith('__Host-tipbench_attempt="";')

    asyncio.run(run())


def test_the_sign_in_page_lists_the_providers(auth: AuthModule, clock: Clock) -> None:
    """A link a provider with the way on, and no script; the invitation's page has a button each."""

    async def story(visit: Visit) -> None:
        page = await visit.browser.get("/auth/sign-in?next=/graphiql/")
        assert '<a href="/auth/login/own?next=%2Fgraphiql%2F">Sign in with Own</a>' in page.text
        assert "script" not in page.headers["content-security-policy"] + page.text
        assert 'data-provider="own"' in (await visit.browser.get("/auth/invitation")).text
        assert 'data-provider="own"' not in (await visit.browser.get("/auth/link")).text

    visiting(auth, clock, story)
