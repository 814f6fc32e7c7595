"""compose.yaml against the program and the proxy's template, since no container runs in the tests."""

import re
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
import yaml

from app.settings import PREFIX, Settings
from tests.fleet import TEMPLATE
from tests.serving import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_writes_nothing_may_nothing_and_is_watched(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "noexec" in service["tmpfs"][0]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert service["healthcheck"]["interval"]
    assert not {"volumes", "privileged", "cap_add"} & set(service)


def test_the_settings_of_the_servers_are_settings() -> None:
    chosen = [service["environment"] for name, service in SERVICES.items() if name.startswith("web")]
    assert len({each["EXPLORER_SERVER_NAME"] for each in chosen}) == 2
    for each in chosen:
        values = {name.removeprefix(PREFIX).lower(): value for name, value in each.items() if name.startswith(PREFIX)}
        assert set(values) <= set(Settings.model_fields)
        Settings(**values)


def test_the_proxy_is_given_what_its_template_asks_for_and_sends_jobs_to_servers_by_their_names() -> None:
    given = SERVICES["proxy"]["environment"]
    text = TEMPLATE.read_text()
    assert set(re.findall(r"\$\{(\w+)\}", text)) == set(given) - {"NGINX_ENVSUBST_OUTPUT_DIR"}
    for number in "12":
        host, port = given[f"WEB{number}"].split(":")
        assert SERVICES[host]["environment"]["EXPLORER_SERVER_NAME"] == f"web{number}"
        assert f"web{number}\\. web{number};" in text
        assert f'"--port", "{port}"' in (ROOT / "Dockerfile").read_text()


def test_a_server_that_is_started_again_is_where_it_was_and_trusts_its_network() -> None:
    (drawn,) = COMPOSE["networks"]["web"]["ipam"]["config"]
    fixed = {ip_address(SERVICES[name]["networks"]["web"]["ipv4_address"]) for name in ("web1", "web2")}
    assert len(fixed) == 2
    for each in fixed:
        assert each in ip_network(drawn["subnet"])
        assert each not in ip_network(drawn["ip_range"])  # which others are given
    assert {SERVICES[name]["environment"]["EXPLORER_TRUSTED_PROXIES"] for name in ("web1", "web2")} == {drawn["subnet"]}


def test_who_speaks_to_dask_is_not_reached_from_outside() -> None:
    names = {name for name, service in SERVICES.items() if "lab" in service["networks"]}
    assert names == set(SERVICES) - {"proxy"}
    assert all("outside" not in SERVICES[name]["networks"] for name in names)
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
