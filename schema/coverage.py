"""What of the unified model an integration supports, as data a client can read before it relies on it."""

import strawberry

from schema.profile import ProfileFact


@strawberry.type(description="Whether one thing of the unified model works with this integration.")
class CoverageItem:
    """A field, filter, input or feature."""

    name: str = strawberry.field(description="Its name in this API.")
    supported: bool = strawberry.field(description="Whether it works.")
    reason: str | None = strawberry.field(
        default=None, description="Why it does not, or under which condition it does, in a sentence."
    )


@strawberry.type(description="What of a model is supported.")
class ModelCoverage:
    """Model 4, as far as the connector page goes."""

    name: str = strawberry.field(description="Name of the model.")
    fields: list[CoverageItem] = strawberry.field(description="Its fields.")
    filters: list[CoverageItem] = strawberry.field(description="The conditions its lists can be narrowed by.")


@strawberry.type(description="What of an action is supported.")
class ActionCoverage:
    """Model 6, as far as the connector page goes."""

    name: str = strawberry.field(description="Name of the mutation or query.")
    inputs: list[CoverageItem] = strawberry.field(description="Its inputs, by path.")


@strawberry.type(description="What of the unified ATS model this integration supports.")
class Coverage:
    """Generated from the connector's mapping tables, so it cannot promise more than they do."""

    models: list[ModelCoverage] = strawberry.field(description="The eleven models.")
    actions: list[ActionCoverage] = strawberry.field(description="The actions.")
    features: list[CoverageItem] = strawberry.field(description="Features beyond models and actions.")
    profile: list[ProfileFact] = strawberry.field(
        default_factory=list,
        description="What the gateway's processes and commands have learnt about the account.",
    )
    drift: list[ProfileFact] = strawberry.field(
        default_factory=list, description="What of it was found to be otherwise than before, within the last 30 days."
    )
