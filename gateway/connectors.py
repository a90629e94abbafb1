"""Every ATS that the gateway can connect: how its connector is made from settings. Only this module knows which."""

from __future__ import annotations

from gateway.crelate.assumptions import Assumptions, read_assumptions
from gateway.crelate.connector import connect as connect_crelate
from gateway.crelate.mapping.custom_columns import CustomColumns, read_custom_columns
from gateway.crelate.settings import CrelateSettings
from gateway.crelate.setup import CrelateSetup
from gateway.crelate.transport.exchange import Timing
from gateway.process import Surroundings
from gateway.settings import IntegrationSettings, Settings, SettingsError
from resolvers.ports.connector import Connector
from resolvers.ports.integration import IntegrationName

SETUP = CrelateSetup()
"""How `ats-gateway connect` connects an account."""


def connect(
    name: IntegrationName, account: IntegrationSettings, settings: Settings, surroundings: Surroundings
) -> Connector:
    """The connector that an account's settings describe. Nothing is sent yet.

    Args:
        name: Of the account.
        account: Its settings.
        settings: Those of the process.
        surroundings: What the process lends to the connector.

    Raises:
        SettingsError: there is no API key, or an assumption is not known.
    """
    quota = surroundings.quota
    return connect_crelate(
        crelate_settings(name, account, settings),
        name=name,
        transport=surroundings.transport,
        quota=quota(account.crelate_requests_per_minute) if quota else None,
        timing=Timing(surroundings.clock, surroundings.sleep, surroundings.seconds_left),
        hook=surroundings.hook,
        profile=surroundings.profile,
    )


def crelate_settings(name: IntegrationName, account: IntegrationSettings, settings: Settings) -> CrelateSettings:
    """How to reach an account.

    Raises:
        SettingsError: there is no API key, an assumption is not known, or a custom field cannot stand for a field.
    """
    key = account.api_key
    if key is None:
        raise SettingsError(
            f"Account {name.account} has no API key: set ATS_GATEWAY_CRELATE_API_KEY, or run `ats-gateway connect`."
        )
    return CrelateSettings(
        api_key=key,
        base_url=account.crelate_base_url,
        requests_per_minute=account.crelate_requests_per_minute,
        concurrency=account.crelate_concurrency,
        small_table_seconds=settings.small_table_seconds,
        assumptions=_read_assumptions(account),
        custom=_read_custom_columns(account),
    )


def _read_custom_columns(account: IntegrationSettings) -> CustomColumns:
    try:
        return read_custom_columns(account.custom_fields)
    except ValueError as error:
        raise SettingsError(f"custom_fields.{error}") from error


def _read_assumptions(account: IntegrationSettings) -> Assumptions:
    try:
        return read_assumptions(account.crelate_assumptions)
    except ValueError as error:
        raise SettingsError(f"crelate_assumptions: {error}") from error
