"""The query parameters of every door, once: which keys a request may carry, and how the API describes them."""

from collections.abc import Iterable
from typing import Any

from app.network.record import record
from app.network.variant import OWN, WORDS

WIDTHS = r"[0-9]+(,[0-9]+){5}|naive:[0-9]+(,[0-9]+){2}"
PAIR = r"[0-9]+(x[0-9]+)?"


@record
class Parameter:
    """One query parameter, its value as text."""

    name: str
    description: str
    example: str
    pattern: str = ""
    """Regular expression of the whole value; an empty value always counts as left out."""
    words: tuple[str, ...] = ()
    required: bool = False
    many: bool = False
    """Whether it may stand several times."""

    @property
    def openapi(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "string"}
        if self.words:
            schema["enum"] = [*self.words] if self.required else [*self.words, ""]
        if self.pattern:
            schema["pattern"] = f"^({self.pattern})$" if self.required else f"^({self.pattern})?$"
        return {
            "name": self.name,
            "in": "query",
            "required": self.required,
            "description": self.description,
            "schema": {"type": "array", "items": schema} if self.many else schema,
            "example": [self.example] if self.many else self.example,
        }


def words(name: str, description: str, example: str) -> Parameter:
    return Parameter(name, description, example, words=WORDS[name])


MODULES = tuple(
    Parameter(
        name,
        f"Widths of module {name} in channels, 0 to 4096 each: #1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool "
        "proj; or `naive`, `naive:64,128,32`, `off`.",
        ",".join(map(str, widths)),
        f"{WIDTHS}|naive|off",
    )
    for name, widths in OWN.items()
)
COLUMN = Parameter(
    "3a.5x5",
    "One column of a module, in channels, the others as the network has them: `1x1`, `3x3_reduce`, `3x3`, "
    "`5x5_reduce`, `5x5` or `pool_proj` of any module. Not beside the module's own key.",
    "48",
    "[0-9]+",
)
ADDED = Parameter(
    "3c",
    "A module added after the last one of its stage: `3c`, `4f` … `4j`, `5c` … in order of their letters.",
    "128,128,192,32,96,64",
    WIDTHS,
)
STATE = (
    Parameter(
        "input",
        "Height and width of the image in pixels, or channels × height × width.",
        "224",
        r"[0-9]+(x[0-9]+){0,2}",
    ),
    Parameter("classes", "Outputs of each classifier, 1 to 100,000.", "1000", "[0-9]+"),
    *MODULES,
    COLUMN,
    ADDED,
    words("modules", "All modules at once; a module's own key wins.", "naive"),
    Parameter(
        "width",
        "Multiplies every width of stem and modules that has no key of its own: 0.25 to 4.",
        "0.5",
        r"[0-9]+(\.[0-9]+)?",
    ),
    Parameter("stem", "Channels of conv1, conv2 reduce, conv2; 1 to 4096 each.", "64,64,192", "[0-9]+(,[0-9]+){2}"),
    words("norm", "Normalisation; with `batch` the convolutions have no bias.", "batch"),
    words("five", "How the 5×5 branch is realised.", "3x3x2"),
    words("rounding", "Of the stride-2 max pools.", "floor"),
    words("aux", "Auxiliary heads after 4a and 4d, for training.", "on"),
    words("head", "Global average pooling, or flatten and a fully connected layer.", "gap"),
)
"""Of every door that takes a state."""

WEIGHTS = Parameter(
    "weights",
    "A seed, 0 to 4,294,967,295: random weights are in the file then, the same for the same seed, 4 bytes each.",
    "0",
    "[0-9]+",
)
"""Of the door that gives ONNX."""

SWEEP_FORMATS = ("json", "csv", "parquet", "arrow")
SWEEP_DOOR = (
    Parameter(
        "vary",
        "An axis, as `KEY:START:STOP:STEP`, STOP included where it falls on the grid: `width`, `input`, `classes` or a "
        "column as `4e.5x5`. As many as one likes, each key once; without any, the variant is the only point.",
        "width:0.5:2:0.5",
        r"[a-z0-9._]+(:[0-9]+(\.[0-9]+)?){3}",
        many=True,
    ),
    Parameter(
        "format",
        "`json` if left out; `parquet` and `arrow` (the stream format) for data frames, where the server has pyarrow.",
        "csv",
        words=SWEEP_FORMATS,
    ),
)
SWEEP_JOB = SWEEP_DOOR[:1]
FIT_DOOR = (
    Parameter("max_params", "Most parameters.", "2000000", "[0-9]+"),
    Parameter("max_macs", "Most multiply-adds.", "300000000", "[0-9]+"),
    Parameter("max_activations", "Most activations, elements.", "2500000", "[0-9]+"),
    Parameter("max_peak_activations", "Most activations alive at once, elements.", "900000", "[0-9]+"),
    Parameter(
        "free",
        "Modules that may change, as `4a,4b`; all others and the stem stay as the state has them. All that follow "
        "`width` if left out.",
        "4a,4b",
        r"[345][a-j](,[345][a-j])*",
    ),
    Parameter("multiple", "Widths in multiples of that many channels; 1 if left out.", "8", words=("1", "8", "16")),
)

MODULE_DOOR = (
    Parameter(
        "input", "Channels × height × width of the module's input.", "192x28x28", r"[0-9]+(x[0-9]+){0,2}", required=True
    ),
    Parameter(
        "widths",
        "#1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj; or `naive:` and #1×1, #3×3, #5×5.",
        "64,96,128,16,32,32",
        WIDTHS,
        required=True,
    ),
    words("five", "How the 5×5 branch is realised.", "5x5"),
    words("norm", "Normalisation; with `batch` the convolutions have no bias.", "lrn"),
)
SIZE_DOOR = (
    Parameter("op", "Which layer.", "conv", words=("conv", "max_pool", "avg_pool"), required=True),
    Parameter("input", "Size of the input in elements, or height × width.", "28", PAIR, required=True),
    Parameter("kernel", "Size of the window, or height × width.", "5", PAIR, required=True),
    Parameter("stride", "Step of the window, or height × width; 1 if left out.", "1", PAIR),
    Parameter(
        "padding", "Zeros on each side, or height × width; 0 if left out; of a pool at most half its kernel.", "2", PAIR
    ),
    Parameter("dilation", "Step between the elements of the window; 1 if left out; not of an avg_pool.", "1", PAIR),
    Parameter("rounding", "`floor` if left out; not of a conv.", "floor", words=WORDS["rounding"]),
)
COMPARE_DOOR = (
    Parameter("left", "A variant: `id` or `id?state`, percent-encoded.", "googlenet", required=True),
    Parameter("right", "A variant: `id` or `id?state`, percent-encoded.", "torchvision?aux=off", required=True),
)


def openapi(parameters: Iterable[Parameter]) -> dict[str, Any]:
    """The `openapi_extra` of a route that reads these."""
    return {"parameters": [parameter.openapi for parameter in parameters]}
