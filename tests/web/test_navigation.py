"""The navigation: to the other pages, with the variant that a page is about."""

import pytest
from starlette.testclient import TestClient

from tests.web.markup import Element, read


def ways(page: Element) -> dict[str, str]:
    """The pages of the navigation by their names."""
    return {each.text: each.attributes["href"] for each in page.one("nav", id="pages").all("a")}


@pytest.mark.parametrize("language", ["", "/zh"])
@pytest.mark.parametrize(
    "address",
    [
        "/networks/torchvision?aux=off&4e.5x5=192", "/networks/torchvision/modules/3a?aux=off&4e.5x5=192",
        "/networks/torchvision/layers/conv1?aux=off&4e.5x5=192", "/networks/torchvision/code?aux=off&4e.5x5=192",
        "/lab?network=torchvision&aux=off&4e.5x5=192", "/space?network=torchvision&aux=off&4e.5x5=192",
        "/counts?network=torchvision&aux=off&4e.5x5=192",
        "/compare?left=googlenet&right=torchvision%3Faux%3Doff%264e.5x5%3D192",
    ],
)  # fmt: skip
def test_the_navigation_takes_the_variant_along(client: TestClient, address: str, language: str) -> None:
    explore, compare, space, _, lab, *_ = ways(read(client, language + address)).values()
    changed = "4e=256,160,320,32,192,128&aux=off"
    assert explore == f"{language}/networks/torchvision?{changed}"
    assert lab == f"{language}/lab?network=torchvision&{changed}"
    assert space == f"{language}/space?network=torchvision&{changed}"
    if "/compare" in address:
        assert compare == f"{language}/compare"
    else:
        there = read(client, compare)
        assert [there.one("input", name=side).attributes["value"] for side in ("left", "right")] == [
            "torchvision",
            f"torchvision?{changed}",
        ]


@pytest.mark.parametrize("address", ["/", "/size", "/docs", "/compare", "/module?input=192x28x28&widths=naive:1,1,1"])
def test_the_navigation_is_plain_where_no_variant_is(client: TestClient, address: str) -> None:
    page = read(client, address)
    assert list(ways(page).values()) == [link for link in ways(page).values() if "?" not in link]
    here = [each.text for each in page.one("nav", id="pages").all("a") if "aria-current" in each.attributes]
    assert here == {"/": ["Explore"], "/size": ["Size"], "/docs": ["API"], "/compare": ["Compare"]}.get(address, [])
