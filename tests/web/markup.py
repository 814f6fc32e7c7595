"""A page as its elements, read by the rules that HTML states for everyone who writes it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from starlette.testclient import TestClient

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


@dataclass
class Element:
    """One element with all that is in it."""

    name: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    inside: list["Element | str"] = field(default_factory=list)

    def all(self, *names: str) -> Iterator["Element"]:
        """The elements inside of those names, or of any, in the order they stand."""
        for each in self.inside:
            if isinstance(each, Element):
                if not names or each.name in names:
                    yield each
                yield from each.all(*names)

    def one(self, tag: str, /, **attributes: str) -> "Element":
        """The only element inside of that kind and with those attributes."""
        wanted = attributes.items()
        (found,) = [each for each in self.all(tag) if wanted <= each.attributes.items()]
        return found

    @property
    def text(self) -> str:
        """Its words, with single spaces."""
        return " ".join("".join(each if isinstance(each, str) else f" {each.text} " for each in self.inside).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.top = self.now = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute of {self.get_starttag_text()} stands twice"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.now)
        self.now.inside.append(element)
        if tag not in VOID:
            self.now = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.now.name, f"</{tag}> inside <{self.now.name}>, line {self.getpos()[0]}"
        assert self.now.parent
        self.now = self.now.parent

    def handle_data(self, data: str) -> None:
        self.now.inside.append(data)


def parse(text: str) -> Element:
    """The page; every element must be closed where it belongs, and no id stand twice."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.now is reader.top, f"<{reader.now.name}> is never closed"
    ids = [each.attributes["id"] for each in reader.top.all() if "id" in each.attributes]
    assert len(ids) == len(set(ids)), sorted(each for each in ids if ids.count(each) > 1)
    return reader.top


def successful(form: Element) -> list[tuple[str, str]]:
    """What a browser without a script sends of a form, empty fields included."""
    sent = []
    for control in form.all("input", "select"):
        name, kind = control.attributes.get("name", ""), control.attributes.get("type", "text")
        if not name or "disabled" in control.attributes or "form" in control.attributes:
            continue
        if control.name == "select":
            options = list(control.all("option"))
            chosen = [option for option in options if "selected" in option.attributes] or options[:1]
            sent += [(name, option.attributes["value"]) for option in chosen]
        elif kind not in ("radio", "checkbox") or "checked" in control.attributes:
            sent.append((name, control.attributes.get("value", "")))
    return sent


def read(client: TestClient, address: str, status: int = 200) -> Element:
    """The page at an address."""
    answer = client.get(address)
    assert answer.status_code == status, f"{address}: {answer.status_code}"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return parse(answer.text)
