"""The routes of tips for oneself, and of what one did with them."""

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from contracts.routes import Rate, RouteAnswer, RouteCall, RouteSpec
from contracts.tips.recommendations import (
    FeedbackReceipt,
    Recommendation,
    Recommendations,
    TipFeedback,
    TipRequest,
)
from kit.http.answers import PRIVATE, json_answer
from services.recommender.drawing.free_hours import without_free_hour

LARGEST_REQUEST, LARGEST_FEEDBACK = 1 << 14, 1 << 12
RECOMMENDING = Rate(name="recommend", per_minute=60)
FEEDBACK = Rate(name="feedback", per_minute=300)


def _recommend(recommendations: Recommendations, call: RouteCall) -> RouteAnswer:
    made = recommendations.recommend(call.caller.subject, call.body)
    return RouteAnswer(value=made, repeat=without_free_hour(made))  # calendars may be disconnected by then


async def _feedback(recommendations: Recommendations, call: RouteCall) -> Response:
    given: TipFeedback = call.body
    taken = await run_in_threadpool(recommendations.feedback, call.caller.subject, given)
    return json_answer(taken.receipt) if taken.again else Response(status_code=204, headers=PRIVATE)


def _recommend_at(path: str, name: str, summary: str) -> RouteSpec:
    return RouteSpec(
        method="POST",
        path=path,
        name=name,
        summary=summary,
        endpoint=_recommend,
        body=TipRequest,
        max_bytes=LARGEST_REQUEST,
        answer=Recommendation,
        says="As it is logged; no tips, with reasons, where nothing is eligible.",
        idempotent=True,
        refusals=(410,),
        rate=RECOMMENDING,
    )


ROUTES = (
    _recommend_at("/v1/recommend", "recommend", "Tips for you, drawn by the policy and logged first."),
    _recommend_at("/recommend", "recommendShort", "The same as POST /v1/recommend."),
    RouteSpec(
        method="POST",
        path="/v1/feedback",
        name="tipFeedback",
        summary="Say what you did with a tip, once an id.",
        endpoint=_feedback,
        body=TipFeedback,
        max_bytes=LARGEST_FEEDBACK,
        answer=None,
        status=204,
        says="Stored now.",
        others={200: FeedbackReceipt},
        refusals=(404, 409, 410),
        rate=FEEDBACK,
    ),
)
